//! The purpose of a link.

use async_graphql::{Context, Object};

use super::types::OneTimeLink;
use crate::context::ContextExt;
use crate::error::ApiResult;

/// Reading links.
#[derive(Default)]
pub struct CredentialsQuery;

#[Object]
impl CredentialsQuery {
    /// The purpose of a link that works once: an invitation or a password reset. Null for a token that opens nothing:
    /// used, expired, withdrawn or unknown, all alike. Works without signing in.
    async fn one_time_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token behind the `#` of the link.", secret)] token: String,
    ) -> ApiResult<Option<OneTimeLink>> {
        Ok(app::credentials::read::open_link(ctx.app(), &token).await?.map(OneTimeLink))
    }
}
