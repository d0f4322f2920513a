//! What an owner is about to review.

use async_graphql::{Context, Json, Object, SimpleObject};

use crate::graphql::ask::Ask;
use crate::graphql::error::ApiResult;
use crate::graphql::scalars::Uid;

/// Reading for a review.
#[derive(Default)]
pub struct UnitQuery;

/// What an owner is shown of the own unit, and its hash.
#[derive(SimpleObject)]
pub struct UnitReviewContent {
    /// The unit, its defects with their state, its readiness.
    pub content: Json<serde_json::Value>,
    /// SHA-256 of the content in hexadecimal, for `unitReview`: it is refused when the content has changed meanwhile.
    pub content_hash: String,
}

#[Object]
impl UnitQuery {
    /// What a review of the own unit would sign now. Null for everybody but the unit's owners.
    async fn unit_review_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The own unit.")] unit_id: Uid,
    ) -> ApiResult<Option<UnitReviewContent>> {
        let shown = app::unit::content::now(ctx.app(), ctx.caller()?, unit_id.0).await?;
        Ok(shown.map(|shown| UnitReviewContent { content_hash: shown.hash_text(), content: Json(shown.content) }))
    }
}
