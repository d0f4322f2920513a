//! Photos by id.

use async_graphql::{Context, Object};
use domain::id::PhotoId;

use super::types::Photo;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::plan::ToOne;
use crate::scalars::Uid;

/// Reading photos.
#[derive(Default)]
pub struct PhotoQuery;

#[Object]
impl PhotoQuery {
    /// A photo, for viewers of its defect; a signature's, for its signer, the signer's company, and the parties that
    /// see the whole project.
    fn photo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The photo's id.")] id: Uid<PhotoId>,
    ) -> ApiResult<ToOne<Photo>> {
        ctx.caller()?;
        Ok(ToOne::by(id.0))
    }
}
