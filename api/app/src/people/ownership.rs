//! Change who owns a unit: an ownership ends with reason and day, another one begins; a sale does both at once.

use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::{OwnershipId, PersonId, UnitId};
use domain::membership::{Held, OwnershipEndReason, Position, permit_end};
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::unit::OwnerKind;
use domain::{Caller, Refusal, RefusalCode};
use jiff::civil::Date;
use serde_json::json;
use store::boxed;
use store::entity::{unit_owners, units};
use uuid::Uuid;

use super::add::{NewOwnership, add_ownership, person_of};
use super::audit;
use crate::App;
use crate::context::Context;
use crate::credentials::invitations::{EndedPosition, revoke_after_end};
use crate::error::{Error, Result};
use crate::session::Client;
use crate::unit_of_work::{ClientIdReservation, NewEvent, UnitOfWork};

/// What changes of a unit's owners.
#[derive(Debug, Clone)]
pub struct OwnershipChange {
    /// The unit.
    pub unit_id: UnitId,
    /// The ownership that ends.
    pub end: Option<EndOwnership>,
    /// The ownership that begins.
    pub add: Option<AddOwnership>,
}

/// An ownership to end.
#[derive(Debug, Clone)]
pub struct EndOwnership {
    /// The ownership.
    pub ownership_id: OwnershipId,
    /// Why.
    pub reason: OwnershipEndReason,
    /// The last day, at the latest today in the project's time zone; today if left out.
    pub until: Option<Date>,
    /// In words.
    pub note: Option<String>,
}

/// An ownership to enter, of a person who is in the project already.
#[derive(Debug, Clone, Copy)]
pub struct AddOwnership {
    /// The ownership's id, made by the client.
    pub ownership_id: OwnershipId,
    /// The person.
    pub person_id: PersonId,
    /// Owner, co-owner or proxy.
    pub kind: OwnerKind,
    /// The first day in the project's time zone; today if left out. Of a proxy's power it may lie ahead.
    pub from: Option<Date>,
    /// The last day of a proxy's power in the project's time zone.
    pub until: Option<Date>,
}

/// Ends an ownership, enters one, or both in one step. Access ends and begins with the commit.
///
/// # Errors
/// The rule's refusals, `NOT_FOUND`, `ALREADY_OWNER`, `ENDED`, `INVALID_VALUE`, `ID_REUSED`, or an internal error.
#[boxed]
pub async fn change(app: &App, client: &Client, caller: &Caller, input: OwnershipChange) -> Result<units::Model> {
    if input.end.is_none() && input.add.is_none() {
        let wrong = Refusal::new(RefusalCode::InvalidValue);
        return Err(wrong.because("name the ownership that ends or begins", "请指明要终止或新增的业主").into());
    }
    let mut work = Context::new(app, caller).begin().await?;
    let unit = work.find_unit(caller, input.unit_id).await?;
    let (mut ended, mut begun) = (None, None);
    if let Some(end) = &input.end {
        ended = work.end_ownership(caller, &unit, end).await.map_err(|error| error.under("end"))?;
    }
    if let Some(add) = &input.add {
        begun = work.add_owner(caller, &unit, add).await.map_err(|error| error.under("add"))?;
    }
    work.commit().await?;
    app.caller_cache.forget();
    if let Some(person_id) = ended {
        audit::ownership_ended(client, caller, &unit, person_id);
    }
    if let Some(person_id) = begun {
        audit::ownership_begun(client, caller, &unit, person_id);
    }
    Ok(unit)
}

impl UnitOfWork {
    /// A unit of a project of which the caller is staff, or any one for an administrator; the project's people locked.
    pub(crate) async fn find_unit(&mut self, caller: &Caller, unit_id: UnitId) -> Result<units::Model> {
        let missing = || Error::not_found("unitId");
        let unit = store::members::any_unit(&self.tx, unit_id).await?.ok_or_else(missing)?;
        if !caller.administrator && !caller.is_staff_of(unit.project_id) {
            return Err(missing());
        }
        self.act_in_project_if_member(caller, unit.project_id);
        self.lock_people(unit.project_id).await?;
        Ok(unit)
    }

