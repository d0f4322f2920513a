//! Relations of photos.

use std::collections::HashMap;

use app::photo::{PhotoRow, read};
use app::redacted::Redacted;
use domain::id::{AttemptId, DefectId, PhotoId, UnitId};
use futures::FutureExt;
use store::columns::Columns;
use transport::batch::BatchQueue;

use super::types::Photo;
use crate::loaders::{BatchLoader, LoaderContext, by_key, for_each, grouped, in_one_statement};

/// Relations of photos.
pub struct PhotoLoaders {
    /// Photos by id.
    pub photos: BatchLoader<PhotoId, Photo>,
    /// Photos of defects that the viewer has been shown, with these columns at least.
    pub of_defects: BatchLoader<(DefectId, Columns), Vec<Photo>>,
    /// After-photos of repair attempts that the viewer has been shown.
    pub of_attempts: BatchLoader<AttemptId, Vec<Photo>>,
    /// The ids of the photos of units that were declared and have not arrived.
    pub missing_of_units: BatchLoader<UnitId, Vec<PhotoId>>,
}

impl PhotoLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self {
            photos: BatchLoader::new(context, queue, |s, ids| by_ids(s, ids).boxed()),
            of_defects: BatchLoader::new(context, queue, |s, keys| of_defects(s, keys).boxed()),
            of_attempts: BatchLoader::new(context, queue, |s, ids| of_attempts(s, ids).boxed()),
            missing_of_units: BatchLoader::new(context, queue, |s, ids| missing_of_units(s, ids).boxed()),
        }
    }
}

type Found<K, V> = app::Result<HashMap<K, V>>;

async fn by_ids(s: LoaderContext, ids: Vec<PhotoId>) -> Found<PhotoId, Photo> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    Ok(by_key(read::find_photos(&s.app, caller, &ids).await?, |row: &Redacted<PhotoRow>| row.id))
}

async fn of_defects(
    s: LoaderContext,
    keys: Vec<(DefectId, Columns)>,
) -> app::Result<HashMap<(DefectId, Columns), Vec<Photo>>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    let (ids, columns) = in_one_statement(&keys);
    let rows = read::of_defects(&s.app, caller, &ids, columns).await?;
    Ok(for_each(keys, &grouped(rows, |row| row.defect_id().unwrap_or_default())))
}

async fn of_attempts(s: LoaderContext, ids: Vec<AttemptId>) -> Found<AttemptId, Vec<Photo>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    let mut photos: HashMap<AttemptId, Vec<Photo>> = HashMap::new();
    for row in read::of_attempts(&s.app, caller, &ids).await? {
        photos.entry(row.attempt_id()?.unwrap_or_default()).or_default().push(row.into());
    }
    Ok(photos)
}

async fn missing_of_units(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Vec<PhotoId>> {
    let mut missing: HashMap<UnitId, Vec<PhotoId>> = HashMap::new();
    for (unit_id, photo_id) in store::photos::missing_of_units(s.app.db.read(), &ids).await? {
        missing.entry(unit_id).or_default().push(photo_id);
    }
    Ok(missing)
}
