//! Retention: the bytes of photos of settled defects go when the project's policy no longer keeps them. Their
//! description stays in the database.

use domain::event::EventName;
use domain::id::ProjectId;
use domain::object_kind::ObjectKind;
use domain::photo::PhotoState;
use domain::{Policy, Timestamp};
use jiff::ToSpan;

use super::error::{GcError, GcReport};
use crate::App;
use crate::error::{Error, Result};
use crate::photo::PhotoRow;
use crate::unit_of_work::NewEvent;

/// Photos removed in one transaction.
const BATCH: u64 = 100;

pub(super) async fn collect_expired(app: &App, report: &mut GcReport) -> std::result::Result<(), GcError> {
    for project in store::projects::all(app.db.read()).await? {
        let policy: Policy = serde_json::from_value(project.policy).map_err(Error::from)?;
        let Some(months) = policy.photo_retention_months else { continue };
        let before = months_before(app.clock.now(), months)?;
        loop {
            let overdue = store::photos::overdue_for_removal(app.db.read(), project.id, before, BATCH).await?;
            if overdue.is_empty() {
                break;
            }
            report.photos_removed += remove(app, project.id, &overdue).await?;
        }
    }
    Ok(())
}

fn months_before(now: Timestamp, months: u32) -> Result<Timestamp> {
    let moment = jiff::Timestamp::from_microsecond(now.0).map_err(Error::internal)?;
    let before = moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).checked_sub(i64::from(months).months());
    Ok(Timestamp(before.map_err(Error::internal)?.timestamp().as_microsecond()))
}

/// Their objects have no owner from here on, unless another photo has the same bytes; the collection of orphans removes
/// them.
async fn remove(app: &App, project_id: ProjectId, photos: &[PhotoRow]) -> Result<u64> {
    let mut work = app.begin_by_server(project_id).await?;
    let mut count = 0;
    for photo in photos {
        if !store::photos::mark_removed(&work.tx, photo.id, work.now).await? {
            continue;
        }
        count += 1;
        work.add_event(NewEvent {
            unit_id: photo.unit_id,
            defect_id: photo.defect_id,
            from: Some(photo.state.as_str()),
            to: Some(PhotoState::Removed.as_str()),
            ..NewEvent::new(EventName::PhotoRemoved, ObjectKind::Photo, photo.id, work.now)
        });
    }
    work.commit().await?;
    Ok(count)
}
