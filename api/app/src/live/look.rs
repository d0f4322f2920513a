//! The look at everything that is watched, every few seconds: hints may be lost, and rights change without any.

use std::collections::HashSet;
use std::hash::Hash;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::Standing;
use super::registry::Registry;
use crate::App;
use crate::error::Result;

/// Keys of one statement.
const CHUNK: usize = 1_000;

pub(super) async fn run(app: &App, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(app.live.0.settings.look) => {}
            () = app.live.0.hurry.notified() => {}
            // Rights that change in this process are not waited for.
            () = app.callers.forgotten() => {}
        }
        if let Err(error) = look(app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "those who wait for news wait for the next look");
        }
    }
}

async fn look(app: &App) -> Result<()> {
    tokens(app).await?;
    standings(app).await?;
    progress(app).await
}

async fn progress(app: &App) -> Result<()> {
    let watched = &app.live.0.progress;
    for ids in watched.keys().chunks(CHUNK) {
        for (id, newest) in store::live::reached_by(app.db.read(), ids).await? {
            watched.update(&id, |progress| progress.read(newest));
        }
    }
    Ok(())
}

async fn standings(app: &App) -> Result<()> {
    let watched = &app.live.0.standings;
    for pairs in watched.keys().chunks(CHUNK) {
        let (people, projects): (HashSet<Uuid>, HashSet<Uuid>) = pairs.iter().copied().unzip();
        let (people, projects) = (Vec::from_iter(people), Vec::from_iter(projects));
        let mut held = store::live::standings(app.db.read(), &people, &projects).await?;
        for pair in pairs {
            let now = held.remove(pair).map_or(Standing::Lost, Standing::Held);
            watched.update(pair, |standing| {
                let changed = *standing != now;
                *standing = now;
                changed
            });
        }
    }
    Ok(())
}

async fn tokens(app: &App) -> Result<()> {
    let watched = &app.live.0.tokens;
    for hashes in watched.keys().chunks(CHUNK) {
        end_others(watched, hashes, &store::live::good_tokens(app.db.read(), hashes, app.clock.now().0).await?);
    }
    Ok(())
}

fn end_others<K: Hash + Eq + Clone>(watched: &Registry<K, bool>, keys: &[K], good: &HashSet<K>) {
    for key in keys.iter().filter(|key| !good.contains(key)) {
        watched.update(key, std::mem::take);
    }
}
