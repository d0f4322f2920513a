//! Polls all watched values every few seconds, because notifications may be lost and rights change without one.

use std::collections::HashSet;
use std::hash::Hash;

use domain::id::{PersonId, ProjectId};
use tokio_util::sync::CancellationToken;

use super::ProjectAccess;
use super::registry::Registry;
use crate::App;
use crate::error::Result;

/// Keys of one statement.
const CHUNK: usize = 1_000;

pub(super) async fn run_polling(app: &App, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(app.live.0.settings.poll_interval) => {}
            () = app.live.0.poll_now.notified() => {}
            // Rights changed in this process: poll at once.
            () = app.caller_cache.forgotten() => {}
        }
        if let Err(error) = poll(app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "followers wait for the next poll");
        }
    }
}

async fn poll(app: &App) -> Result<()> {
    poll_tokens(app).await?;
    poll_access(app).await?;
    poll_positions(app).await
}

async fn poll_positions(app: &App) -> Result<()> {
    let watched = &app.live.0.progress;
    for ids in watched.keys().chunks(CHUNK) {
        for (id, newest) in store::live::project_positions(app.db.read(), ids).await? {
            watched.update(&id, |progress| progress.read(newest));
        }
    }
    Ok(())
}

async fn poll_access(app: &App) -> Result<()> {
    let watched = &app.live.0.access;
    for pairs in watched.keys().chunks(CHUNK) {
        let (people, projects): (HashSet<PersonId>, HashSet<ProjectId>) = pairs.iter().copied().unzip();
        let (people, projects) = (Vec::from_iter(people), Vec::from_iter(projects));
        let mut held = store::live::access_of_people(app.db.read(), &people, &projects, app.clock.now()).await?;
        for pair in pairs {
            let now = held.remove(pair).map_or(ProjectAccess::Lost, ProjectAccess::Held);
            watched.update(pair, |access| {
                let changed = *access != now;
                *access = now;
                changed
            });
        }
    }
    Ok(())
}

async fn poll_tokens(app: &App) -> Result<()> {
    let watched = &app.live.0.tokens;
    for hashes in watched.keys().chunks(CHUNK) {
        end_others(watched, hashes, &store::live::valid_tokens(app.db.read(), hashes, app.clock.now().0).await?);
    }
    Ok(())
}

fn end_others<K: Hash + Eq + Clone>(watched: &Registry<K, bool>, keys: &[K], good: &HashSet<K>) {
    for key in keys.iter().filter(|key| !good.contains(key)) {
        watched.update(key, std::mem::take);
    }
}
