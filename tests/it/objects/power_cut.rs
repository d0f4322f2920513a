//! Acknowledged objects survive a power cut: the order of system calls, recorded by strace.
//!
//! Written bytes are on disk after fsync of the file, a name after fsync of its folder. So the order before the answer
//! is: the last write to the file, its fsync, the rename, the fsync of the folder. The tests need strace (Debian's
//! package); without it they print that they were skipped, with `REQUIRE_STRACE=1` they fail.

use std::path::Path;

use super::crash::serve;
use super::*;

const CALLS: &str =
    "trace=write,pwrite64,writev,sendto,sendmsg,fsync,fdatasync,rename,renameat,renameat2,link,linkat,mkdir,mkdirat";

/// One system call: its beginning and end, by line number.
#[derive(Clone, Debug)]
struct Call {
    text: String,
    began: usize,
    ended: usize,
}

impl Call {
    /// Whether the call was made, on this path, and succeeded. An injected result is no call.
    fn is(&self, name: &str, path: &str) -> bool {
        let done = !self.text.contains("= -1") && !self.text.contains("(INJECTED)");
        done && self.text.starts_with(name) && self.text.contains(path)
    }

    fn is_answer(&self) -> bool {
        self.text.contains("HTTP/1.1 200")
    }
}

/// Joins the halves of calls that other threads interrupted.
fn read(trace: &str) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut begun: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    for (line, text) in trace.lines().enumerate() {
        let Some((thread, text)) = text.trim().split_once(char::is_whitespace) else { continue };
        let text = text.trim_start();
        if let Some(rest) = text.strip_prefix("<... ") {
            if let Some(index) = begun.remove(thread) {
                let end = rest.split_once("resumed>").map_or("", |(_, end)| end);
                calls[index].text.push_str(end);
                calls[index].ended = line;
            }
        } else if let Some(start) = text.strip_suffix("<unfinished ...>") {
            begun.insert(thread, calls.len());
            calls.push(Call { text: start.to_owned(), began: line, ended: usize::MAX });
        } else {
            calls.push(Call { text: text.to_owned(), began: line, ended: line });
        }
    }
    calls
}

/// Checks the creation of a name: each step for its durability has ended before the next step and the answer begin.
fn check_order(calls: &[Call], target: &Path) -> Result<(), String> {
    let name = target.to_string_lossy();
    let named = calls.iter().rfind(|call| call.is("rename", &name)).ok_or(format!("{name} was never named"))?;
    let from = named.text.split('"').nth(1).ok_or("the rename names no file")?;
    let folder = format!("<{}>", target.parent().unwrap_or(target).display());
    let answer = calls.iter().find(|call| call.is_answer() && call.ended > named.began).ok_or("no answer")?;

    let file = format!("<{from}>");
    let is_write = |call: &&Call| call.is("write", &file) || call.is("pwrite64", &file);
    if let Some(write) = calls.iter().rfind(is_write) {
        let synced = calls.iter().any(|call| {
            (call.is("fsync", &file) || call.is("fdatasync", &file))
                && call.began > write.ended
                && call.ended < named.began
        });
        if !synced {
            return Err(format!("the bytes of {from} were not on disk when it was named {name}"));
        }
    } else if !calls.iter().any(|call| call.is("fsync", &format!("<{from}")) && call.ended < named.began) {
        return Err(format!("{from} was not on disk when it was named {name}"));
    }
    let synced = |call: &Call| call.is("fsync", &folder) && call.began > named.ended && call.ended < answer.began;
    if calls.iter().any(synced) { Ok(()) } else { Err(format!("{name} was not on disk when it was answered")) }
}

/// Checks that a new folder's own name was on disk before the answer.
fn judge_folder(calls: &[Call], folder: &Path) -> Result<(), String> {
    let name = format!("\"{}\"", folder.display());
    let above = format!("<{}>", folder.parent().unwrap_or(folder).display());
    let made = calls.iter().find(|call| call.is("mkdir", &name)).ok_or(format!("{name} was never made"))?;
    let answer = calls.iter().find(|call| call.is_answer() && call.ended > made.began).ok_or("no answer")?;
    let synced = |call: &Call| call.is("fsync", &above) && call.began > made.ended && call.ended < answer.began;
    if calls.iter().any(synced) { Ok(()) } else { Err(format!("{name} was not on disk when it was answered")) }
}

/// The system calls of a store under strace during `work`; `None` without strace. Further options for strace come
/// first.
async fn traced(options: &[&str], folder: &TempDir, work: impl AsyncFnOnce(&ObjectStore)) -> Option<Vec<Call>> {
    if std::process::Command::new("strace").arg("-V").output().is_err() {
        let required = std::env::var("REQUIRE_STRACE").is_ok_and(|value| value == "1");
        assert!(!required, "REQUIRE_STRACE=1, but there is no strace");
        println!("skipped: there is no strace");
        return None;
    }
    let trace = tempfile::NamedTempFile::new().unwrap();
    let mut strace = tokio::process::Command::new("strace");
    strace.args(["-f", "-y", "-s", "64", "-e", CALLS]).args(options).arg("-o").arg(trace.path());
    strace.arg(env!("CARGO_BIN_EXE_object_store"));
    let (mut child, address) = serve(&mut strace, folder).await;
    let store = Traced(trace.path());
    work(&ObjectStore::new(&settings(&address)).unwrap()).await;
    drop(store);
    child.wait().await.unwrap();
    Some(read(&std::fs::read_to_string(trace.path()).unwrap()))
}

