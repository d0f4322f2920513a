//! Changing the own password, and setting a new one by a link.

use app::credentials::{change, reset};
use async_graphql::{Context, Object, SimpleObject};

use super::inputs::{PasswordChangeInput, PasswordResetCreateInput, PasswordResetInput, PasswordResetRevokeInput};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, split};
use crate::scalars::{DateTime, Uid};

/// Passwords.
#[derive(Default)]
pub struct PasswordMutation;

/// Whether the password was changed.
#[derive(SimpleObject)]
pub struct PasswordChangePayload {
    /// True once it was changed; then every other session of the person has ended.
    pub changed: bool,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// The reset link, or why not.
#[derive(SimpleObject)]
pub struct PasswordResetCreatePayload {
    /// The link's id, for `passwordResetRevoke`; null when refused.
    pub reset_id: Option<Uid>,
    /// The path of the link, `/join#…`, to be put behind this server's address and given to the person alone: its
    /// holder sets the password. It works once and for 24 hours. Answered once; null when refused.
    pub link: Option<String>,
    /// When the link runs out; null when refused.
    pub expires_at: Option<DateTime>,
    /// The masked address that the link was sent to, `x…@example.com` or `…5678`; null if it is to be given to the
    /// person in another way.
    pub sent_to: Option<String>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// Whether the reset link was withdrawn.
#[derive(SimpleObject)]
pub struct PasswordResetRevokePayload {
    /// True once the link is invalid; withdrawing it again is no error.
    pub revoked: bool,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// Whether the password was set.
#[derive(SimpleObject)]
pub struct PasswordResetPayload {
    /// True once it was set; then every session of the person has ended.
    pub reset: bool,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl PasswordMutation {
    /// Changes the own password. Every other session of the person ends; the one that asks goes on. Wrong current
    /// passwords are slowed down like failed sign-ins.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The current and the new password.")] input: PasswordChangeInput,
    ) -> ApiResult<PasswordChangePayload> {
        let (app, caller) = (ctx.app(), ctx.caller()?);
        let answer = change::change(app, &ctx.client(), caller, &input.current_password, &input.new_password).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(PasswordChangePayload { changed: done.is_some(), user_errors })
    }

    /// Makes a link with which a person sets a new password; an earlier one of the person ends. Administrators for
    /// everybody but themselves; others only where they may invite to every role and ownership that the person holds in
    /// any project, and never for an administrator.
    async fn password_reset_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose password shall be set anew.")] input: PasswordResetCreateInput,
    ) -> ApiResult<PasswordResetCreatePayload> {
        let answer = reset::create(ctx.app(), ctx.caller()?, input.person_id.0).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(PasswordResetCreatePayload {
            reset_id: done.as_ref().map(|link| link.id.into()),
            link: done.as_ref().map(app::credentials::NewLink::path),
            expires_at: done.as_ref().map(|link| DateTime(link.expires_at)),
            sent_to: done.and_then(|link| link.sent_to),
            user_errors,
        })
    }

    /// Withdraws a reset link that has not been used. For its author, and for people who may make it.
    async fn password_reset_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which reset link to withdraw.")] input: PasswordResetRevokeInput,
    ) -> ApiResult<PasswordResetRevokePayload> {
        let answer = reset::revoke(ctx.app(), ctx.caller()?, input.reset_id.0).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(PasswordResetRevokePayload { revoked: done.is_some(), user_errors })
    }

    /// Sets a new password by a reset link. Every session of the person ends. Works without signing in.
    async fn password_reset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's token and the new password.")] input: PasswordResetInput,
    ) -> ApiResult<PasswordResetPayload> {
        let answer = reset::reset(ctx.app(), &ctx.client(), &input.token, &input.password).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(PasswordResetPayload { reset: done.is_some(), user_errors })
    }
}
