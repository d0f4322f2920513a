//! End a person's role in a project: access ends with the commit.

use domain::Caller;
use domain::event::EventName;
use domain::id::{MembershipId, PersonId};
use domain::membership::{Held, permit_end};
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, required};
use serde_json::json;
use store::boxed;
use store::entity::memberships;

use super::add::person_of;
use super::{audit, position};
use crate::App;
use crate::context::Context;
use crate::credentials::invitations::{EndedPosition, revoke_after_end};
use crate::error::{Error, Result};
use crate::session::Client;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// Ends a membership, and revokes open invitations of the person to a role in the project. Ending one that has ended
/// changes nothing.
///
/// # Errors
/// The rule's refusal ([`permit_end`]), `NOT_FOUND`, `TEXT_REQUIRED`, or an internal error.
#[boxed]
pub async fn end(
    app: &App,
    client: &Client,
    caller: &Caller,
    membership_id: MembershipId,
    reason: &str,
) -> Result<memberships::Model> {
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let mut work = Context::new(app, caller).begin().await?;
    let row = work.find_membership(caller, membership_id).await?;
    let held = position::held_position(&work.tx, &row).await?;
    if !row.active {
        // The number of managers does not matter any more.
        permit_end(caller, &Held { other_managers: u64::MAX, ..held })?;
        return Ok(row);
    }
    permit_end(caller, &held)?;
    let ended = work.end_membership(caller, row, &reason, true).await?;
    work.add_membership_ended_event(&ended, &reason)?;
    revoke_after_end(&mut work, caller, ended.project_id, ended.person_id, EndedPosition::Role).await?;
    work.end_access_if_none_left(ended.person_id).await?;
    work.commit().await?;
    app.caller_cache.forget();
    audit::role_ended(client, caller, &ended);
    Ok(ended)
}

impl UnitOfWork {
    /// A membership that the caller may know of, active or ended, with the project's people locked: as staff of the
    /// project, or as an administrator.
    pub(super) async fn find_membership(&mut self, caller: &Caller, id: MembershipId) -> Result<memberships::Model> {
        let missing = || Error::not_found("membershipId");
        let row = store::members::membership(&self.tx, id).await?.ok_or_else(missing)?;
        if !caller.administrator && !caller.is_staff_of(row.project_id) {
            return Err(missing());
        }
        self.act_in_project_if_member(caller, row.project_id);
        self.lock_people(row.project_id).await?;
        // What another change left.
        store::members::membership(&self.tx, id).await?.ok_or_else(missing)
    }

    /// Ends the row, and takes a person who leaves the company off as assignee.
    pub(super) async fn end_membership(
        &mut self,
        caller: &Caller,
        row: memberships::Model,
        reason: &str,
        leaves: bool,
    ) -> Result<memberships::Model> {
        let (project_id, person_id) = (row.project_id, row.person_id);
        // Defects before the membership, as an assignment locks them; then those that were assigned meanwhile.
        if leaves {
            self.remove_assignments(project_id, person_id, reason).await?;
        }
        let row = memberships::Model {
            active: false,
            ended_at: Some(self.now.0),
            ended_by: person_of(caller),
            end_reason: Some(reason.to_owned()),
            ..row
        };
        store::members::save_membership(&self.tx, row.clone()).await?;
        if leaves {
            self.remove_assignments(project_id, person_id, reason).await?;
        }
        Ok(row)
    }

    /// Tells that a role was ended.
    pub(super) fn add_membership_ended_event(&mut self, row: &memberships::Model, reason: &str) -> Result<()> {
        let role = row.role;
        self.add_event(NewEvent {
            from: Some(role.as_str()),
            reason: Some(reason.to_owned()),
            data: json!({ "membershipId": row.id, "companyId": row.company_id, "role": row.role }),
            ..NewEvent::new(EventName::MembershipEnded, ObjectKind::Person, row.person_id, self.now)
        });
        Ok(())
    }

    /// Ends all sessions of a person who has no position left in any project. Administrators keep theirs.
    pub(super) async fn end_access_if_none_left(&self, person_id: PersonId) -> Result<()> {
        if !store::members::projects_of(&self.tx, person_id).await?.is_empty() {
            return Ok(());
        }
        let person = store::sessions::person(&self.tx, person_id).await?;
        if person.is_some_and(|person| !person.administrator) {
            store::members::revoke_sessions(&self.tx, person_id, self.now).await?;
        }
        Ok(())
    }
}
