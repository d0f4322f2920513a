//! Who I am.

use async_graphql::{Context, Object};

use super::types::Viewer;
use crate::context::ContextExt;
use crate::error::ApiResult;

/// Reading the session.
#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// The person who asks, with the role in each project.
    async fn viewer(&self, ctx: &Context<'_>) -> ApiResult<Viewer> {
        Ok(Viewer(ctx.caller()?.clone()))
    }
}
