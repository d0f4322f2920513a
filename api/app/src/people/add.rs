//! A person gets a role or a unit, inside a unit of work that does more: an accepted invitation, an import, a command.

use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::{CompanyId, OwnershipId, PersonId, ProjectId, UnitId};
use domain::membership::{Position, permit_invite, permit_party};
use domain::object_kind::ObjectKind;
use domain::unit::power::{OwnershipDays, OwnershipMoments};
use domain::unit::{OwnerKind, UnitKind};
use domain::{Caller, Refusal, RefusalCode, Role};
use jiff::civil::Date;
use serde_json::json;
use store::boxed;
use store::entity::{memberships, unit_owners};

use super::position;
use crate::error::{Error, Result};
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// A role to give.
#[derive(Debug, Clone, Copy)]
pub struct NewMembership {
    /// The project.
    pub project_id: ProjectId,
    /// The person who gets the role.
    pub person_id: PersonId,
    /// The company of the project for which it is held.
    pub company_id: CompanyId,
    /// The role.
    pub role: Role,
}

/// An ownership to enter.
#[derive(Debug, Clone, Copy)]
pub struct NewOwnership {
    /// Its id, if a client made it.
    pub id: Option<OwnershipId>,
    /// The project.
    pub project_id: ProjectId,
    /// The unit, a home of the project.
    pub unit_id: UnitId,
    /// The person who becomes an owner.
    pub person_id: PersonId,
    /// Owner, co-owner or proxy.
    pub kind: OwnerKind,
    /// The first day in the project's time zone; today if left out. Of a proxy's power it may lie ahead.
    pub from: Option<Date>,
    /// The last day of a proxy's power in the project's time zone; none for a power without end, and for owners.
    pub until: Option<Date>,
}

/// Gives a person a role in a project. `granter`, the person who invited, imported or added, answers for it; the rule
/// checks the granter's present rights. The work must have entered the project, and the caller of this function clears
/// the caller cache after the commit (`app.caller_cache.forget()`).
///
/// # Errors
/// The rule's refusal ([`permit_invite`], [`permit_party`]), `NOT_FOUND`, `ALREADY_MEMBER`, or an internal error.
#[boxed]
pub async fn add_membership(work: &mut UnitOfWork, granter: &Caller, new: NewMembership) -> Result<memberships::Model> {
    work.lock_people(new.project_id).await?;
    let own = position::own_rows(&work.tx, new.project_id, new.person_id).await?;
    let position = position::requested_position(&work.tx, new.project_id, (new.company_id, new.role), &own).await?;
    permit_invite(granter, new.project_id, &position)?;
    if store::projects::membership(&work.tx, new.project_id, new.person_id).await?.is_some() {
        return Err(RefusalCode::AlreadyMember.into());
    }
    let before = position::parties_ever(&work.tx, new.project_id, new.person_id).await?;
    permit_party(granter, &before, &position)?;
    let row = membership_row(work, granter, &new);
    store::members::insert_membership(&work.tx, row.clone()).await?;
    work.add_membership_added_event(&row);
    work.take_over_placeholder(granter, new.project_id, new.person_id).await?;
    Ok(row)
}

/// The row of a new role.
pub(crate) fn membership_row(work: &UnitOfWork, granter: &Caller, new: &NewMembership) -> memberships::Model {
    memberships::Model {
        id: work.new_id(),
        project_id: new.project_id,
        person_id: new.person_id,
        company_id: new.company_id,
        role: new.role,
        active: true,
        added_at: Some(work.now.0),
        added_by: person_of(granter),
        ended_at: None,
        ended_by: None,
        end_reason: None,
    }
}

