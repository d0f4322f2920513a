//! Edits that wait and devices, as the viewer may see them.

use std::collections::{HashMap, HashSet};

use domain::id::{PendingEditId, ProjectId, UnitId};
use futures::FutureExt;
use transport::batch::BatchQueue;

use super::device::Device;
use super::types::PendingEdit;
use crate::loaders::{BatchLoader, LoaderContext, by_key};

/// Relations of sync.
pub struct SyncLoaders {
    /// Edits that wait, or waited.
    pub pending_edits: BatchLoader<PendingEditId, PendingEdit>,
    /// Devices by the project and unit that they have to do with.
    pub devices: BatchLoader<(ProjectId, UnitId), Vec<Device>>,
}

impl SyncLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self {
            pending_edits: BatchLoader::new(context, queue, |s, ids| pending_edits(s, ids).boxed()),
            devices: BatchLoader::new(context, queue, |s, keys| devices(s, keys).boxed()),
        }
    }
}

async fn pending_edits(s: LoaderContext, ids: Vec<PendingEditId>) -> app::Result<HashMap<PendingEditId, PendingEdit>> {
    Ok(by_key(store::sync::pending_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn devices(
    s: LoaderContext,
    keys: Vec<(ProjectId, UnitId)>,
) -> app::Result<HashMap<(ProjectId, UnitId), Vec<Device>>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    let projects: HashSet<ProjectId> = keys.iter().map(|key| key.0).collect();
    let mut found: HashMap<(ProjectId, UnitId), Vec<Device>> = HashMap::new();
    for project_id in projects {
        let devices = app::sync::device::of_project(&s.app, caller, project_id).await?;
        for key in keys.iter().filter(|key| key.0 == project_id) {
            let concerned = devices.iter().filter(|device| device.holds_work_for(key.1)).cloned();
            found.insert(*key, concerned.map(|device| Device::of_unit(device, key.1)).collect());
        }
    }
    Ok(found)
}
