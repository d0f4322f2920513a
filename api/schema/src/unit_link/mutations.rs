//! Making owners' links, and withdrawing them.

use app::unit_link::make::{self, MadeLink};
use app::unit_link::many::{self, OwnerLink};
use app::unit_link::{UnitLinkToken, revoke, sheet};
use async_graphql::{Context, Object, SimpleObject};

use super::inputs::{UnitInviteInput, UnitInviteRevokeInput, UnitInvitesInput};
use super::types::UnitInvite;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, split};
use crate::scalars::Uid;

/// Owners' links.
#[derive(Default)]
pub struct UnitLinkMutation;

/// The link, or why not.
#[derive(async_graphql::Description)]
pub struct UnitInvitePayload {
    made: Option<MadeLink>,
    user_errors: Vec<UserError>,
}

#[Object(use_type_description)]
impl UnitInvitePayload {
    /// The link; null when refused.
    fn invite(&self) -> Option<UnitInvite> {
        self.made.as_ref().map(|made| made.row.clone().into())
    }

    /// The path of the link, `/link#…`, to be put behind this server's address and given to the person. It works for 30
    /// days and on any number of devices, each time with a new code. Answered once: null when the same link was made
    /// before.
    fn link(&self) -> Option<String> {
        self.token().map(UnitLinkToken::path)
    }

    /// The QR code of the link's whole address, as SVG that fills its container; null without `link`.
    fn qr_code(&self, ctx: &Context<'_>) -> ApiResult<Option<String>> {
        Ok(self.token().map(|token| sheet::qr_code(ctx.app(), token)).transpose()?)
    }

    /// Where codes are sent to the person, masked: `…5678`. Null without a phone or address on file: then the person
    /// cannot sign in by the link (`NO_CHANNEL`).
    fn codes_to(&self) -> Option<&str> {
        self.made.as_ref().and_then(|made| made.codes_to.as_deref())
    }

    /// Where the link was sent, masked; null if it was not sent.
    fn sent_to(&self) -> Option<&str> {
        self.made.as_ref().and_then(|made| made.sent_to.as_deref())
    }

    /// Validation and permission errors. Empty on success.
    fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl UnitInvitePayload {
    fn token(&self) -> Option<&UnitLinkToken> {
        self.made.as_ref().and_then(|made| made.token.as_ref())
    }
}

/// An owner with the open link.
#[derive(async_graphql::Description)]
pub struct OwnerInvite(OwnerLink);

#[Object(use_type_description)]
impl OwnerInvite {
    /// The open link.
    fn invite(&self) -> UnitInvite {
        self.0.row.clone().into()
    }

    /// The path of a new link, `/link#…`, answered once; null of a link that was there before.
    fn link(&self) -> Option<String> {
        self.0.token.as_ref().map(UnitLinkToken::path)
    }

    /// Where codes are sent to the person, masked; null without a phone or address on file.
    fn codes_to(&self) -> Option<&str> {
        self.0.codes_to.as_deref()
    }

    /// Where the link was sent, masked; null if it was not sent.
    fn sent_to(&self) -> Option<&str> {
        self.0.sent_to.as_deref()
    }
}

/// The links of all owners, or why not.
#[derive(async_graphql::Description)]
pub struct UnitInvitesPayload {
    links: Option<Vec<OwnerLink>>,
    user_errors: Vec<UserError>,
}

#[Object(use_type_description)]
impl UnitInvitesPayload {
    /// Each owner, co-owner and proxy with the open link, in the order of the units' places; null when refused.
    fn invites(&self) -> Option<Vec<OwnerInvite>> {
        self.links.as_ref().map(|links| links.iter().cloned().map(OwnerInvite).collect())
    }

    /// One page of HTML with the QR code of each new link, to be opened and printed in a browser: with unit, owner and
    /// last day. It holds the links, which are answered once. Null when refused.
    fn sheet(&self, ctx: &Context<'_>) -> ApiResult<Option<String>> {
        Ok(self.links.as_ref().map(|links| sheet::page(ctx.app(), links)).transpose()?)
    }

    /// Validation and permission errors. Empty on success.
    fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

/// Whether the link was withdrawn.
#[derive(SimpleObject)]
pub struct UnitInviteRevokePayload {
    /// The link that is invalid now; null when refused.
    pub revoked_invite_id: Option<Uid>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl UnitLinkMutation {
    /// Makes the link by which an owner, co-owner or proxy signs in to one unit, with a code that is sent to the phone
    /// or address on file. An earlier link of the same owner to the unit ends; devices that signed in by it stay signed
    /// in. Administrators, delivery managers and customer relations; nobody for oneself.
    async fn unit_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit, and whose link to make.")] input: UnitInviteInput,
    ) -> ApiResult<UnitInvitePayload> {
        let caller = ctx.caller()?;
        let answer = match input.read() {
            Ok(input) => make::invite(ctx.app(), caller, input).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (made, user_errors) = split(answer, ctx.language())?;
        Ok(UnitInvitePayload { made, user_errors })
    }

    /// Makes the links of all owners, co-owners and proxies of a building or of several units, for a sheet of QR codes
    /// or as messages. People with a role in the project are left out: they sign in with a password. Administrators,
    /// delivery managers and customer relations.
    async fn unit_invites(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which units, and whether links of before are replaced.")] input: UnitInvitesInput,
    ) -> ApiResult<UnitInvitesPayload> {
        let caller = ctx.caller()?;
        let answer = match input.read() {
            Ok(input) => many::invite_many(ctx.app(), caller, input).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (links, user_errors) = split(answer, ctx.language())?;
        Ok(UnitInvitesPayload { links, user_errors })
    }

    /// Withdraws an owner's link: nobody signs in by it any more, and devices that signed in by it are signed out.
    /// Withdrawing it again is no error. Administrators, delivery managers and customer relations.
    async fn unit_invite_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which link to withdraw.")] input: UnitInviteRevokeInput,
    ) -> ApiResult<UnitInviteRevokePayload> {
        let answer = revoke::revoke(ctx.app(), ctx.caller()?, input.invite_id.0).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(UnitInviteRevokePayload { revoked_invite_id: done.map(Uid::from), user_errors })
    }
}
