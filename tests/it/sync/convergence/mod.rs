//! Random histories of tablets: after all faults every copy equals the server's data for its person, every acknowledged
//! operation was applied once, and every other one is shown to its author with its reason.
//!
//! `SYNC_HISTORIES=10000 cargo test -p tests --test it -- sync::convergence::tablets --nocapture` is the long form;
//! `PROOF_SEED` repeats a run. A failed history is shrunk before it is printed.

mod acting;
mod check;
mod environment;
mod faulty_network;
mod history;
mod running;
mod tablets;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use store::db::Backend;
use tests::database::{self, TestDb};
use tests::dice::{Dice, number};
use tests::runtime::block_on_workers;
use tokio::runtime::Handle;

use environment::Environment;
use history::{History, histories};
pub(super) use running::renew;
use running::{ClientFault, Tally, run};

/// The number of histories on one server, because it slows down with the number of its projects.
const OF_ONE_SERVER: usize = 50;
/// Threads of the server and its tablets.
const THREADS: usize = 4;
/// The number of concurrent workers.
const WORKERS: usize = 2;
/// The number of attempts to shrink a failed history: for a person to read, or only to detect it.
const TO_READ: u32 = 400;
const TO_BE_FOUND: u32 = 10;

/// The parameters of a run.
#[derive(Clone, Copy)]
struct Plan {
    histories: usize,
    client_fault: ClientFault,
    shrinks: u32,
}

/// Runs histories until one fails; returns the smallest failing one, with all its faults.
async fn prove(backend: Backend, plan: Plan, what: &str) -> Result<Tally, String> {
    let mut dice = Dice::announced(what);
    let (left, sum) = (AtomicUsize::new(plan.histories), Mutex::new((Tally::default(), None::<String>)));
    let (left, sum) = (std::sync::Arc::new(left), std::sync::Arc::new(sum));
    let workers = (0..WORKERS).map(|_| {
        let (mut dice, left, sum) = (dice.other(), left.clone(), sum.clone());
        async move {
            while sum.lock().unwrap_or_else(PoisonError::into_inner).1.is_none() {
                let count = take(&left, OF_ONE_SERVER);
                if count == 0 {
                    break;
                }
                let (seed, sum) = (dice.throw(), sum.clone());
                database::run(backend, move |db| async move {
                    let outcome = on_one_server(&db, seed, count, plan).await;
                    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
                    match outcome {
                        Ok(tally) => sum.0 = sum.0.and(tally),
                        Err(fault) => sum.1 = Some(fault),
                    }
                })
                .await;
            }
        }
    });
    futures::future::join_all(workers).await;
    let sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
    sum.1.clone().map_or(Ok(sum.0), Err)
}

fn take(left: &AtomicUsize, most: usize) -> usize {
    let take = |left: usize| Some(left.saturating_sub(most));
    left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).map_or(0, |before| before.min(most))
}

/// Consecutive histories on a separate server.
async fn on_one_server(db: &TestDb, seed: u64, count: usize, plan: Plan) -> Result<Tally, String> {
    let environment = Environment::start(db).await;
    let handle = Handle::current();
    let tally = Mutex::new(Tally::default());
    // The test runner is not asynchronous: it blocks a thread of the blocking pool.
    let outcome = tokio::task::block_in_place(|| {
        let config = Config {
            cases: u32::try_from(count).unwrap_or(u32::MAX),
            max_shrink_iters: plan.shrinks,
            failure_persistence: None,
            ..Config::default()
        };
        let bytes: Vec<u8> = Dice::new(seed).bytes(32);
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        runner.run(&histories(), |history| {
            let one = handle.block_on(run(&environment, &history, plan.client_fault));
            let one = one.map_err(|faults| TestCaseError::fail(faults.join("\n")))?;
            let mut sum = tally.lock().unwrap_or_else(PoisonError::into_inner);
            *sum = sum.and(one);
            Ok(())
        })
    });
    let sum = *tally.lock().unwrap_or_else(PoisonError::into_inner);
    outcome.map(|()| sum).map_err(|error| describe_failure(&error))
}

fn describe_failure(error: &TestError<History>) -> String {
    match error {
        TestError::Fail(reason, history) => format!("{history}is followed by:\n{reason}"),
        TestError::Abort(reason) => reason.to_string(),
    }
}

async fn converge(backend: Backend, histories: usize) {
    let plan =
        Plan { histories: number("SYNC_HISTORIES", histories), client_fault: ClientFault::None, shrinks: TO_READ };
    match prove(backend, plan, "convergence").await {
        Ok(tally) => println!("{} histories: {tally:?}", plan.histories),
        Err(fault) => panic!("{fault}"),
    }
}

#[test]
fn tablets_converge_sqlite() {
    block_on_workers(THREADS, converge(Backend::Sqlite, 300));
}

#[test]
fn tablets_converge_postgres() {
    if database::postgres_url().is_some() {
        block_on_workers(THREADS, converge(Backend::Postgres, 60));
    }
}

async fn is_found_out(client_fault: ClientFault, by: &[&str]) {
    let plan = Plan { histories: 200, client_fault, shrinks: TO_BE_FOUND };
    let fault = prove(Backend::Sqlite, plan, "a badly built tablet").await.expect_err("it was not found out");
    assert!(by.iter().any(|sign| fault.contains(sign)), "found out, but by something else:\n{fault}");
}

#[test]
fn tablet_that_retries_under_new_ids_is_found_out() {
    block_on_workers(
        THREADS,
        is_found_out(ClientFault::NewIdsOnRetry, &["were acknowledged", "which does not know it"]),
    );
}

#[test]
fn tablet_that_moves_its_cursor_first_is_found_out() {
    block_on_workers(THREADS, is_found_out(ClientFault::CursorFirst, &["misses", "holds"]));
}

#[test]
fn tablet_that_drops_refused_work_is_found_out() {
    block_on_workers(THREADS, is_found_out(ClientFault::DropsRefused, &["is not there any more"]));
}
