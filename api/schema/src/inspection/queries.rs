//! Unit inspections by id.

use app::inspection::content::of_inspection;
use async_graphql::{Context, Object};
use domain::id::InspectionId;

use super::content::UnitInspectionContent;
use super::types::UnitInspection;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::plan::ToOne;
use crate::scalars::Uid;

/// Reading unit inspections.
#[derive(Default)]
pub struct InspectionQuery;

#[Object]
impl InspectionQuery {
    /// The inspection of a unit in a round: any of the project for its staff, those of own opened units for owners.
    fn unit_inspection(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit inspection's id.")] id: Uid<InspectionId>,
    ) -> ApiResult<ToOne<UnitInspection>> {
        ctx.caller()?;
        Ok(ToOne::by(id.0))
    }

    /// The content of a unit inspection that the parties sign, or signed, as a page for people and as the text that is
    /// hashed. Null before the first submission. Earlier versions kept only the hash of a submission (`form` 1): then
    /// this is the present content, and `verified` is false if it has changed since it was signed.
    async fn unit_inspection_content(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit inspection's id.")] id: Uid<InspectionId>,
        #[graphql(desc = "The submission with this hash, in hexadecimal; the newest if left out.")]
        content_hash: Option<String>,
    ) -> ApiResult<Option<UnitInspectionContent>> {
        let signed = of_inspection(ctx.app(), ctx.caller()?, id.0, content_hash.as_deref()).await?;
        Ok(signed.map(|signed| UnitInspectionContent::new(signed, ctx.language())))
    }
}
