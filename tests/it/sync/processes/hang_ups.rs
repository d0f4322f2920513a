//! Clients that disconnect during a push over a slow network: no operation is lost or half applied, applied ones are
//! answered when they are sent again, and no database connection remains in a transaction.
//!
//! `SYNC_HANG_UPS=2000 TEST_LIMIT_SECONDS=3000` is the long form.

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use futures::stream;
use serde_json::Value;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use store::db::Backend;
use tests::database::TestDb;
use tests::dice::{Dice, number};
use tests::faulty_network::{FaultyNetwork, NetworkFaults};
use tests::fixture::PASSWORD;
use tests::on_both_databases;
use tests::tablet::http::Http;
use tests::tablet::local::Operation;
use tests::tablet::session::Session;

use super::device::{Device, same};
use super::site::Site;
use super::{Faults, rows};

/// The number of concurrent clients.
const AT_ONCE: usize = 8;
/// The maximum time that a client waits for its answer, unless the machine needs longer for a push.
const LONGEST: Duration = Duration::from_millis(20);
/// The latency of a slow network, each way.
const SLOW: NetworkFaults = NetworkFaults { loss: 0.0, delay: Duration::from_millis(3), disconnect: 0.0 };
/// The time in which a connection must end its transaction.
const TO_END: Duration = Duration::from_secs(10);

struct Outcome {
    operation: Operation,
    /// The answers to a client before it disconnected.
    heard: Option<Value>,
}

async fn prove(db: TestDb, count: usize) -> Result<String, Faults> {
    let mut dice = Dice::announced("hang-ups");
    let mut site = Site::start(&db, 1).await;
    let straight = site.sign_in(&site.way(0), "site").await;
    let network = FaultyNetwork::before(&site.address(0), SLOW, dice.other()).await;
    let slow = Http::to(&format!("http://{}", network.address()), Duration::from_secs(20));
    let slow = Session::sign_in(slow, "site", PASSWORD, "slow").await.expect("signed in");
    let begun = Instant::now();
    let device = Device::start(&site, "site", &slow).await;
    // Long enough for some pushes, and too short for most answers, under any load of the machine.
    let longest = LONGEST.max(begun.elapsed() / device.started_with());
    let micros = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
    let pushes: Vec<_> = (0..count)
        .map(|_| {
            let operation = device.some(&mut dice);
            let hangs_up_after = Duration::from_micros(dice.throw() % micros);
            let (device, slow) = (&device, &slow);
            async move {
                let push = device.push(slow, &operation);
                let heard = tokio::time::timeout(hangs_up_after, push).await.ok().flatten();
                Outcome { operation, heard }
            }
        })
        .collect();
    let outcomes: Vec<Outcome> = stream::iter(pushes).buffer_unordered(AT_ONCE).collect().await;
    let mut faults = Faults::new();
    let told = push_again(&device, &straight, &outcomes, &mut faults).await;
    let told = format!("cut after {longest:?} at most: {told}");
    if left_in_transaction(&db, TO_END).await > 0 {
        faults.push("a connection is left in a transaction".to_owned());
    }
    site.kill_all().await;
    let db = site.database().await;
    faults.extend(rows::wrong(&db, &device.told(outcomes.into_iter().map(|outcome| outcome.operation))).await);
    db.close().await.expect("the database closes");
    if faults.is_empty() { Ok(told) } else { Err(faults) }
}

/// Sends all of it again over a good network, twice; returns a summary.
async fn push_again<W: tests::tablet::wire::Wire>(
    device: &Device,
    session: &Session<W>,
    outcomes: &[Outcome],
    faults: &mut Faults,
) -> String {
    let (mut heard, mut done, mut never) = (0, 0, 0);
    for Outcome { operation, heard: before } in outcomes {
        let second = device.push_until_answered(session, operation).await;
        match (before, second["outcome"].as_str().unwrap_or_default()) {
            (Some(_), "ALREADY_APPLIED") => heard += 1,
            (None, "ALREADY_APPLIED") => done += 1,
            (None, "APPLIED") => never += 1,
            _ => faults.push(format!("{} was answered {before:?}, and then {second}", operation.id)),
        }
        let third = device.push_until_answered(session, operation).await;
        let equal = before.iter().chain([&third]).all(|other| same(other, &second));
        if third["outcome"] != "ALREADY_APPLIED" || !equal {
            faults.push(format!("{} is answered {second}, and then {third}", operation.id));
        }
    }
    // Otherwise no client disconnected during a request.
    if done == 0 || never == 0 {
        faults.push(format!("this proves nothing: {done} were done without their clients, {never} never came"));
    }
    format!(
        "{} pushes: {heard} were answered in time, {done} applied without their clients, {never} never arrived",
        outcomes.len()
    )
}

/// The number of connections in an idle transaction after the time to end it. SQLite does not report it: there the next
/// push would wait for ever.
async fn left_in_transaction(db: &TestDb, within: Duration) -> i64 {
    if db.backend() == Backend::Sqlite {
        return 0;
    }
    let mut connection = PgConnection::connect(&db.settings.url).await.expect("PostgreSQL answers");
    let count = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let until = tokio::time::Instant::now() + within;
    loop {
        let left: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.expect("a count");
        if left == 0 || tokio::time::Instant::now() > until {
            return left;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

on_both_databases! {
    async fn disconnect_during_a_push_loses_nothing(db: TestDb) {
        match prove(db, number("SYNC_HANG_UPS", 100)).await {
            Ok(told) => println!("{told}"),
            Err(faults) => panic!("{} faults:\n{}", faults.len(), faults.join("\n")),
        }
    }

    async fn transaction_that_is_left_open_is_found_out(db: TestDb) {
        if db.backend() == Backend::Postgres {
            let mut left = PgConnection::connect(&db.settings.url).await.expect("PostgreSQL answers");
            let transaction = left.begin().await.expect("begun");
            assert_eq!(left_in_transaction(&db, Duration::from_millis(300)).await, 1);
            transaction.rollback().await.expect("rolled back");
            assert_eq!(left_in_transaction(&db, TO_END).await, 0);
        }
    }
}
