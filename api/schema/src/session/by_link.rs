//! Signing in by an owner's link: a code is asked for, and sent in with the link.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::message::MessageChannel;

use super::mutations::with_viewer;
use super::types::Session;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, split};
use crate::scalars::DateTime;

/// Signing in by an owner's link.
#[derive(Default)]
pub struct LinkSessionMutation;

/// The link for which a code is wanted.
#[derive(InputObject)]
pub struct SessionCodeRequestInput {
    /// The token behind the `#` of the link.
    #[graphql(secret)]
    pub token: String,
}

/// The link and the code.
#[derive(InputObject)]
pub struct SessionCreateByLinkInput {
    /// The token behind the `#` of the link.
    #[graphql(secret)]
    pub token: String,
    /// The six digits that were sent. Blanks and hyphens do not matter.
    #[graphql(secret)]
    pub code: String,
    /// What the person calls the device, to tell sessions apart. At most 200 characters.
    pub device: Option<String>,
}

/// Where the code goes, or why not.
#[derive(SimpleObject)]
pub struct SessionCodeRequestPayload {
    /// Over which channel it is sent; null when refused.
    pub channel: Option<MessageChannel>,
    /// Where it is sent, masked: `…5678`, `x…@example.com`. Null when refused.
    pub sent_to: Option<String>,
    /// When the code ends: 5 minutes from now. Null when refused.
    pub expires_at: Option<DateTime>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// The new session, or why not.
#[derive(SimpleObject)]
pub struct SessionCreateByLinkPayload {
    /// The session, which sees nothing but the unit of the link; null when refused.
    pub session: Option<Session>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl LinkSessionMutation {
    /// Sends a code of six digits to the phone or address on file of the person whose link it is. The code is good for
    /// 5 minutes, and a newer one replaces it. A person gets 10 codes in 24 hours and a network address asks for 20 in
    /// an hour (`CODE_LIMIT`); after 5 wrong guesses the next code waits until the 5 minutes are over
    /// (`SIGN_IN_SLOWED`). Without a phone or address on file the answer is `NO_CHANNEL`. Works without signing in.
    async fn session_code_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's token.")] input: SessionCodeRequestInput,
    ) -> ApiResult<SessionCodeRequestPayload> {
        let sent = app::session::code::request(ctx.app(), &ctx.client(), &input.token).await;
        let (sent, user_errors) = split(sent, ctx.language())?;
        Ok(SessionCodeRequestPayload {
            channel: sent.as_ref().map(|sent| sent.channel),
            expires_at: sent.as_ref().map(|sent| DateTime(sent.expires_at)),
            sent_to: sent.map(|sent| sent.sent_to),
            user_errors,
        })
    }

    /// Signs in by an owner's link with the code that was sent, once for each device: the session is kept by
    /// `sessionRefresh`. It sees the unit of the link and nothing else, also of a person with other units or roles, and
    /// ends with the ownership or the proxy's power, and when the link is withdrawn. A code is compared with 5 guesses;
    /// after that the answer is `SIGN_IN_SLOWED`, right or wrong, until the code ends. May stand in a document once.
    async fn session_create_by_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's token, the code, and the device.")] input: SessionCreateByLinkInput,
    ) -> ApiResult<SessionCreateByLinkPayload> {
        let (token, code, device) = (&input.token, &input.code, input.device.as_deref());
        let created = app::session::by_link::create(ctx.app(), &ctx.client(), token, code, device).await;
        let (created, user_errors) = split(created, ctx.language())?;
        let session = match created {
            Some(session) => Some(with_viewer(ctx, session).await?.0),
            None => None,
        };
        Ok(SessionCreateByLinkPayload { session, user_errors })
    }
}
