//! Inviting people, and accepting or withdrawing an invitation.

use app::credentials::invitation::{Invited, InvitedUnit};
use app::credentials::invite::Invite;
use app::credentials::{accept, invitations, invite};
use async_graphql::{Context, Object, SimpleObject};
use domain::{Refusal, RefusalCode};

use super::inputs::{InvitationAcceptInput, InvitationRevokeInput, InvitedUnitInput, MemberInviteInput};
use super::types::Invitation;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, split};
use crate::scalars::Uid;

/// Invitations.
#[derive(Default)]
pub struct InvitationMutation;

/// The invitation with its link, or why not.
#[derive(SimpleObject)]
pub struct MemberInvitePayload {
    /// The invitation; null when refused.
    pub invitation: Option<Invitation>,
    /// The path of the link, `/join#…`, to be put behind this server's address and given to the person alone: its
    /// holder can accept. It works once and for 7 days. Answered once: null when the same invitation was made before
    /// (its answer was lost: withdraw it and invite again).
    pub link: Option<String>,
    /// The masked address that the link was sent to, `x…@example.com` or `…5678`; null if it is to be given to the
    /// person in another way.
    pub sent_to: Option<String>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// Whether the invitation was accepted.
#[derive(SimpleObject)]
pub struct InvitationAcceptPayload {
    /// The login to sign in with; null when refused.
    pub login: Option<String>,
    /// The project that the person has joined; null when refused.
    pub project_id: Option<Uid>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// Whether the invitation was withdrawn.
#[derive(SimpleObject)]
pub struct InvitationRevokePayload {
    /// The invitation whose link is invalid now; null when refused.
    pub revoked_invitation_id: Option<Uid>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl InvitationMutation {
    /// Invites a person to a project: as staff of a company, or as the owner of units. Role and ownership begin when
    /// the person accepts. The answer is the same whether a person has this login or not. Administrators for everybody;
    /// delivery managers and the leads of the other parties for their own company; delivery managers for the first
    /// person of a company that has none; delivery managers and customer relations for owners. A person who has, or
    /// had, a role for a company of one kind joins a company of another kind by an administrator's invitation only.
    async fn member_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to invite, and as what.")] input: MemberInviteInput,
    ) -> ApiResult<MemberInvitePayload> {
        let caller = ctx.caller()?;
        let answer = match read(input) {
            Ok(input) => invite::invite(ctx.app(), caller, input).await,
            Err(refusal) => Err(refusal.into()),
        };
        let (done, user_errors) = split(answer, ctx.language())?;
        let (row, link) = done.unzip();
        let (link, sent_to) = link.flatten().map(|link| (link.path(), link.sent_to)).unzip();
        Ok(MemberInvitePayload { invitation: row.map(Invitation::from), link, sent_to: sent_to.flatten(), user_errors })
    }

    /// Accepts an invitation by its link. A new person chooses a password and signs in with it afterwards; a person who
    /// is there already must be signed in as the invited login (`SIGN_IN_FIRST`). Works without signing in, until 20
    /// links of the inviter's company, or 60 of the project, were answered `SIGN_IN_FIRST` within 24 hours because the
    /// login has a password, and not accepted since: then `QUOTA_EXCEEDED`, whether the login exists or not.
    async fn invitation_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link's token, and the password of a new person.")] input: InvitationAcceptInput,
    ) -> ApiResult<InvitationAcceptPayload> {
        let caller = ctx.maybe_caller().map(AsRef::as_ref);
        let answer = accept::accept(ctx.app(), &ctx.client(), caller, &input.token, input.password.as_deref()).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        let (login, project_id) = done.map(|accepted| (accepted.login, accepted.project_id.into())).unzip();
        Ok(InvitationAcceptPayload { login, project_id, user_errors })
    }

    /// Withdraws an invitation that has not been accepted: its link is invalid from now on. Withdrawing it again is no
    /// error. For its author, and for people who may make it.
    async fn invitation_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which invitation to withdraw.")] input: InvitationRevokeInput,
    ) -> ApiResult<InvitationRevokePayload> {
        let answer = invitations::revoke(ctx.app(), ctx.caller()?, input.invitation_id.0).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(InvitationRevokePayload { revoked_invitation_id: done.map(Uid::from), user_errors })
    }
}

/// An input as the use case takes it: a company and a role, or units.
fn read(input: MemberInviteInput) -> Result<Invite, Refusal> {
    let invited = match (input.company_id, input.role, input.owned_units) {
        (Some(company), Some(role), None) => Invited::Member { company_id: company.0, role },
        (None, None, Some(units)) => {
            let invited = |unit: InvitedUnitInput| InvitedUnit {
                unit_id: unit.unit_id.0,
                kind: unit.kind,
                until: unit.until.map(|day| day.0),
            };
            Invited::Owner { units: units.into_iter().map(invited).collect() }
        }
        _ => {
            let refusal = Refusal::at(RefusalCode::InvalidValue, "role");
            return Err(refusal.because(
                "give company and role of staff, or the units of an owner",
                "工作人员请填写单位和角色，业主请填写房屋",
            ));
        }
    };
    Ok(Invite {
        invitation_id: input.invitation_id.0,
        project_id: input.project_id.0,
        login: input.login,
        name: input.name,
        phone: input.phone,
        email: input.email,
        language: input.language,
        invited,
    })
}
