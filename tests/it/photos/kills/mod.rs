//! Kills the server and the object store at random moments while tablets upload photos as the API's description
//! requires: no acknowledged photo is lost or altered, photos that were never uploaded are listed as missing, nothing
//! is doubled, and the garbage collection leaves no orphan.
//!
//! `PHOTO_KILLS=100 PHOTO_UPLOADS=500` is the long form, `PROOF_SEED` repeats a run.

mod check;
mod server_process;
mod tablet;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::join_all;
use tests::database::TestDb;
use tests::dice::{Dice, number};
use tests::on_both_databases;
use tokio::sync::watch;

use server_process::{Forgets, ServerProcess};
use tablet::{Entry, Fate, Tablet};

use super::pictures::jpeg;

/// The people with tablets: four companies, and two people with two tablets each.
const PEOPLE: [&str; 8] = ["site", "manager", "supervisor", "property", "escort", "relations", "site", "manager"];

/// The plan of a run.
#[derive(Clone, Copy)]
struct Plan {
    kills: usize,
    uploads: usize,
    /// The part that loses acknowledged data at a kill.
    forgets: Forgets,
    /// Tablets that retry with another id after a failure.
    fresh_ids: bool,
    /// Waits for the server itself to finish, instead of advancing the clock.
    patient: bool,
}

impl Plan {
    fn by_environment() -> Self {
        let kills = number("PHOTO_KILLS", 8);
        let uploads = number("PHOTO_UPLOADS", 60);
        Self { kills, uploads, forgets: Forgets::Nothing, fresh_ids: false, patient: kills > 20 }
    }

    const fn control() -> Self {
        Self { kills: 4, uploads: 40, forgets: Forgets::Nothing, fresh_ids: false, patient: false }
    }
}

/// The failures that tablets met, with their numbers.
#[derive(Clone, Default)]
struct Troubles(Arc<Mutex<BTreeMap<String, usize>>>);

impl Troubles {
    fn add(&self, what: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(what.to_owned()).or_default() += 1;
    }
}

/// The photos of each tablet. Some have the bytes of another one's, and some tablets do not finish.
fn journals(dice: &mut Dice, uploads: usize) -> Vec<Vec<Entry>> {
    let picture = jpeg(64, 48);
    let mut all: Vec<Arc<Vec<u8>>> = Vec::new();
    let mut journals: Vec<Vec<Entry>> = PEOPLE.iter().map(|_| Vec::new()).collect();
    for n in 0..uploads {
        let bytes = if !all.is_empty() && dice.chance(20) {
            Arc::clone(dice.pick(&all))
        } else {
            let length = 16 + dice.below(120_000);
            Arc::new([picture.clone(), dice.bytes(length)].concat())
        };
        all.push(Arc::clone(&bytes));
        let fate = match dice.below(10) {
            0 => Fate::Lost,
            1 => Fate::Silent,
            _ => Fate::Whole,
        };
        journals[n % PEOPLE.len()].push(Entry::new(bytes, fate));
    }
    journals
}

/// Runs a plan. Returns a summary, or all faults.
async fn prove(db: TestDb, plan: Plan, what: &str) -> Result<String, Vec<String>> {
    let begun = Instant::now();
    let mut dice = Dice::announced(what);
    let mut server = ServerProcess::start(&db, plan.forgets).await;
    let defects = server.log_defects().await;
    let (finished, progress) = watch::channel(0_usize);
    let troubles = Troubles::default();
    let tablets = PEOPLE.iter().zip(journals(&mut dice, plan.uploads)).map(|(login, journal)| {
        let asker = server.asker(login, troubles.clone());
        let tablet = Tablet::new(asker, *dice.pick(&defects), journal, plan.fresh_ids, finished.clone());
        tokio::spawn(tablet.work(dice.other()))
    });
    let tablets: Vec<_> = tablets.collect();
    let counts = kill(&mut server, plan, progress, &mut dice).await?;
    let journal: Vec<Entry> =
        join_all(tablets).await.into_iter().flat_map(|tablet| tablet.expect("no panic")).collect();
    let uploaded = begun.elapsed();
    if plan.patient {
        check::comes_to_rest(&server, &journal).await?;
    }
    server.kill_server().await;
    let told = check::after(&db, &mut server, &journal).await?;
    let met = troubles.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let total = begun.elapsed().as_secs();
    Ok(format!("{counts}, tablets done after {} s, all after {total} s; {told}; met: {met:?}", uploaded.as_secs()))
}

/// Kills and restarts during the uploads: once in each of so many equal parts of them, at a random moment.
async fn kill(
    server: &mut ServerProcess,
    plan: Plan,
    mut progress: watch::Receiver<usize>,
    dice: &mut Dice,
) -> Result<String, Vec<String>> {
    let (mut servers, mut stores, mut both) = (0, 0, 0);
    for n in 0..plan.kills {
        let part = plan.uploads / plan.kills.max(1);
        let due = (n * plan.uploads / plan.kills + dice.below(part.max(1))).min(plan.uploads);
        let reached =
            tokio::time::timeout(Duration::from_secs(120), progress.wait_for(|count| *count >= due)).await.is_ok();
        if !reached {
            return Err(vec![format!(
                "the tablets make no progress after {} of {} photos",
                *progress.borrow(),
                plan.uploads
            )]);
        }
        // At any moment of the requests in progress.
        tokio::time::sleep(Duration::from_micros(dice.throw() % 40_000)).await;
        match dice.below(100) {
            chance if plan.forgets == Forgets::Database || (plan.forgets == Forgets::Nothing && chance < 40) => {
                server.kill_server().await;
                servers += 1;
            }
            chance if plan.forgets == Forgets::Store || chance < 75 => {
                server.kill_store().await;
                stores += 1;
            }
            _ => {
                server.kill_store().await;
                server.kill_server().await;
                both += 1;
            }
        }
        tokio::time::sleep(Duration::from_micros(dice.throw() % 60_000)).await;
        server.start_again().await.map_err(|fault| vec![fault])?;
    }
    Ok(format!("{} kills ({servers} of the server, {stores} of the store, {both} of both)", servers + stores + both))
}

on_both_databases! {
    async fn no_photo_is_lost_by_kills(db: TestDb) {
        match prove(db, Plan::by_environment(), "kills").await {
            Ok(told) => println!("{told}"),
            Err(faults) => panic!("{} faults:\n{}", faults.len(), faults.join("\n")),
        }
    }

    async fn a_store_that_forgets_what_it_acknowledged_is_found_out(db: TestDb) {
        let plan = Plan { forgets: Forgets::Store, ..Plan::control() };
        let faults = prove(db, plan, "forgetful store").await.expect_err("photos were lost");
        assert!(faults.iter().any(|fault| fault.contains("was acknowledged and is lost")), "{faults:#?}");
    }

    async fn a_database_that_forgets_what_it_acknowledged_is_found_out(db: TestDb) {
        let plan = Plan { forgets: Forgets::Database, ..Plan::control() };
        let faults = prove(db, plan, "forgetful database").await.expect_err("photos were lost");
        assert!(faults.iter().any(|fault| fault.contains("was declared and is not there")), "{faults:#?}");
    }

    async fn tablets_that_try_again_under_other_ids_are_found_out(db: TestDb) {
        let plan = Plan { fresh_ids: true, ..Plan::control() };
        let faults = prove(db, plan, "fresh ids").await.expect_err("photos were doubled");
        assert!(faults.iter().any(|fault| fault.contains("no tablet knows of it")), "{faults:#?}");
    }
}