/// The store under strace, which would otherwise outlive it. Ended when dropped, also by a failing test.
struct Traced<'a>(&'a Path);

impl Drop for Traced<'_> {
    fn drop(&mut self) {
        // The first thread is the process itself.
        let trace = std::fs::read_to_string(self.0).unwrap_or_default();
        if let Some(id) = trace.split_whitespace().next() {
            let _ = std::process::Command::new("kill").args(["-KILL", id]).status();
        }
    }
}

/// Checks all orders, for one object and one multipart object.
async fn write_both(store: &ObjectStore) {
    put(store, "a/b", &"text ".repeat(50_000)).await.unwrap();
    let id = store.begin_parts("c/d", JPEG).await.unwrap();
    assert_eq!(parts::send(store, "c/d", &id, 1, &parts::bytes(1, 100_000)).await, StatusCode::OK);
    let named = store.parts("c/d", &id).await.unwrap();
    store.join_parts("c/d", &id, &named).await.unwrap();
}

/// The names that must be durable: the object, the part, the joined object.
fn names(folder: &TempDir, calls: &[Call]) -> Vec<std::path::PathBuf> {
    let begun = folder.path().join("parts");
    let upload = calls.iter().find_map(|call| {
        let target = call.text.split('"').nth(3).filter(|_| call.text.starts_with("rename"))?;
        Path::new(target).parent().filter(|above| *above == begun).map(|_| Path::new(target).to_owned())
    });
    let upload = upload.expect("an upload was begun");
    let objects = folder.path().join("buckets/photos");
    vec![objects.join("a/b.obj"), upload.join("1"), upload, objects.join("c/d.obj")]
}

#[tokio::test]
async fn everything_is_on_disk_before_it_is_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let Some(calls) = traced(&[], &folder, async |store| write_both(store).await).await else { return };
    let names = names(&folder, &calls);
    for name in &names {
        check_order(&calls, name).unwrap();
    }
    let new_folder = folder.path().join("buckets/photos/a");
    judge_folder(&calls, &new_folder).unwrap();

    // The checker itself: without any one of the relevant fsyncs data would be in danger.
    let fsyncs: Vec<usize> = (0..calls.len()).filter(|at| calls[*at].text.starts_with("fsync")).collect();
    let judged = |calls: &[Call]| {
        names.iter().all(|name| check_order(calls, name).is_ok()) && judge_folder(calls, &new_folder).is_ok()
    };
    let missed = fsyncs.iter().filter(|at| {
        let mut fewer = calls.clone();
        fewer.remove(**at);
        !judged(&fewer)
    });
    assert!(missed.count() >= 8, "two a name, and one for the folder: {calls:#?}");
}

#[tokio::test]
async fn a_store_that_does_not_wait_for_the_disk_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    // The system call is suppressed, and the store believes that it succeeded.
    let lying = ["-e", "inject=fsync:retval=0"];
    let Some(calls) = traced(&lying, &folder, async |store| write_both(store).await).await else { return };
    for name in names(&folder, &calls) {
        assert!(check_order(&calls, &name).is_err(), "{}", name.display());
    }
    assert!(judge_folder(&calls, &folder.path().join("buckets/photos/a")).is_err());
}

#[tokio::test]
async fn failing_disk_is_reported_and_leaves_nothing_incomplete() {
    let folder = tempfile::tempdir().unwrap();
    let setup = Setup::on(folder).await;
    setup.put("a", "old").await;
    setup.running.shutdown().await;
    // A lack of space for written bytes is reported by fsync. The store's start runs before on the same thread.
    for (error, status) in [("ENOSPC", StatusCode::INSUFFICIENT_STORAGE), ("EIO", StatusCode::INTERNAL_SERVER_ERROR)] {
        let fault = format!("inject=fsync:error={error}:when=8+");
        let options = ["-e", fault.as_str()];
        let failing = traced(&options, &setup.folder, async |store| {
            let link = store.presign_put("a", 3, JPEG, &hash("new"), HOUR);
            // The start makes some calls on the same thread, and later calls fail.
            let mut seen = Vec::new();
            for _ in 0..40 {
                seen.push(upload(&link, "new").await);
            }
            assert!(seen.contains(&status), "{seen:?}");
        });
        if failing.await.is_none() {
            return;
        }
        assert_eq!(std::fs::read_dir(setup.folder.path().join("incoming")).unwrap().count(), 0);
    }
}
