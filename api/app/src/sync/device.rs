//! The devices of a project: which have synced, and which work each has not pushed.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::access::Action;
use domain::change::ChangeAudience;
use domain::event::EventName;
use domain::id::{DeviceId, PersonId, ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional, required};
use domain::{Caller, Party, Refusal, RefusalCode, Role, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::boxed;
use store::entity::devices;
use store::photos::MissingOfDevice;
use store::sync::DeviceKey;
use uuid::Uuid;

use super::contact;
use crate::App;
use crate::change;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::unit_of_work::NewEvent;

/// Longest name of a device.
const NAME_LIMIT: usize = 120;
/// Most units in the report of a device.
const MOST_UNITS: usize = 500;
/// Most operations and most photos of a unit in a device's report; larger counts are stored as this number.
const MOST_WAITING: i64 = 1_000_000;
/// Most bytes of photos of a unit in a device's report: 1 TB; larger numbers are stored as this number.
const MOST_WAITING_BYTES: i64 = 1_000_000_000_000;
/// Most devices of a person in a project: each may hold up a submission.
const MOST_DEVICES: u64 = 50;

/// The work of a unit that a device has not pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The unit.
    pub unit_id: UnitId,
    /// Operations that were not pushed yet.
    pub operations: i64,
    /// Photos that were not uploaded yet.
    pub photos: i64,
    /// Their bytes.
    pub photo_bytes: i64,
}

/// A device with its state.
#[derive(Debug, Clone)]
pub struct Device {
    /// The stored row: person, device and times.
    pub row: devices::Model,
    /// The work that the device reported as not pushed.
    pub waiting: Vec<Waiting>,
    /// Declared photos of the device that have not arrived, by unit.
    pub missing: Vec<MissingOfDevice>,
    /// The project's newest change number.
    pub newest: i64,
}

impl Waiting {
    /// The same with counts capped at their limits.
    fn capped(self) -> Self {
        Self {
            operations: self.operations.min(MOST_WAITING),
            photos: self.photos.min(MOST_WAITING),
            photo_bytes: self.photo_bytes.min(MOST_WAITING_BYTES),
            ..self
        }
    }
}

impl Device {
    /// Whether the device has pushed all its work, of a unit or at all.
    #[must_use]
    pub fn is_synced(&self, unit_id: Option<UnitId>) -> bool {
        if self.is_exempt() {
            return true;
        }
        let counts = |of: UnitId| unit_id.is_none_or(|unit_id| unit_id == of);
        let holds = self.waiting.iter().any(|one| counts(one.unit_id) && (one.operations > 0 || one.photos > 0));
        let misses = self.missing.iter().any(|one| match (unit_id, one.unit_id) {
            (Some(unit_id), of) => of == Some(unit_id),
            (None, _) => true,
        });
        !holds && !misses
    }

    /// Whether the device is exempt: it was exempted, and has had no contact since. A photo that is declared from it is
    /// a contact, too.
    #[must_use]
    pub fn is_exempt(&self) -> bool {
        let declared = self.missing.iter().map(|one| one.declared_at);
        let heard = [self.row.last_push_at, self.row.reported_at].into_iter().flatten().chain(declared).max();
        self.row.excused_at.is_some_and(|excused| heard.is_none_or(|heard| heard <= excused))
    }

    /// The device's name for staff. The phones of owners are shown by id, because they carry names that not all staff
    /// may read.
    pub(super) fn shown_to_staff(&self) -> String {
        let named = self.row.name.clone().filter(|_| self.row.role != Role::Owner);
        named.unwrap_or_else(|| self.row.device_id.to_string())
    }

    /// Whether the device holds work or missing photos of a unit.
    #[must_use]
    pub fn holds_work_for(&self, unit_id: UnitId) -> bool {
        self.waiting.iter().any(|one| one.unit_id == unit_id)
            || self.missing.iter().any(|one| one.unit_id == Some(unit_id))
    }
}

/// The report of a device.
#[derive(Debug, Clone)]
pub struct Report {
    /// The device.
    pub device_id: DeviceId,
    /// The device's name.
    pub name: Option<String>,
    /// The project.
    pub project_id: ProjectId,
    /// The cursor up to which it has pulled.
    pub cursor: Option<String>,
    /// The work that is not pushed, by unit. Units that are left out have none.
    pub waiting: Vec<Waiting>,
}

