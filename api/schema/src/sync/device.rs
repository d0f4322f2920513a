//! Devices of a project.

use app::sync::device::{self, Waiting};
use async_graphql::{Context, Object, SimpleObject};
use domain::id::{ProjectId, UnitId};
use store::page::{Cursor, Page};

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging, connection};
use crate::plan::{ToOne, planned};
use crate::project::types::Person;
use crate::scalars::{DateTime, Uid};

/// A device and the person who used it in a project.
#[derive(Clone)]
pub struct Device {
    device: device::Device,
    /// Of this unit alone.
    unit_id: Option<UnitId>,
}

impl From<device::Device> for Device {
    fn from(device: device::Device) -> Self {
        Self { device, unit_id: None }
    }
}

/// What a device holds of a unit.
#[derive(SimpleObject, Clone)]
pub struct DeviceWaiting {
    /// The unit; null for signatures.
    pub unit_id: Option<Uid>,
    /// Operations that it says it has not pushed yet.
    pub operations: i64,
    /// Photos that it says it has not uploaded yet.
    pub photos: i64,
    /// Their bytes.
    pub photo_bytes: i64,
    /// Photos that were declared from it and have not come.
    pub missing_photos: i64,
    /// Their bytes.
    pub missing_photo_bytes: i64,
}

impl Device {
    /// The device as far as one unit is concerned.
    #[must_use]
    pub fn of_unit(device: device::Device, unit_id: UnitId) -> Self {
        Self { device, unit_id: Some(unit_id) }
    }

    fn counted(&self) -> impl Iterator<Item = &Waiting> {
        self.device.waiting.iter().filter(|one| self.unit_id.is_none_or(|unit_id| unit_id == one.unit_id))
    }
}

/// A device and the person who used it in a project: how far it has synced, and what it still holds.
#[Object]
impl Device {
    /// The UUID that the device gave itself.
    fn id(&self) -> Uid {
        self.device.row.device_id.into()
    }

    /// The device's name; null if the caller may not know the device's person, because phones carry names.
    async fn name(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        let known = ctx.loaders().project.people.load(self.device.row.person_id).await?.is_some();
        Ok(self.device.row.name.as_deref().filter(|_| known))
    }

    /// Who used it.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.device.row.person_id)
    }

    /// When it was seen first.
    fn first_seen_at(&self) -> DateTime {
        self.device.row.first_seen_at.into()
    }

    /// When it pushed last.
    fn last_push_at(&self) -> Option<DateTime> {
        self.device.row.last_push_at.map(DateTime::from)
    }

    /// When it said last that it has pulled.
    fn last_pull_at(&self) -> Option<DateTime> {
        self.device.row.last_pull_at.map(DateTime::from)
    }

    /// When it said last what it holds.
    fn reported_at(&self) -> Option<DateTime> {
        self.device.row.reported_at.map(DateTime::from)
    }

    /// How many change numbers of the project it has not pulled yet; null when it never said.
    fn behind(&self) -> Option<i64> {
        self.device.row.pulled_seq.map(|seq| (self.device.newest - seq).max(0))
    }

    /// Operations that it says it has not pushed yet.
    fn waiting_operations(&self) -> i64 {
        self.counted().map(|one| one.operations).fold(0, i64::saturating_add)
    }

    /// Photos that it says it has not uploaded yet.
    fn waiting_photos(&self) -> i64 {
        self.counted().map(|one| one.photos).fold(0, i64::saturating_add)
    }

    /// Their bytes.
    fn waiting_photo_bytes(&self) -> i64 {
        self.counted().map(|one| one.photo_bytes).fold(0, i64::saturating_add)
    }

    /// Photos that were declared from it and have not come.
    fn missing_photo_count(&self) -> i64 {
        let counts = |of: Option<UnitId>| self.unit_id.is_none() || of == self.unit_id;
        self.device.missing.iter().filter(|one| counts(one.unit_id)).map(|one| one.count).fold(0, i64::saturating_add)
    }

    /// What it holds, by unit.
    fn waiting(&self) -> Vec<DeviceWaiting> {
        let mut all: Vec<DeviceWaiting> = self.counted().map(announced).collect();
        for missing in &self.device.missing {
            let unit_id = missing.unit_id.map(Uid::from);
            if self.unit_id.is_some() && self.unit_id != missing.unit_id {
                continue;
            }
            match all.iter_mut().find(|one| one.unit_id == unit_id) {
                Some(one) => (one.missing_photos, one.missing_photo_bytes) = (missing.count, missing.bytes),
                None => all.push(DeviceWaiting {
                    unit_id,
                    operations: 0,
                    photos: 0,
                    photo_bytes: 0,
                    missing_photos: missing.count,
                    missing_photo_bytes: missing.bytes,
                }),
            }
        }
        all
    }

    /// Why the device is exempt; null unless a delivery manager exempted it and it has not been in contact since.
    fn excuse(&self) -> Option<&str> {
        self.device.row.excuse.as_deref().filter(|_| self.device.is_exempt())
    }

    /// Whether it holds nothing back, or is exempt: all announced operations were pushed, and all photos declared from
    /// it have arrived.
    fn synced(&self) -> bool {
        self.device.is_synced(self.unit_id)
    }
}

