//! Projects, by id and in lists.

use async_graphql::{Context, Object};
use domain::id::ProjectId;

use super::types::Project;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging, connection};
use crate::plan::ToOne;
use crate::scalars::Uid;

/// Reading projects.
#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// The projects that the viewer has a role or an opened unit in, the oldest first.
    async fn projects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Project>> {
        let request = Paging { first, after, last, before }.request("projects")?;
        let page = app::project::read::projects(ctx.app(), ctx.caller()?, &request).await?;
        Ok(connection(page, "projects"))
    }

    /// A project that the viewer has a role or an opened unit in.
    fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project's id.")] id: Uid<ProjectId>,
    ) -> ApiResult<ToOne<Project>> {
        ctx.caller()?;
        Ok(ToOne::by(id.0))
    }
}