/// Stores the report of a device.
///
/// # Errors
/// `NOT_FOUND`, refusals of the report, or an internal error.
#[boxed]
pub async fn report_device(app: &App, caller: &Caller, report: Report) -> Result<Device> {
    let name = optional(report.name.as_deref(), NAME_LIMIT, "deviceName")?;
    if report.waiting.len() > MOST_UNITS {
        return Err(Refusal::at(RefusalCode::TooMany, "waiting").with("limit", MOST_UNITS).into());
    }
    for (n, one) in report.waiting.iter().enumerate() {
        if [one.operations, one.photos, one.photo_bytes].iter().any(|count| *count < 0) {
            let wrong = Refusal::at(RefusalCode::InvalidValue, &format!("waiting.{n}"));
            return Err(wrong.because("counts are not negative", "数量不能为负").into());
        }
    }
    let key = key(caller, report.project_id, report.device_id, name)?;
    let pulled = match &report.cursor {
        Some(cursor) => change::position(app, caller, report.project_id, cursor).await?,
        None => None,
    };
    if !may_register(app, &key).await? {
        return Err(Refusal::at(RefusalCode::TooMany, "deviceId").with("limit", MOST_DEVICES).into());
    }
    let waiting = serde_json::to_value(visible_waiting(app, caller, &key, report.waiting).await?)?;
    let now = app.clock.now();
    app.db
        .write(async |tx| {
            store::sync::note_report(tx, &key, pulled, waiting, now).await?;
            contact::note_contact(tx, caller, now).await
        })
        .await?;
    let all = of_project(app, caller, report.project_id).await?;
    let own = |device: &Device| device.row.device_id == key.device_id && device.row.person_id == key.person_id;
    all.into_iter().find(own).ok_or_else(|| Error::internal("a device that reported is not there"))
}

/// Whether the person's device is registered, or one more may be registered.
async fn may_register(app: &App, key: &DeviceKey) -> Result<bool> {
    let known = store::sync::role_on_device(app.db.read(), key.project_id, key.device_id, key.person_id).await?;
    Ok(known.is_some() || store::sync::count_of(app.db.read(), key.project_id, key.person_id).await? < MOST_DEVICES)
}

/// The reported work of units that the person may see. Other work is ignored, because it would be refused.
async fn visible_waiting(
    app: &App,
    caller: &Caller,
    key: &DeviceKey,
    mut waiting: Vec<Waiting>,
) -> Result<Vec<Waiting>> {
    let ids: Vec<UnitId> = waiting.iter().map(|one| one.unit_id).collect();
    let units = store::units::by_ids(app.db.read(), &caller.visibility(), &ids).await?;
    let seen: HashSet<UnitId> =
        units.iter().filter(|unit| unit.project_id == key.project_id).map(|unit| unit.id).collect();
    waiting.retain(|one| seen.contains(&one.unit_id));
    Ok(waiting.into_iter().map(Waiting::capped).collect())
}

fn key(caller: &Caller, project_id: ProjectId, device_id: DeviceId, name: Option<String>) -> Result<DeviceKey> {
    let actor = caller.actor_in(project_id).ok_or_else(|| Error::not_found("projectId"))?;
    Ok(DeviceKey {
        project_id,
        device_id,
        person_id: caller.person_id,
        company_id: actor.company_id(),
        role: actor.role(),
        name,
    })
}

/// Stores the contact of a push to these projects.
pub(super) async fn note_push(
    app: &App,
    caller: &Caller,
    device_id: DeviceId,
    name: Option<&str>,
    projects: &BTreeSet<ProjectId>,
) -> Result<()> {
    let name = optional(name, NAME_LIMIT, "deviceName").unwrap_or_default();
    let mut keys = Vec::new();
    for project in projects {
        let Ok(key) = key(caller, *project, device_id, name.clone()) else { continue };
        if may_register(app, &key).await? {
            keys.push(key);
        }
    }
    if keys.is_empty() {
        return Ok(());
    }
    let now = app.clock.now();
    app.db
        .write(async |tx| {
            for key in &keys {
                store::sync::note_push(tx, key, now).await?;
            }
            contact::note_contact(tx, caller, now).await
        })
        .await?;
    Ok(())
}

/// The project's devices: all of them for people who may see them, the own ones for others.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_project(app: &App, caller: &Caller, project_id: ProjectId) -> Result<Vec<Device>> {
    let Some(actor) = caller.actor_in(project_id) else { return Ok(Vec::new()) };
    let (mut devices, _) = devices_with_missing_photos(app.db.read(), project_id).await?;
    if !Action::SeeDevices.allows(actor.role()) {
        devices.retain(|device| device.row.person_id == caller.person_id);
        for device in &mut devices {
            device.waiting.retain(|one| !caller.is_kept_from(Some(one.unit_id)));
            device.missing.retain(|one| !caller.is_kept_from(one.unit_id));
        }
    } else if actor.party() == Party::Contractor {
        devices.retain(|device| device.row.company_id == actor.company_id());
    }
    Ok(devices)
}

