//! Unit inspections by id.

use async_graphql::{Context, Object};

use super::types::UnitInspection;
use crate::graphql::ask::Ask;
use crate::graphql::error::ApiResult;
use crate::graphql::scalars::Uid;

/// Reading unit inspections.
#[derive(Default)]
pub struct InspectionQuery;

#[Object]
impl InspectionQuery {
    /// The inspection of a unit in a round: any of the project for its staff, those of own opened units for owners.
    async fn unit_inspection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit inspection's id.")] id: Uid,
    ) -> ApiResult<Option<UnitInspection>> {
        ctx.caller()?;
        ctx.loaders().inspection.inspections.one(id.0).await
    }
}
