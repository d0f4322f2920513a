//! One of two server processes is killed under its subscribers: they continue at the other one, and none has missed
//! anything. On SQLite, which has one process, it is restarted.
//!
//! `LIVE_SUBSCRIBERS=200 LIVE_BACK_SECONDS=5` is the long form.

mod server_processes;
mod subscriber;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::future::join_all;
use store::db::Backend;
use tests::database::TestDb;
use tests::dice::number;
use tests::on_both_databases;
use uuid::Uuid;

use server_processes::ServerProcesses;
use subscriber::Subscriber;

/// The number of defects that are logged while both processes run.
const BEFORE: usize = 20;

/// Waits until every subscriber has pulled every defect; otherwise returns the number of those behind.
async fn all_have(subscribers: &[Subscriber], defects: &BTreeSet<Uuid>, within: Duration) -> Result<(), String> {
    let until = tokio::time::Instant::now() + within;
    let waiting = subscribers.iter().map(|one| tokio::time::timeout_at(until, one.has(defects)));
    let behind = join_all(waiting).await.iter().filter(|done| done.is_err()).count();
    if behind == 0 {
        Ok(())
    } else {
        Err(format!("{behind} of {} subscribers have missed something", subscribers.len()))
    }
}

/// Returns a summary, or the subscribers that missed something. Isolated servers exchange nothing with each other.
async fn prove(db: TestDb, isolated: bool) -> Result<String, String> {
    let several = db.backend() == Backend::Postgres;
    let count = number("LIVE_SUBSCRIBERS", 40);
    let mut server = ServerProcesses::start(&db, if several { 2 } else { 1 }, isolated).await;
    let subscribers: Vec<Subscriber> = (0..count).map(|n| Subscriber::start(&server, n)).collect();
    // Each has pulled everything once.
    all_have(&subscribers, &BTreeSet::new(), Duration::from_secs(60)).await?;
    let mut defects = BTreeSet::new();
    for n in 0..BEFORE {
        // With isolated servers one process commits everything, because commits of the other one would make its
        // subscribers pull in time.
        let at = if isolated { server.count() - 1 } else { n % server.count() };
        defects.insert(server.log_defect(at).await);
    }
    // Half of the subscribers are connected to the process that did not commit the last one.
    all_have(&subscribers, &defects, Duration::from_secs(if isolated { 8 } else { 60 })).await?;
    // The last commits of the killed process: subscribers of the other one must get them, too.
    for _ in 0..3 {
        defects.insert(server.log_defect(0).await);
    }
    let killed = Instant::now();
    server.kill(0).await;
    if !several {
        server.start_again(0).await;
    }
    let within = Duration::from_secs(number("LIVE_BACK_SECONDS", 30) as u64);
    all_have(&subscribers, &defects, within).await?;
    let back = killed.elapsed();
    // Then the surviving process continues.
    defects.insert(server.log_defect(server.count() - 1).await);
    all_have(&subscribers, &defects, Duration::from_secs(60)).await?;
    let resumed: usize = subscribers.iter().map(Subscriber::resumed).sum();
    Ok(format!("{count} subscribers, {resumed} resumed, all had all {} defects after {back:?}", defects.len()))
}

on_both_databases! {
    async fn one_of_several_processes_may_die(db: TestDb) {
        match prove(db, false).await {
            Ok(told) => println!("{told}"),
            Err(fault) => panic!("{fault}"),
        }
    }

    async fn processes_that_hear_nothing_of_each_other_are_found_out(db: TestDb) {
        if db.backend() == Backend::Postgres {
            let fault = prove(db, true).await.expect_err("subscribers have missed something");
            assert!(fault.contains("missed something"), "{fault}");
        }
    }
}
