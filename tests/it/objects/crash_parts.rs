//! Kills the store while parts are uploaded, joined and aborted: all acknowledged steps hold afterwards.

use std::sync::Arc;

use tokio::process::Command;
use tokio::sync::mpsc;

use super::crash::serve;
use super::*;

/// The number of kills of a test; `CRASH_KILLS=50` is the long form.
const KILLS: usize = 4;
const WRITERS: usize = 4;
/// The number of acknowledged steps of a run before the kill.
const ACKNOWLEDGED: usize = 60;

/// An upload with its acknowledged parts.
struct Open {
    key: String,
    id: String,
    parts: Vec<(u16, Bytes)>,
}

/// A writer's view of its uploads.
#[derive(Default)]
struct Journal {
    /// Uploads that are neither joined nor aborted.
    open: Vec<Open>,
    /// Joined keys, with their bytes.
    joined: Vec<(String, [u8; 32])>,
    /// Uploads with an unanswered join.
    in_doubt: Vec<(String, String, [u8; 32])>,
    /// Aborted uploads.
    aborted: Vec<(String, String)>,
}

/// One step, if the store acknowledges it; `None` after its death.
async fn unless_killed<T, E>(told: &mpsc::Sender<()>, step: impl Future<Output = Result<T, E>>) -> Option<T> {
    let done = tokio::select! {
        done = step => done.ok(),
        () = told.closed() => None,
    };
    if done.is_some() {
        // The receiver is gone: the next step ends.
        let _ = told.send(()).await;
    }
    done
}

async fn send(store: &ObjectStore, key: &str, id: &str, number: u16, part: &Bytes) -> Result<(), reqwest::Error> {
    let link = store.presign_part(key, id, number, part.len() as u64, HOUR);
    reqwest::Client::new().put(link.url).body(part.clone()).send().await?.error_for_status().map(drop)
}

/// Begins uploads, sends parts, joins some and aborts some, until the store no longer answers.
async fn write(store: Arc<ObjectStore>, name: String, told: mpsc::Sender<()>) -> Journal {
    let mut journal = Journal::default();
    for number in 0.. {
        let key = format!("{name}/{number}");
        let Some(id) = unless_killed(&told, store.begin_parts(&key, JPEG)).await else { break };
        journal.open.push(Open { key: key.clone(), id: id.clone(), parts: Vec::new() });
        for part in 1..=3 {
            let bytes = parts::bytes(number * 7 + usize::from(part), 1 + (number * 7919) % 90_000);
            if unless_killed(&told, send(&store, &key, &id, part, &bytes)).await.is_none() {
                return journal;
            }
            journal.open.last_mut().expect("pushed").parts.push((part, bytes));
        }
        match number % 3 {
            0 => {
                let Open { parts, .. } = journal.open.pop().expect("pushed");
                // A part that is not the last must not be so small, so only the last one is joined.
                let whole = hash(&parts[2].1);
                journal.in_doubt.push((key.clone(), id.clone(), whole));
                let Some(found) = unless_killed(&told, store.parts(&key, &id)).await else { break };
                if unless_killed(&told, store.join_parts(&key, &id, &found[2..])).await.is_none() {
                    break;
                }
                journal.in_doubt.pop();
                journal.joined.push((key, whole));
            }
            1 => {
                journal.open.pop();
                if unless_killed(&told, store.abort_parts(&key, &id)).await.is_none() {
                    break;
                }
                journal.aborted.push((key, id));
            }
            _ => {}
        }
    }
    journal
}

async fn check(store: &ObjectStore, journal: &Journal) {
    for Open { key, id, parts: sent } in &journal.open {
        let found = store.parts(key, id).await.unwrap_or_else(|error| panic!("the upload of {key} is lost: {error}"));
        for (number, bytes) in sent {
            let part = found.iter().find(|part| part.number == *number);
            let part = part.unwrap_or_else(|| panic!("part {number} of {key} is lost"));
            assert_eq!(part.length, bytes.len() as u64);
            assert!(part.etag.contains(&hex::encode(hash(bytes))), "part {number} of {key} is altered");
        }
    }
    for (key, whole) in &journal.joined {
        let (_, found) = store.read_hash(key).await.unwrap_or_else(|error| panic!("{key} is lost: {error}"));
        assert_eq!(found, *whole, "{key} is altered");
    }
    for (key, id, whole) in &journal.in_doubt {
        match store.read_hash(key).await {
            Ok((_, found)) => assert_eq!(found, *whole, "{key} is half there"),
            Err(_) => assert_eq!(store.parts(key, id).await.unwrap().len(), 3, "{key} is neither whole nor in parts"),
        }
    }
    for (key, id) in &journal.aborted {
        assert!(matches!(store.parts(key, id).await, Err(ObjectError::NotFound)), "{key} came back");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_part_that_was_acknowledged_is_lost_by_a_kill_and_no_object_is_half_joined() {
    let folder = tempfile::tempdir().unwrap();
    let kills = std::env::var("CRASH_KILLS").map_or(KILLS, |text| text.parse().expect("CRASH_KILLS is a number"));
    let start = async || {
        let (child, address) = serve(&mut Command::new(env!("CARGO_BIN_EXE_object_store")), &folder).await;
        (child, Arc::new(ObjectStore::new(&settings(&address)).unwrap()))
    };
    let mut journals = Vec::new();
    for run in 0..kills {
        let (mut child, store) = start().await;
        let (told, mut acknowledged) = mpsc::channel(1);
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| tokio::spawn(write(Arc::clone(&store), format!("run-{run}/writer-{writer}"), told.clone())))
            .collect();
        for _ in 0..ACKNOWLEDGED {
            acknowledged.recv().await.unwrap();
        }
        child.kill().await.unwrap();
        acknowledged.close();
        for writer in join_all(writers).await {
            journals.push(writer.unwrap());
        }
    }
    let (_child, store) = start().await;
    assert_eq!(std::fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
    for journal in &journals {
        check(&store, journal).await;
    }
    let count = |of: fn(&Journal) -> usize| journals.iter().map(of).sum::<usize>();
    assert!(count(|journal| journal.open.len()) > kills && count(|journal| journal.joined.len()) > kills);
}
