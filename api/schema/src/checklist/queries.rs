//! Checklists by id.

use async_graphql::{Context, Object};
use domain::id::ChecklistId;

use super::types::Checklist;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::plan::ToOne;
use crate::scalars::Uid;

/// Reading checklists.
#[derive(Default)]
pub struct ChecklistQuery;

#[Object]
impl ChecklistQuery {
    /// A checklist of a project that the viewer is staff of.
    fn checklist(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The checklist's id.")] id: Uid<ChecklistId>,
    ) -> ApiResult<ToOne<Checklist>> {
        ctx.caller()?;
        Ok(ToOne::by(id.0))
    }
}
