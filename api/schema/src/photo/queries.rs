//! Photos by id.

use async_graphql::{Context, Object};
use domain::id::PhotoId;

use super::types::Photo;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::scalars::Uid;

/// Reading photos.
#[derive(Default)]
pub struct PhotoQuery;

#[Object]
impl PhotoQuery {
    /// A photo, for viewers of its defect; a signature's, for its signer, the signer's company, and the parties that
    /// see the whole project.
    async fn photo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The photo's id.")] id: Uid<PhotoId>,
    ) -> ApiResult<Option<Photo>> {
        ctx.caller()?;
        ctx.loaders().photo.photos.load(id.0).await
    }
}