fn announced(one: &Waiting) -> DeviceWaiting {
    DeviceWaiting {
        unit_id: Some(one.unit_id.into()),
        operations: one.operations,
        photos: one.photos,
        photo_bytes: one.photo_bytes,
        missing_photos: 0,
        missing_photo_bytes: 0,
    }
}

/// The list, for its cursors.
const LIST: &str = "devices";

/// A page of a project's devices, the first seen first.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, or an internal error.
pub async fn of_project(ctx: &Context<'_>, project_id: ProjectId, paging: &Paging) -> ApiResult<Connection<Device>> {
    let request = paging.request(LIST)?;
    let devices = device::of_project(ctx.app(), ctx.caller()?, project_id).await?;
    let mut rows: Vec<(Cursor, device::Device)> = devices
        .into_iter()
        .map(|device| (Cursor { sort: device.row.first_seen_at, id: device.row.device_id.uuid() }, device))
        .collect();
    rows.sort_by_key(|(place, _)| (place.sort, place.id));
    let behind = |place: &Cursor| request.after.is_none_or(|after| (place.sort, place.id) > (after.sort, after.id));
    let before = |place: &Cursor| request.before.is_none_or(|before| (place.sort, place.id) < (before.sort, before.id));
    rows.retain(|(place, _)| behind(place) && before(place));
    if request.from_end {
        rows.reverse();
    }
    rows.truncate(usize::try_from(request.limit + 1).unwrap_or(usize::MAX));
    Ok(connection(Page::of(&request, rows), LIST))
}

planned! {
    Device {
        "id" => leaf(id);
        "name" => asked();
        "person" => one(person);
        "firstSeenAt" => leaf(first_seen_at);
        "lastPushAt" => leaf(last_push_at);
        "lastPullAt" => leaf(last_pull_at);
        "reportedAt" => leaf(reported_at);
        "behind" => leaf(behind);
        "waitingOperations" => leaf(waiting_operations);
        "waitingPhotos" => leaf(waiting_photos);
        "waitingPhotoBytes" => leaf(waiting_photo_bytes);
        "missingPhotoCount" => leaf(missing_photo_count);
        "waiting" => part(waiting);
        "excuse" => leaf(excuse);
        "synced" => leaf(synced);
    }
}

planned! {
    DeviceWaiting {
        "unitId" => value(|object| object.unit_id);
        "operations" => value(|object| object.operations);
        "photos" => value(|object| object.photos);
        "photoBytes" => value(|object| object.photo_bytes);
        "missingPhotos" => value(|object| object.missing_photos);
        "missingPhotoBytes" => value(|object| object.missing_photo_bytes);
    }
}
