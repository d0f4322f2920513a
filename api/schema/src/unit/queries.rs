//! Units by id, and the content that an owner is about to review.

use async_graphql::{Context, Object};
use domain::id::UnitId;

use super::content::UnitReviewContent;
use super::types::Unit;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::plan::ToOne;
use crate::scalars::Uid;

/// Reading units.
#[derive(Default)]
pub struct UnitQuery;

#[Object]
impl UnitQuery {
    /// A unit: any of the project for its staff, the own opened ones for owners.
    fn unit(&self, ctx: &Context<'_>, #[graphql(desc = "The unit's id.")] id: Uid<UnitId>) -> ApiResult<ToOne<Unit>> {
        ctx.caller()?;
        Ok(ToOne::by(id.0))
    }
}

/// Reading for a review.
#[derive(Default)]
pub struct UnitReviewQuery;

#[Object]
impl UnitReviewQuery {
    /// What a review of the own unit would sign now. Null for everybody but the unit's owners.
    async fn unit_review_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The own unit.")] unit_id: Uid<UnitId>,
    ) -> ApiResult<Option<UnitReviewContent>> {
        let shown = app::unit::content::current_content(ctx.app(), ctx.caller()?, unit_id.0).await?;
        shown.map(|shown| UnitReviewContent::new(shown.content, &shown.hash, ctx.language())).transpose()
    }
}
