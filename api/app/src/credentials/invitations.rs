//! Invitations that wait: listed to those who may make them, and revoked by them.

use domain::event::EventName;
use domain::id::{OneTimeLinkId, PersonId, ProjectId, UnitId};
use domain::membership::{permit_invite, shown_login};
use domain::{Caller, Party, RefusalCode, Role};
use store::Connection;
use store::boxed;
use store::entity::one_time_links;
use store::messages::Withdrawn;
use store::one_time_links::InvitationScope;
use store::page::{Page, PageRequest};

use super::invitation::{Invited, person_of};
use super::invite::{act_in_project, add_invitation_event};
use super::link::LinkKind;
use crate::App;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::unit_of_work::UnitOfWork;

/// The open invitations of a project that the caller may revoke, oldest first; none for people without that right.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn list(
    app: &App,
    caller: &Caller,
    project_id: ProjectId,
    page: &PageRequest,
) -> Result<Page<one_time_links::Model>> {
    let scope = scope(app.db.read(), caller, project_id).await?;
    Ok(store::one_time_links::open_invitations(app.db.read(), project_id, &scope, app.clock.now(), page).await?)
}

/// Which invitations are within the caller's right, as [`permit_invite`] has it.
async fn scope(conn: &Connection, caller: &Caller, project_id: ProjectId) -> Result<InvitationScope> {
    let Some(actor) = caller.actor_in(project_id) else { return Ok(InvitationScope::default()) };
    let mut companies = Vec::new();
    for company in store::projects::companies_of(conn, &caller.visibility(), &[project_id]).await? {
        // Which role does not matter: the right is over the company.
        let invited = Invited::Member { company_id: company.id, role: first_role(company.kind)? };
        if permit_invite(caller, project_id, &invited.position(conn, project_id, None).await?).is_ok() {
            companies.push(company.id);
        }
    }
    let owners = permit_invite(caller, project_id, &domain::membership::Position::Owner).is_ok();
    Ok(InvitationScope { owners, companies, made_by: actor.person_id })
}

/// A role of a kind of company.
fn first_role(kind: Party) -> Result<Role> {
    let of_kind = |role: &&Role| role.party() == kind;
    Role::ALL.iter().find(of_kind).copied().ok_or_else(|| Error::internal("a company of no kind"))
}

/// What of a person has ended, so that no open invitation brings it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndedPosition {
    /// The role in the project.
    Role,
    /// The ownership of a unit.
    Ownership(UnitId),
}

impl EndedPosition {
    /// Whether an invitation would bring it back.
    fn is_in(self, invited: &Invited) -> bool {
        match (self, invited) {
            (Self::Role, Invited::Member { .. }) => true,
            (Self::Ownership(unit_id), Invited::Owner { units }) => units.iter().any(|unit| unit.unit_id == unit_id),
            (Self::Role, Invited::Owner { .. }) | (Self::Ownership(_), Invited::Member { .. }) => false,
        }
    }
}

/// Revokes the open invitations by which a person, or the person of a placeholder's login, would get back what has just
/// ended in the project.
///
/// # Errors
/// When the database fails.
pub(crate) async fn revoke_after_end(
    work: &mut UnitOfWork,
    caller: &Caller,
    project_id: ProjectId,
    person_id: PersonId,
    ended: EndedPosition,
) -> Result<()> {
    let Some(person) = store::sessions::person(&work.tx, person_id).await? else { return Ok(()) };
    let login = shown_login(&person.login);
    for row in store::one_time_links::open_to_login(&work.tx, project_id, login, work.now).await? {
        let concerned = ended.is_in(&Invited::of(&row)?);
        if concerned && store::one_time_links::revoke(&work.tx, row.id, person_of(caller), work.now).await? {
            store::messages::withdraw(&work.tx, Withdrawn::Message(row.id.uuid()), work.now).await?;
            add_invitation_event(work, EventName::InvitationRevoked, &row);
        }
    }
    Ok(())
}

/// Revokes an invitation: its link is invalid from now on. Revoking twice is no error.
///
/// # Errors
/// `NOT_FOUND`, also for one that the caller does not read in [`list`], that is without the right ([`permit_invite`]) and
/// made by another person; `ENDED` for one that was accepted, or an internal error.
#[boxed]
pub async fn revoke(app: &App, caller: &Caller, invitation_id: OneTimeLinkId) -> Result<OneTimeLinkId> {
    let not_found = || Error::not_found("invitationId");
    let mut work = Context::new(app, caller).begin().await?;
    let kind = LinkKind::Invitation;
    let named = store::one_time_links::by_id(&work.tx, invitation_id).await?;
    let project_id = named.and_then(|row| row.project_id).ok_or_else(not_found)?;
    act_in_project(&mut work, caller, project_id).map_err(|_| not_found())?;
    // The project before its links, as an acceptance and the end of a role lock them.
    work.lock_people(project_id).await?;
    let row = store::one_time_links::find_for_update(&work.tx, kind, invitation_id).await?.ok_or_else(not_found)?;
    let is_own = row.made_by.is_some() && row.made_by == person_of(caller);
    if !is_own {
        let position = Invited::of(&row)?.position(&work.tx, project_id, None).await?;
        // The answer for an invitation without the right is that for an invitation that does not exist.
        permit_invite(caller, project_id, &position).map_err(|_| not_found())?;
    }
    if row.used_at.is_some() {
        return Err(RefusalCode::Ended.into());
    }
    if store::one_time_links::revoke(&work.tx, row.id, person_of(caller), work.now).await? {
        store::messages::withdraw(&work.tx, Withdrawn::Message(row.id.uuid()), work.now).await?;
        add_invitation_event(&mut work, EventName::InvitationRevoked, &row);
        work.commit().await?;
        tracing::info!(project = %project_id, by = %caller.person_id, invitation = %row.id, "invitation revoked");
    }
    Ok(row.id)
}