    /// Ends an ownership, and revokes open invitations of the person to the unit; answers whose ownership ended now.
    async fn end_ownership(
        &mut self,
        caller: &Caller,
        unit: &units::Model,
        end: &EndOwnership,
    ) -> Result<Option<PersonId>> {
        let note = optional(end.note.as_deref(), NOTE_LIMIT, "note")?;
        let project_id = unit.project_id;
        let found = store::members::ownership(&self.tx, end.ownership_id).await?;
        let found = found.filter(|row| row.unit_id == unit.id);
        // The right first, so that only those who deal with owners learn whether the ownership exists.
        let person_id = found.as_ref().map_or(Uuid::max().into(), |row| row.person_id);
        let asked = Held { project_id, person_id, position: Position::Owner, other_managers: u64::MAX };
        permit_end(caller, &asked)?;
        let row = found.ok_or_else(|| Error::not_found("ownershipId"))?;
        if !row.active {
            return Ok(None);
        }
        let person_id = row.person_id;
        self.close_ownership(caller, row, end.until, end.reason, note.as_deref().unwrap_or_default()).await?;
        revoke_after_end(self, caller, project_id, person_id, EndedPosition::Ownership(unit.id)).await?;
        self.end_access_if_none_left(person_id).await?;
        Ok(Some(person_id))
    }

    /// Ends an active ownership, with its event.
    pub(super) async fn close_ownership(
        &mut self,
        caller: &Caller,
        row: unit_owners::Model,
        until: Option<Date>,
        reason: OwnershipEndReason,
        note: &str,
    ) -> Result<()> {
        let until = self.last_day(&row, until).await?;
        let note = Some(note.to_owned()).filter(|note| !note.is_empty());
        let row = unit_owners::Model {
            active: false,
            ended_at: Some(self.now.0),
            ended_by: person_of(caller),
            until_day: Some(until.to_string()),
            end_reason: Some(reason),
            end_note: note.clone(),
            ..row
        };
        store::members::save_ownership(&self.tx, row.clone()).await?;
        self.add_ownership_ended_event(&row, note);
        self.end_links_of(person_of(caller), &row).await
    }

    /// The last day of an ownership: neither in the future, because access ends now, nor before the first day, nor,
    /// where an import has named no first day, long before the project.
    async fn last_day(&self, row: &unit_owners::Model, wanted: Option<Date>) -> Result<Date> {
        let today = self.today_in(row.project_id).await?;
        let until = wanted.unwrap_or(today);
        let from: Option<Date> = row.from_day.as_deref().and_then(|day| day.parse().ok());
        // A power that is revoked before it has begun.
        if let (None, Some(from)) = (wanted, from.filter(|from| *from > today)) {
            return Ok(from);
        }
        if from.is_some_and(|from| until < from) {
            let wrong = Refusal::at(RefusalCode::InvalidValue, "until");
            return Err(wrong.because("the day lies before the first day", "日期早于起始日").into());
        }
        super::days::check_day(until, today, "until")?;
        Ok(until)
    }

    fn add_ownership_ended_event(&mut self, row: &unit_owners::Model, note: Option<String>) {
        let data = json!({
            "ownershipId": row.id,
            "personId": row.person_id,
            "kind": row.kind,
            "from": row.from_day,
            "until": row.until_day,
            "endReason": row.end_reason,
        });
        let ended = NewEvent::new(EventName::OwnershipEnded, ObjectKind::Unit, row.unit_id, self.now);
        let ended = NewEvent { unit_id: Some(row.unit_id), reason: note, data, ..ended };
        self.add_event_for(ChangeAudience::OwnerData, ended);
        self.mark_changed(ObjectKind::Person, row.person_id, None);
    }

    /// Enters an owner who already holds a position in the project; all others are invited and accept. Returns the new
    /// owner.
    async fn add_owner(
        &mut self,
        caller: &Caller,
        unit: &units::Model,
        add: &AddOwnership,
    ) -> Result<Option<PersonId>> {
        domain::membership::permit_invite(caller, unit.project_id, &Position::Owner)?;
        let mut content = json!({
            "ownership": { "unitId": unit.id, "personId": add.person_id, "kind": add.kind, "from": add.from },
        });
        // Left out without one, so that a create of before is still recognised.
        if let Some(until) = add.until {
            content["ownership"]["until"] = json!(until);
        }
        if self.reserve_client_id(add.ownership_id, ObjectKind::Unit, "ownershipId", &content).await?
            == ClientIdReservation::Done
        {
            return Ok(None);
        }
        if store::members::ownership(&self.tx, add.ownership_id).await?.is_some() {
            return Err(Refusal::at(RefusalCode::IdReused, "ownershipId").into());
        }
        if !store::members::is_in_project(&self.tx, unit.project_id, add.person_id).await? {
            return Err(Error::not_found("personId"));
        }
        let new = NewOwnership {
            id: Some(add.ownership_id),
            project_id: unit.project_id,
            unit_id: unit.id,
            person_id: add.person_id,
            kind: add.kind,
            from: add.from,
            until: add.until,
        };
        add_ownership(self, caller, new).await.map(|row| Some(row.person_id))
    }
}
