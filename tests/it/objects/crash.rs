//! Kills the store under load repeatedly: every acknowledged object is there afterwards, byte for byte.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use super::*;

/// The number of kills of a test; `CRASH_KILLS=50` is the long form.
const KILLS: usize = 5;
const WRITERS: usize = 6;
/// The number of acknowledged objects of a run before the kill.
const ACKNOWLEDGED: usize = 60;

/// A writer's view of its keys: the last acknowledged text, and the unacknowledged one at the kill.
#[derive(Default)]
struct Journal {
    acknowledged: HashMap<String, [u8; 32]>,
    in_doubt: HashMap<String, Vec<[u8; 32]>>,
}

/// Starts a command line that runs the store's program; returns its address.
pub(super) async fn serve(command: &mut Command, folder: &TempDir) -> (Child, String) {
    let command = command.arg(folder.path()).args(["key", "secret", BUCKET]);
    let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = lines.next_line().await.unwrap().expect("the store prints its address");
    (child, address)
}

async fn start(folder: &TempDir) -> (Child, Arc<ObjectStore>) {
    let (child, address) = serve(&mut Command::new(env!("CARGO_BIN_EXE_object_store")), folder).await;
    (child, Arc::new(ObjectStore::new(&settings(&address)).unwrap()))
}

/// Writes new keys and overwrites one of its own, until the store no longer answers.
async fn write(store: Arc<ObjectStore>, name: String, acknowledged: mpsc::Sender<()>, mut journal: Journal) -> Journal {
    for number in 0.. {
        let key = if number % 3 == 0 { format!("{name}/same") } else { format!("{name}/{number}") };
        let bytes = Bytes::from(format!("{key} {number} ").repeat(1 + (number * 7919) % 20_000));
        let digest = hash(&bytes);
        // The client would retry for seconds; after a kill of the store there is nothing to wait for.
        let written = tokio::select! {
            written = store.put(&key, bytes, JPEG, &digest) => written.is_ok(),
            () = acknowledged.closed() => false,
        };
        if !written {
            journal.in_doubt.entry(key).or_default().push(digest);
            break;
        }
        journal.in_doubt.remove(&key);
        journal.acknowledged.insert(key, digest);
        if acknowledged.send(()).await.is_err() {
            break;
        }
    }
    journal
}

/// Reads back every acknowledged object; returns their number.
async fn check(store: &ObjectStore, journals: &[Journal]) -> usize {
    let acknowledged =
        journals.iter().flat_map(|journal| journal.acknowledged.iter().map(move |entry| (journal, entry)));
    let checks = acknowledged.map(async |(journal, (key, digest))| {
        let (_, found) = store.read_hash(key).await.unwrap_or_else(|error| panic!("{key} is lost: {error}"));
        let in_doubt = journal.in_doubt.get(key).is_some_and(|digests| digests.contains(&found));
        assert!(found == *digest || in_doubt, "{key} is altered");
        assert_eq!(store.head(key).await.unwrap().sha256, Some(found), "{key} has the metadata of other bytes");
    });
    stream::iter(checks).buffer_unordered(8).count().await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_or_altered_by_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let kills = std::env::var("CRASH_KILLS").map_or(KILLS, |text| text.parse().expect("CRASH_KILLS is a number"));
    let mut journals: Vec<Journal> = Vec::new();
    for run in 0..kills {
        let (mut child, store) = start(&folder).await;
        let (sender, mut acknowledged) = mpsc::channel(1);
        let writers = (0..WRITERS).map(|writer| {
            let name = format!("run-{run}/writer-{writer}");
            tokio::spawn(write(Arc::clone(&store), name, sender.clone(), Journal::default()))
        });
        let writers: Vec<_> = writers.collect();
        for _ in 0..ACKNOWLEDGED {
            acknowledged.recv().await.unwrap();
        }
        child.kill().await.unwrap();
        acknowledged.close();
        for writer in join_all(writers).await {
            journals.push(writer.unwrap());
        }
    }
    let (_child, store) = start(&folder).await;
    assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
    // A third of the writes of each writer is to one key, so there are fewer keys than acknowledged writes.
    assert!(check(&store, &journals).await > kills * ACKNOWLEDGED / 2);
}
