//! Signing in, staying signed in, signing out.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::types::Session;
use crate::graphql::ask::{Ask, SignIn};
use crate::graphql::error::ApiResult;
use crate::graphql::payload::{UserError, payload, split};
use crate::graphql::scalars::Uid;

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
}

/// A refresh token.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The newest refresh token. One that was used before ends the session.
    #[graphql(secret)]
    pub refresh_token: String,
}

/// Which session to end.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// An own session; left out, the one that asks.
    pub session_id: Option<Uid>,
}

payload! {
    /// The new session, or why not.
    SessionCreatePayload {
        /// The session; null when refused.
        session: Session
    }
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
    /// What a person can mend; empty when it was done.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl SessionMutation {
    /// Signs in with login and password. After the fourth failure each further one doubles the wait.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked for.")] input: SessionCreateInput,
    ) -> ApiResult<SessionCreatePayload> {
        let app = ctx.app();
        let created = app::session::create::create(app, &input.login, &input.password, input.device.as_deref()).await;
        SessionCreatePayload::answer(with_viewer(ctx, created).await?, ctx.language())
    }

    /// Changes the refresh token for new tokens.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked for.")] input: SessionRefreshInput,
    ) -> ApiResult<SessionRefreshPayload> {
        let refreshed = app::session::refresh::refresh(ctx.app(), &input.refresh_token).await;
        SessionRefreshPayload::answer(with_viewer(ctx, refreshed).await?, ctx.language())
    }

    /// Signs out: the tokens of the session are good no more.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is asked for.")] input: SessionRevokeInput,
    ) -> ApiResult<SessionRevokePayload> {
        let id = input.session_id.map(|id| id.0);
        let done = app::session::revoke::revoke(ctx.app(), ctx.caller()?, id).await;
        let (done, user_errors) = split(done, ctx.language())?;
        Ok(SessionRevokePayload { revoked: done.is_some(), user_errors })
    }
}

async fn with_viewer(
    ctx: &Context<'_>,
    session: app::Result<app::session::Session>,
) -> ApiResult<app::Result<Session>> {
    match session {
        Ok(session) => {
            let caller = app::session::authenticate::load(ctx.app(), session.person_id, Some(session.id)).await?;
            let viewer = caller.map(Arc::new).filter(|caller| SignIn::go_on_as(ctx, caller));
            Ok(Ok(Session(session, viewer)))
        }
        Err(error) => Ok(Err(error)),
    }
}
