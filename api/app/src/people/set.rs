//! Change a person's role or company in a project. The old membership ends and a new one begins, so that old records
//! keep who the person was.

use domain::event::EventName;
use domain::id::{CompanyId, MembershipId};
use domain::membership::permit_set;
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, required};
use domain::{Caller, Refusal, RefusalCode, Role};
use serde_json::json;
use store::boxed;
use store::entity::memberships;

use super::add::{NewMembership, membership_row};
use super::{audit, position};
use crate::App;
use crate::context::Context;
use crate::error::Result;
use crate::session::Client;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// What changes of a membership.
#[derive(Debug, Clone)]
pub struct SetMembership {
    /// The active membership that the caller saw.
    pub membership_id: MembershipId,
    /// Another company of the project; left out = the same.
    pub company_id: Option<CompanyId>,
    /// Another role; left out = the same.
    pub role: Option<Role>,
    /// Why.
    pub reason: String,
}

/// Changes a role or company, and returns the membership that counts now.
///
/// # Errors
/// The rule's refusal ([`permit_set`]), `NOT_FOUND`, `ENDED`, `TEXT_REQUIRED`, or an internal error.
#[boxed]
pub async fn set(app: &App, client: &Client, caller: &Caller, input: SetMembership) -> Result<memberships::Model> {
    let reason = required(&input.reason, NOTE_LIMIT, "reason")?;
    let mut work = Context::new(app, caller).begin().await?;
    let named = work.find_membership(caller, input.membership_id).await?;
    let wanted = Wanted::of(&input, &named);
    let mut held = position::held_position(&work.tx, &named).await?;
    if !named.active {
        // The number of managers does not matter any more.
        held.other_managers = u64::MAX;
    }
    let own = position::of_placeholder(&work.tx, named.person_id).await?;
    let position =
        position::requested_position(&work.tx, named.project_id, (wanted.company_id, wanted.role), &own).await?;
    permit_set(caller, &held, &position)?;
    if !named.active {
        return work.repeated(&named, &wanted).await;
    }
    if wanted.is(&named) {
        return Ok(named);
    }
    let now = work.replace_membership(caller, named, &wanted, &reason).await?;
    work.commit().await?;
    app.caller_cache.forget();
    audit::role_changed(client, caller, &now);
    Ok(now)
}

/// The company and role that are wanted.
pub(crate) struct Wanted {
    pub(crate) company_id: CompanyId,
    pub(crate) role: Role,
}

impl Wanted {
    fn of(input: &SetMembership, row: &memberships::Model) -> Self {
        Self { company_id: input.company_id.unwrap_or(row.company_id), role: input.role.unwrap_or(row.role) }
    }

    /// Whether the membership is like this already.
    pub(crate) fn is(&self, row: &memberships::Model) -> bool {
        self.company_id == row.company_id && self.role == row.role
    }
}

impl UnitOfWork {
    /// The answer to a repetition, whose first answer was lost: the membership that it made, if that one still counts.
    async fn repeated(&self, named: &memberships::Model, wanted: &Wanted) -> Result<memberships::Model> {
        let current = store::projects::membership(&self.tx, named.project_id, named.person_id).await?;
        let current = current.filter(|row| wanted.is(row));
        current.ok_or_else(|| Refusal::at(RefusalCode::Ended, "membershipId").into())
    }

    /// Ends a membership and begins another one of the same person, with an event.
    pub(crate) async fn replace_membership(
        &mut self,
        caller: &Caller,
        old: memberships::Model,
        wanted: &Wanted,
        reason: &str,
    ) -> Result<memberships::Model> {
        let from = old.role;
        let moves = old.company_id != wanted.company_id;
        let ended = self.end_membership(caller, old, reason, moves).await?;
        let (project_id, person_id) = (ended.project_id, ended.person_id);
        let new = NewMembership { project_id, person_id, company_id: wanted.company_id, role: wanted.role };
        let row = membership_row(self, caller, &new);
        store::members::insert_membership(&self.tx, row.clone()).await?;
        self.add_event(NewEvent {
            from: Some(from.as_str()),
            to: Some(wanted.role.as_str()),
            reason: Some(reason.to_owned()),
            data: json!({
                "from": { "membershipId": ended.id, "companyId": ended.company_id, "role": ended.role },
                "to": { "membershipId": row.id, "companyId": row.company_id, "role": row.role },
            }),
            ..NewEvent::new(EventName::MembershipChanged, ObjectKind::Person, person_id, self.now)
        });
        Ok(row)
    }
}
