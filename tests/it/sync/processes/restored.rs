//! A backup is restored under live tablets: they detect it, offer their journals again, and in the end every
//! acknowledged operation is there again, once.
//!
//! `SYNC_RESTORED=200` sets the number of actions before and after the backup.

use std::collections::BTreeMap;
use std::time::Instant;

use futures::future::join_all;
use serde_json::Value;
use tests::database::TestDb;
use tests::dice::{Dice, number};
use tests::on_both_databases;

use super::holder::{Holder, PEOPLE, Shared};
use super::site::Site;
use super::{Faults, check};

/// The tablet that only pushes: it has pulled nothing since the backup.
const SILENT: usize = 4;
/// The maximum number of final synchronisations.
const ROUNDS: usize = 3;

#[derive(Clone, Copy)]
struct Plan {
    /// The number of actions of each before the backup, and again after it.
    things: usize,
    /// Tablets that ignore the restore, for the negative control.
    deaf: bool,
    /// The operator runs `handover restored`.
    said: bool,
}

impl Plan {
    const CONTROL: Self = Self { things: 6, deaf: false, said: true };
}

async fn prove(db: TestDb, plan: Plan, what: &str) -> Result<String, Faults> {
    let begun = Instant::now();
    let mut dice = Dice::announced(what);
    let mut site = Site::start(&db, 1).await;
    let shared = Shared::new(false);
    let mut holders = Vec::new();
    for number in 0..PEOPLE.len() {
        holders.push(Holder::new(&site, number, dice.other(), shared.clone(), plan.deaf).await);
    }
    work(&mut holders, plan.things).await?;
    site.kill(0).await;
    let backup = db.back_up().await;
    started(&mut site).await?;
    let mut silent = holders.remove(SILENT);
    work(&mut holders, plan.things).await?;
    silent.work_unseen(plan.things).await.map_err(|fault| vec![fault])?;
    holders.insert(SILENT, silent);

    site.kill(0).await;
    backup.restore().await;
    if plan.said {
        site.run(&["restored"]).await.map_err(|fault| vec![fault])?;
    }
    started(&mut site).await?;
    // In its new life the project reaches the same change number, by other work.
    let mut newcomer = Holder::new(&site, PEOPLE.len(), dice.other(), shared, plan.deaf).await;
    newcomer.work(plan.things * 3).await.map_err(|fault| vec![fault])?;
    holders.push(newcomer);
    synchronise_all(&mut holders).await?;
    let offered: Vec<u64> = holders.iter().map(|holder| holder.offered).collect();
    let mut faults = wrong_copies(&site, &holders, &mut dice).await;
    let told = check::check_all(&mut site, &holders).await;
    faults.extend(told.as_ref().err().into_iter().flatten().cloned());
    let unaware = holders[..PEOPLE.len()].iter().filter(|holder| holder.offered == 0);
    faults.extend(unaware.map(|holder| format!("tablet {} has not detected it", holder.number)));
    match told {
        Ok(told) if faults.is_empty() => {
            Ok(format!("offered again: {offered:?}; after {} s: {told}", begun.elapsed().as_secs()))
        }
        _ => Err(faults),
    }
}

async fn started(site: &mut Site) -> Result<(), Faults> {
    site.start_again(0).await.map_err(|fault| vec![fault])
}

async fn work(holders: &mut [Holder], things: usize) -> Result<(), Faults> {
    collect_faults(join_all(holders.iter_mut().map(|holder| holder.work(things))).await)
}

/// All synchronise, the last first, until the operations that depend on others are applied.
async fn synchronise_all(holders: &mut [Holder]) -> Result<(), Faults> {
    for _ in 0..ROUNDS {
        for holder in holders.iter_mut().rev() {
            collect_faults(vec![holder.synced().await])?;
        }
    }
    Ok(())
}

fn collect_faults(done: Vec<Result<(), String>>) -> Result<(), Faults> {
    let faults: Faults = done.into_iter().filter_map(Result::err).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// Every tablet's copy equals a full load of the same person.
async fn wrong_copies(site: &Site, holders: &[Holder], dice: &mut Dice) -> Faults {
    let mut loads: BTreeMap<&str, BTreeMap<(String, String), Value>> = BTreeMap::new();
    let mut faults = Faults::new();
    for holder in holders {
        if !loads.contains_key(holder.login) {
            let number = PEOPLE.iter().position(|login| *login == holder.login).expect("one of them");
            let fresh = Holder::new(site, number, dice.other(), Shared::new(false), false).await;
            fresh.tablet.pull().await.expect("a full load");
            loads.insert(holder.login, fresh.copy().await);
        }
        let (held, shown) = (holder.copy().await, &loads[holder.login]);
        let keys = held.keys().chain(shown.keys());
        let other = keys.filter(|key| held.get(*key) != shown.get(*key));
        faults.extend(other.map(|key| {
            format!("tablet {} holds {key:?} as {:?}, it is {:?}", holder.number, held.get(key), shown.get(key))
        }));
    }
    faults
}

on_both_databases! {
    async fn acknowledged_operations_are_applied_once_after_a_restored_backup(db: TestDb) {
        let plan = Plan { things: number("SYNC_RESTORED", 12), ..Plan::CONTROL };
        match prove(db, plan, "a restored backup").await {
            Ok(told) => println!("{told}"),
            Err(faults) => panic!("{} faults:\n{}", faults.len(), faults.join("\n")),
        }
    }

    async fn tablets_that_do_not_offer_their_journals_are_found_out(db: TestDb) {
        let plan = Plan { deaf: true, ..Plan::CONTROL };
        let faults = prove(db, plan, "deaf tablets").await.expect_err("work is lost");
        assert!(faults.iter().any(|fault| fault.contains("was acknowledged and is not there")), "{faults:#?}");
    }

    async fn restore_without_the_operators_command_is_not_detected_by_a_tablet_that_only_pushed(db: TestDb) {
        let plan = Plan { said: false, ..Plan::CONTROL };
        let faults = prove(db, plan, "no command").await.expect_err("work is lost");
        assert!(faults.contains(&format!("tablet {SILENT} has not detected it")), "{faults:#?}");
        let lost = format!("of tablet {SILENT}, Acknowledged, was acknowledged and is not there");
        assert!(faults.iter().any(|fault| fault.contains(&lost)), "{faults:#?}");
    }
}
