//! Objects that belong to no photo: left behind by a machine that died between a copy and its commit, or by a policy
//! that no longer keeps them. The key is retired before the object is deleted, so that no photo can take the key
//! meanwhile.

use std::collections::{BTreeMap, HashSet};

use domain::Timestamp;

use super::error::{GcError, GcReport, PAGE, is_older};
use crate::App;
use crate::photo::object_keys;

pub(super) async fn collect_orphans(app: &App, before: Timestamp, report: &mut GcReport) -> Result<(), GcError> {
    let mut from = None;
    loop {
        let page = app.objects.list(object_keys::PROJECTS, from.as_deref(), PAGE).await?;
        let old = page.objects.into_iter().filter(|object| is_older(object.written_at, before));
        let mut objects: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for object in old {
            if let Some(original) = object_keys::original_key_of(&object.key) {
                objects.entry(original.to_owned()).or_default().push(object.key);
            }
        }
        remove_unused(app, objects, report).await?;
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

/// Removes those whose originals are no photo's.
async fn remove_unused(
    app: &App,
    objects: BTreeMap<String, Vec<String>>,
    report: &mut GcReport,
) -> Result<(), GcError> {
    let originals: Vec<String> = objects.keys().cloned().collect();
    let used: HashSet<String> = store::photos::used_keys(app.db.read(), &originals).await?;
    for (original, keys) in objects.into_iter().filter(|(original, _)| !used.contains(original)) {
        let now = app.clock.now();
        if app.db.write(async |tx| store::photos::retire_key(tx, &original, now).await).await? {
            for key in keys {
                app.objects.delete(&key).await?;
                report.orphans_removed += 1;
            }
        }
    }
    Ok(())
}
