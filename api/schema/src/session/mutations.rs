//! Signing in, staying signed in, signing out.

use std::sync::Arc;

use app::session::authenticate::SessionScope;
use app::session::create::{Credentials, SignedIn};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::Language;
use domain::id::SessionId;

use super::devices::SessionNotice;
use super::types::Session;
use crate::context::{ContextExt, RequestSession};
use crate::error::ApiResult;
use crate::payload::{UserError, payload, split};
use crate::scalars::Uid;

/// Signing in and out.
#[derive(Default)]
pub struct SessionMutation;

/// Login and password.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// The login, usually an e-mail address or a phone number. Case does not matter.
    pub login: String,
    /// The password.
    #[graphql(secret)]
    pub password: String,
    /// What the person calls the device, to tell sessions apart. At most 200 characters.
    pub device: Option<String>,
    /// The `deviceToken` that this person's last sign-in on this device answered. With it the sign-in neither waits
    /// behind those of strangers nor is slowed by wrong passwords that come from elsewhere. It replaces no password; an
    /// unknown one is ignored.
    #[graphql(secret)]
    pub device_token: Option<String>,
}

/// A refresh token.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The newest refresh token, or the one before it when the answer was lost: within 60 s, and before one of the new
    /// tokens was used, the same new tokens are answered. Every other one that was used before ends the session.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// Which session to end.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// An own session; left out, the one that asks.
    pub session_id: Option<Uid<SessionId>>,
}

/// The new session, or why not.
#[derive(SimpleObject)]
pub struct SessionCreatePayload {
    /// The session; null when refused.
    pub session: Option<Session>,
    /// For the next sign-in of this person on this device: keep it on the device for each person, also after signing
    /// out. Null when refused.
    pub device_token: Option<String>,
    /// Notices about earlier sessions: show them to the person before anything else. Empty most of the time. They are
    /// repeated at each sign-in until one of the new sessions is used.
    pub notices: Vec<SessionNotice>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

payload! {
    /// The session with new tokens, or why not.
    SessionRefreshPayload {
        /// The session; null when refused.
        session: Session
    }
}

/// Whether the session has ended.
#[derive(SimpleObject)]
pub struct SessionRevokePayload {
    /// True once it has ended; ending it again is no error.
    pub revoked: bool,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl SessionMutation {
    /// Signs in with login and password. From the fifth failure at a login on, each further one from the same address
    /// doubles the wait (`SIGN_IN_SLOWED`); from an address with 50 failures at any logins one more is taken each 15 s.
    /// Other addresses, and devices that send their `deviceToken`, do not wait. When too many passwords wait to be
    /// checked, the request is answered 503 with `Retry-After`. May stand in a document once.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Login and password of the person, and the device.")] input: SessionCreateInput,
    ) -> ApiResult<SessionCreatePayload> {
        let given = Credentials {
            login: &input.login,
            password: &input.password,
            device: input.device.as_deref(),
            device_token: input.device_token.as_deref(),
        };
        let created = app::session::create::create(ctx.app(), &ctx.client(), given).await;
        let (created, user_errors) = split(created, ctx.language())?;
        let Some(SignedIn { session, device_token, notices }) = created else {
            return Ok(SessionCreatePayload { session: None, device_token: None, notices: Vec::new(), user_errors });
        };
        let (session, language) = with_viewer(ctx, session).await?;
        let notices = notices.into_iter().map(|notice| SessionNotice::new(notice, language)).collect();
        Ok(SessionCreatePayload { session: Some(session), device_token: Some(device_token), notices, user_errors })
    }

    /// Changes the refresh token for new tokens. The access token that belonged to it ends at once; its running
    /// requests are finished.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refresh token to change.")] input: SessionRefreshInput,
    ) -> ApiResult<SessionRefreshPayload> {
        let refreshed = app::session::refresh::refresh(ctx.app(), &ctx.client(), &input.refresh_token).await;
        let (refreshed, user_errors) = split(refreshed, ctx.language())?;
        let session = match refreshed {
            Some(session) => Some(with_viewer(ctx, session).await?.0),
            None => None,
        };
        Ok(SessionRefreshPayload { session, user_errors })
    }

    /// Signs out: the tokens of the session are good no more.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The own session to end.")] input: SessionRevokeInput,
    ) -> ApiResult<SessionRevokePayload> {
        let id = input.session_id.map(|id| id.0);
        let done = app::session::revoke::revoke(ctx.app(), &ctx.client(), ctx.caller()?, id).await;
        let (done, user_errors) = split(done, ctx.language())?;
        Ok(SessionRevokePayload { revoked: done.is_some(), user_errors })
    }
}

/// The session with its viewer, and the viewer's language.
pub(super) async fn with_viewer(ctx: &Context<'_>, session: app::session::Session) -> ApiResult<(Session, Language)> {
    let scope = SessionScope { id: session.id, only_unit: session.only_unit };
    let caller = app::session::authenticate::load(ctx.app(), session.person_id, Some(scope)).await?;
    let language = caller.as_ref().map_or(Language::En, |caller| caller.language);
    let viewer = caller.map(Arc::new).filter(|caller| RequestSession::sign_in_as(ctx, caller));
    Ok((Session(session, viewer), language))
}
