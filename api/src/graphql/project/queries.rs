//! Projects and places by id.

use async_graphql::{Context, Object};

use super::types::{Project, Unit};
use crate::graphql::ask::Ask;
use crate::graphql::error::ApiResult;
use crate::graphql::scalars::Uid;

/// Reading projects and places.
#[derive(Default)]
pub struct ProjectQuery;

#[Object]
impl ProjectQuery {
    /// A project that the viewer has a role or an opened unit in.
    async fn project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project's id.")] id: Uid,
    ) -> ApiResult<Option<Project>> {
        ctx.caller()?;
        ctx.loaders().project.projects.one(id.0).await
    }

    /// A unit: any of the project for its staff, the own opened ones for owners.
    async fn unit(&self, ctx: &Context<'_>, #[graphql(desc = "The unit's id.")] id: Uid) -> ApiResult<Option<Unit>> {
        ctx.caller()?;
        ctx.loaders().project.units.one(id.0).await
    }
}