/// Enters a person as an owner of a unit. The same holds as for [`add_membership`]; a person cannot enter itself.
///
/// # Errors
/// The rule's refusal ([`permit_invite`]), `OWN_ROLE`, `NOT_FOUND`, `ALREADY_OWNER`, `INVALID_VALUE`, or an internal
/// error.
#[boxed]
pub async fn add_ownership(work: &mut UnitOfWork, granter: &Caller, new: NewOwnership) -> Result<unit_owners::Model> {
    work.lock_people(new.project_id).await?;
    permit_invite(granter, new.project_id, &Position::Owner)?;
    if granter.person_id == new.person_id {
        return Err(RefusalCode::OwnRole.into());
    }
    let unit = store::members::unit(&work.tx, new.project_id, new.unit_id).await?;
    let unit = unit.ok_or_else(|| Error::not_found("unitId"))?;
    if unit.kind != UnitKind::Residential {
        let wrong = Refusal::at(RefusalCode::InvalidValue, "unitId");
        return Err(wrong.because("a common part has no owner", "公区没有业主").into());
    }
    if store::members::ownership_of(&work.tx, unit.id, new.person_id).await?.is_some() {
        return Err(RefusalCode::AlreadyOwner.into());
    }
    let (today, zone) = work.today_and_zone_in(new.project_id).await?;
    let from = new.from.unwrap_or(today);
    if new.kind != OwnerKind::Proxy || from <= today {
        super::days::check_day(from, today, "from")?;
    }
    let days = OwnershipDays { from: Some(from), until: new.until };
    days.check(new.kind, today)?;
    let row = ownership_row(work, granter, &new, (days, days.moments(new.kind, &zone)));
    store::members::insert_ownership(&work.tx, row.clone()).await?;
    work.add_ownership_added_event(&row);
    work.take_over_placeholder(granter, new.project_id, new.person_id).await?;
    Ok(row)
}

/// The row of a new ownership.
pub(crate) fn ownership_row(
    work: &UnitOfWork,
    granter: &Caller,
    new: &NewOwnership,
    (days, moments): (OwnershipDays, OwnershipMoments),
) -> unit_owners::Model {
    unit_owners::Model {
        id: new.id.unwrap_or_else(|| work.new_id()),
        project_id: new.project_id,
        unit_id: new.unit_id,
        person_id: new.person_id,
        kind: new.kind,
        active: true,
        added_at: Some(work.now.0),
        added_by: person_of(granter),
        ended_at: None,
        ended_by: None,
        from_day: days.from.map(|day| day.to_string()),
        until_day: None,
        end_reason: None,
        end_note: None,
        power_until_day: days.until.map(|day| day.to_string()),
        counts_from: moments.from.map(|moment| moment.0),
        counts_until: moments.until.map(|moment| moment.0),
    }
}

/// The person, none for the command line.
pub(super) fn person_of(caller: &Caller) -> Option<PersonId> {
    Some(caller.person_id).filter(|id| !id.is_nil())
}

impl UnitOfWork {
    /// Tells that a person got a role.
    pub(crate) fn add_membership_added_event(&mut self, row: &memberships::Model) {
        let data = json!({
            "membershipId": row.id,
            "companyId": row.company_id,
            "role": row.role,
            "grantedBy": row.added_by,
        });
        let added = NewEvent::new(EventName::MembershipAdded, ObjectKind::Person, row.person_id, self.now);
        self.add_event(NewEvent { data, ..added });
    }

    /// Tells that a person became an owner.
    pub(crate) fn add_ownership_added_event(&mut self, row: &unit_owners::Model) {
        let data = json!({
            "ownershipId": row.id,
            "personId": row.person_id,
            "kind": row.kind,
            "from": row.from_day,
            "powerUntil": row.power_until_day,
            "grantedBy": row.added_by,
        });
        let added = NewEvent::new(EventName::OwnershipAdded, ObjectKind::Unit, row.unit_id, self.now);
        let added = NewEvent { unit_id: Some(row.unit_id), data, ..added };
        self.add_event_for(ChangeAudience::OwnerData, added);
        self.mark_changed(ObjectKind::Person, row.person_id, None);
    }
}
