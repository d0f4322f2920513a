//! The delivery manager's overview of a project.

pub mod types;

use async_graphql::Context;
use domain::id::ProjectId;

use super::context::ContextExt;
use super::error::ApiResult;
use types::Overview;

/// `Project.overview`.
///
/// # Errors
/// When the database fails.
pub async fn overview(ctx: &Context<'_>, project_id: ProjectId) -> ApiResult<Option<Overview>> {
    Ok(app::overview::overview(ctx.app(), ctx.caller()?, project_id).await?.map(Overview))
}
