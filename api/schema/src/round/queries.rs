//! Rounds by id, and the rounds of a project.

use async_graphql::{Context, Object};
use domain::id::{ProjectId, RoundId};

use super::types::Round;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging, connection};
use crate::plan::ToOne;
use crate::scalars::Uid;

/// Reading rounds.
#[derive(Default)]
pub struct RoundQuery;

#[Object]
impl RoundQuery {
    /// A round: any of the project for its staff; for owners those in which the own opened unit is inspected.
    fn round(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The round's id.")] id: Uid<RoundId>,
    ) -> ApiResult<ToOne<Round>> {
        ctx.caller()?;
        Ok(ToOne::by(id.0))
    }
}

/// A page of a project's rounds in the order of their numbers.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, or an internal error.
pub async fn rounds(ctx: &Context<'_>, project_id: ProjectId, paging: Paging) -> ApiResult<Connection<Round>> {
    let request = paging.request(store::rounds::LIST)?;
    let page = app::round::read::list_rounds(ctx.app(), ctx.caller()?, project_id, false, &request).await?;
    Ok(connection(page, store::rounds::LIST))
}
