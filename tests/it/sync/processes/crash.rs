//! Kills the server at random moments while tablets push: no acknowledged operation is lost, altered or doubled, every
//! photo is ready or listed as missing, and repetitions are answered the same.
//!
//! `SYNC_KILLS=500 SYNC_BETWEEN=40 TEST_LIMIT_SECONDS=3600` is the long form, `PROOF_SEED` repeats a run.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use futures::future::join_all;
use sea_orm::{EntityTrait, ModelTrait};
use serde_json::json;
use store::entity::defect_comments;
use tests::database::TestDb;
use tests::dice::{Dice, number};
use tests::ids::v7;
use tests::on_both_databases;
use tests::tablet::Action;
use tests::tablet::local::{Answered, State};
use tokio::sync::watch;

use super::holder::{Holder, PEOPLE, Shared};
use super::site::Site;
use super::{Faults, check};

#[derive(Clone, Copy)]
struct Plan {
    kills: usize,
    /// The number of operations between two kills.
    between: usize,
    /// Tablets that repeat interrupted operations under new ids.
    fresh_ids: bool,
    /// A server that lost a row, and a tablet with an invented acknowledgement.
    lies: bool,
}

impl Plan {
    fn by_environment() -> Self {
        Self { kills: number("SYNC_KILLS", 8), between: number("SYNC_BETWEEN", 25), ..Self::CONTROL }
    }

    const CONTROL: Self = Self { kills: 3, between: 20, fresh_ids: false, lies: false };
}

/// Runs a plan. Returns a summary, or all faults.
async fn prove(db: TestDb, plan: Plan, what: &str) -> Result<String, Faults> {
    let begun = Instant::now();
    let mut dice = Dice::announced(what);
    let mut site = Site::start(&db, 1).await;
    let (shared, each) = (Shared::new(plan.fresh_ids), (plan.kills * plan.between).div_ceil(PEOPLE.len()));
    let mut tasks = Vec::new();
    for number in 0..PEOPLE.len() {
        let mut holder = Holder::new(&site, number, dice.other(), shared.clone(), false).await;
        tasks.push(tokio::spawn(async move { holder.work(each).await.map(|()| holder) }));
    }
    let slowest = kill(&mut site, plan, shared.progress.subscribe(), &mut dice).await?;
    let holders: Result<Vec<Holder>, String> =
        join_all(tasks).await.into_iter().map(|task| task.expect("no panic")).collect();
    let holders = holders.map_err(|fault| vec![fault])?;
    let pushed = begun.elapsed().as_secs();
    if plan.lies {
        forget(&mut site).await;
        lie(&holders[0]).await;
    }
    let told = check::check_all(&mut site, &holders).await?;
    let (kills, broken) = (plan.kills, shared.broken.load(Ordering::Relaxed));
    if broken == 0 {
        return Err(vec!["this proves nothing: no synchronisation met a kill".to_owned()]);
    }
    let after = begun.elapsed().as_secs();
    Ok(format!(
        "{kills} kills, {broken} synchronisations broke, back after {slowest:?} at most; pushed after {pushed} s, all after {after} s; {told}"
    ))
}

/// Kills and restarts during the work: once in each of so many equal parts of it, at a random moment. Returns the
/// maximum time of a start.
async fn kill(
    site: &mut Site,
    plan: Plan,
    mut progress: watch::Receiver<usize>,
    dice: &mut Dice,
) -> Result<Duration, Faults> {
    let mut slowest = Duration::ZERO;
    for n in 0..plan.kills {
        let due = n * plan.between + dice.below(plan.between / 2);
        let reached = progress.wait_for(|count| *count >= due);
        if tokio::time::timeout(Duration::from_secs(120), reached).await.is_err() {
            return Err(vec![format!("the tablets make no progress after {} operations", *progress.borrow())]);
        }
        // At any moment of the requests in progress.
        tokio::time::sleep(Duration::from_micros(dice.throw() % 40_000)).await;
        site.kill(0).await;
        let killed = Instant::now();
        site.start_again(0).await.map_err(|fault| vec![fault])?;
        slowest = slowest.max(killed.elapsed());
    }
    Ok(slowest)
}

/// Deletes a comment from the database.
async fn forget(site: &mut Site) {
    site.kill(0).await;
    let db = site.database().await;
    let comment = defect_comments::Entity::find().one(db.read()).await.expect("the comments").expect("a comment");
    db.write(async |tx| comment.delete(tx).await).await.expect("forgotten");
    db.close().await.expect("the database closes");
    site.start_again(0).await.expect("the server starts");
}

/// Writes an invented operation into a journal.
async fn lie(holder: &Holder) {
    let input = json!({ "defectId": v7(), "commentId": v7(), "body": "never said", "visibility": "SHARED" });
    let work = Action { command: "defectComment", input, object_id: None, unit_id: None };
    let id = holder.tablet.record(work).await.expect("the tablet's disk");
    let answer = json!({ "operationId": id, "outcome": "APPLIED" });
    let answered = Answered { id, state: State::Acknowledged, answer };
    holder.tablet.local.store_answers(&[answered]).await.expect("the tablet's disk");
}

on_both_databases! {
    async fn no_acknowledged_operation_is_lost_or_doubled_by_kills(db: TestDb) {
        match prove(db, Plan::by_environment(), "kills under push").await {
            Ok(told) => println!("{told}"),
            Err(faults) => panic!("{} faults:\n{}", faults.len(), faults.join("\n")),
        }
    }

    async fn tablets_that_retry_under_new_ids_are_found_out(db: TestDb) {
        let plan = Plan { kills: 6, fresh_ids: true, ..Plan::CONTROL };
        let faults = prove(db, plan, "new ids").await.expect_err("operations were doubled");
        assert!(faults.iter().any(|fault| fault.contains("no tablet knows of it")), "{faults:#?}");
    }

    async fn lost_and_invented_operations_are_found_out(db: TestDb) {
        let plan = Plan { lies: true, ..Plan::CONTROL };
        let faults = prove(db, plan, "lies").await.expect_err("something is missing");
        let signs = ["was acknowledged and is not there", "has happened 0 times", "when repeated"];
        for sign in signs {
            assert!(faults.iter().any(|fault| fault.contains(sign)), "{sign}: {faults:#?}");
        }
    }
}