/// Exempts a device from the check before a submission, with a name and a reason, because it was lost for example. The
/// device counts again at its next contact.
///
/// # Errors
/// `ROLE_NOT_ALLOWED`, `NOT_FOUND`, `TEXT_REQUIRED`, or an internal error.
pub async fn exempt(ctx: Context<'_>, project_id: ProjectId, device_id: DeviceId, reason: &str) -> Result<Vec<Device>> {
    let reason = required(reason, NOTE_LIMIT, "reason")?;
    let mut work = ctx.begin().await?;
    let actor = work.act_in_project(ctx.caller, project_id)?;
    if !Action::ExcuseDevice.allows(actor.role()) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    let by = (ctx.caller.person_id, reason.as_str());
    if !store::sync::exempt(&work.tx, project_id, device_id, by, work.now).await? {
        return Err(Error::not_found("deviceId"));
    }
    let now = work.now;
    let event = NewEvent {
        reason: Some(reason),
        data: json!({ "deviceId": device_id }),
        ..NewEvent::new(EventName::DeviceExcused, ObjectKind::Project, project_id, now)
    };
    work.add_event_for(ChangeAudience::WholeProject, event);
    // Of owners and contractors, only readers of the device are notified: its users, and the leads of their company.
    let used = store::sync::devices_of(&work.tx, project_id).await?;
    for row in used.into_iter().filter(|row| row.device_id == device_id) {
        for reader_id in row.company_id.map(Uuid::from).into_iter().chain([row.person_id.uuid()]) {
            work.mark_project_changed_for(project_id, reader_id);
        }
    }
    work.commit().await?;
    let mut devices = of_project(ctx.app, ctx.caller, project_id).await?;
    devices.retain(|device| device.row.device_id == device_id);
    Ok(devices)
}

async fn devices_with_missing_photos(
    conn: &store::Connection,
    project_id: ProjectId,
) -> Result<(Vec<Device>, Vec<MissingOfDevice>)> {
    let rows = store::sync::devices_of(conn, project_id).await?;
    let newest = store::changes::newest_of(conn, project_id).await?;
    let mut missing: HashMap<(DeviceId, PersonId), Vec<MissingOfDevice>> = HashMap::new();
    let mut unclaimed = Vec::new();
    let known: HashSet<(DeviceId, PersonId)> = rows.iter().map(|row| (row.device_id, row.person_id)).collect();
    for one in store::photos::missing_of_devices(conn, project_id).await? {
        match one.device_id.map(|device_id| (device_id, one.person_id)).filter(|key| known.contains(key)) {
            Some(key) => missing.entry(key).or_default().push(one),
            None => unclaimed.push(one),
        }
    }
    let devices: Result<Vec<Device>> = rows
        .into_iter()
        .map(|row| {
            let waiting = serde_json::from_value(row.waiting.clone())?;
            let missing = missing.remove(&(row.device_id, row.person_id)).unwrap_or_default();
            Ok(Device { row, waiting, missing, newest })
        })
        .collect();
    Ok((devices?, unclaimed))
}

/// A device that holds work which has not arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LateDevice {
    pub(crate) person_id: PersonId,
    pub(crate) device_id: DeviceId,
    /// When the server heard of it last.
    pub(crate) heard_at: Timestamp,
}

/// The devices of a project that hold work which has not arrived.
pub(crate) async fn late_devices(conn: &store::Connection, project_id: ProjectId) -> Result<Vec<LateDevice>> {
    let (devices, _) = devices_with_missing_photos(conn, project_id).await?;
    let late = devices.into_iter().filter(|device| !device.is_synced(None)).map(|device| {
        let row = &device.row;
        let heard = [row.last_push_at, row.last_pull_at, row.reported_at, Some(row.first_seen_at)];
        let heard_at = Timestamp(heard.into_iter().flatten().max().unwrap_or_default());
        LateDevice { person_id: row.person_id, device_id: row.device_id, heard_at }
    });
    Ok(late.collect())
}

/// The devices and photos that block the submission, signature or review of a unit.
#[derive(Debug, Default)]
pub(super) struct Unsynced {
    /// The devices that hold something of the unit.
    pub(super) devices: Vec<Device>,
    /// Missing photos of devices that were never heard of in the project, by the device's id.
    pub(super) unheard: Vec<MissingOfDevice>,
    /// How many missing photos name no device.
    pub(super) without_device: i64,
}

impl Unsynced {
    /// The missing work of a unit, without the announced work of the device that sends the command.
    pub(super) async fn of_unit(
        conn: &store::Connection,
        project_id: ProjectId,
        unit_id: UnitId,
        own_device: Option<DeviceId>,
    ) -> Result<Self> {
        let (mut devices, mut unclaimed) = devices_with_missing_photos(conn, project_id).await?;
        for device in devices.iter_mut().filter(|device| Some(device.row.device_id) == own_device) {
            device.waiting.clear();
        }
        unclaimed.retain(|one| one.unit_id == Some(unit_id) && !is_exempt_after(one, &devices));
        devices.retain(|device| device.holds_work_for(unit_id) && !device.is_synced(Some(unit_id)));
        let (unheard, nameless): (Vec<_>, Vec<_>) = unclaimed.into_iter().partition(|one| one.device_id.is_some());
        Ok(Self { devices, unheard, without_device: nameless.iter().map(|one| one.count).sum() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.devices.is_empty() && self.unheard.is_empty() && self.without_device == 0
    }
}

/// Whether the device was exempted after the photos were declared, regardless of its person.
fn is_exempt_after(missing: &MissingOfDevice, devices: &[Device]) -> bool {
    let same = devices.iter().filter(|device| Some(device.row.device_id) == missing.device_id);
    same.filter_map(|device| device.row.excused_at).any(|excused| missing.declared_at <= excused)
}
