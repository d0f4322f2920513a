//! People hear of devices of theirs that hold work which has not arrived for a day.

use domain::id::ProjectId;
use domain::inbox::InboxKind;
use store::boxed;
use store::entity::inbox_entries::Model;

use super::notify::{entry, write_entry_once};
use crate::App;
use crate::error::Result;
use crate::sync::device::{LateDevice, late_devices};

/// How long the server has not heard of a device before its person is told.
const LATE_SECONDS: i64 = 24 * 60 * 60;
/// Of a device that was not heard of for so long nobody is told any more.
const LOST_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Tells people of their devices that are behind, once for each time that a device was heard of; returns how many.
///
/// # Errors
/// When the database fails; the next look goes on.
#[boxed]
pub async fn notify_of_late_devices(app: &App) -> Result<usize> {
    let now = app.clock.now();
    let (since, until) = (now.plus_seconds(-LOST_SECONDS), now.plus_seconds(-LATE_SECONDS));
    let mut count = 0;
    for project in store::projects::all(app.db.read()).await? {
        let devices = late_devices(app.db.read(), project.id).await?;
        for device in devices.into_iter().filter(|device| (since..=until).contains(&device.heard_at)) {
            count += usize::from(tell(app, project.id, &device).await?);
        }
    }
    Ok(count)
}

async fn tell(app: &App, project_id: ProjectId, device: &LateDevice) -> Result<bool> {
    let cause = format!("{} {}", device.device_id, device.heard_at.0);
    let kind = InboxKind::DeviceBehind;
    if store::inbox::has_cause(app.db.read(), device.person_id, kind, &cause).await? {
        return Ok(false);
    }
    let mut work = app.begin_by_server(project_id).await?;
    let entry = Model {
        device_id: Some(device.device_id),
        cause: Some(cause),
        ..entry(&work, project_id, device.person_id, kind)
    };
    let is_told = write_entry_once(&mut work, entry).await?;
    if is_told {
        work.commit().await?;
    } else {
        work.tx.rollback().await?;
    }
    Ok(is_told)
}
