//! Runs a history, lets all faults end, and returns the faults at the end.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use futures::future::join_all;
use sqlx::SqlitePool;
use tests::ids::v7;
use uuid::Uuid;

use super::check;
use super::environment::{Environment, ProjectSetup};
use super::history::{Fault, History, PEOPLE, Step};
use super::tablets::Holder;

/// The maximum number of final synchronisations without faults, until every queue is empty.
const ROUNDS: usize = 6;

/// A defect of a tablet, for negative controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientFault {
    /// None: the reference client.
    None,
    /// Interrupted operations are sent again under new ids.
    NewIdsOnRetry,
    /// The cursor is stored before the page.
    CursorFirst,
    /// Refused operations are deleted.
    DropsRefused,
}

/// The figures of a history.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) acknowledged: usize,
    pub(super) parked: usize,
    pub(super) refused: usize,
    pub(super) broken: usize,
    pub(super) faults_met: usize,
}

impl Tally {
    /// The sum of both.
    pub(super) const fn and(self, other: Self) -> Self {
        Self {
            acknowledged: self.acknowledged + other.acknowledged,
            parked: self.parked + other.parked,
            refused: self.refused + other.refused,
            broken: self.broken + other.broken,
            faults_met: self.faults_met + other.faults_met,
        }
    }
}

/// Runs a history with tablets of this kind. Returns its figures, or all faults at the end.
pub(super) async fn run(
    environment: &Environment,
    history: &History,
    client_fault: ClientFault,
) -> Result<Tally, Vec<String>> {
    let setup = environment.new_project().await;
    let words = Arc::new(AtomicU32::new(0));
    let mut holders = Vec::new();
    for &(person, hours) in &history.tablets {
        holders.push(Holder::new(environment, &setup, person, hours, Arc::clone(&words)).await);
    }
    let mut broken = 0;
    for step in &history.steps {
        broken += take(environment, &setup, &mut holders, step, client_fault).await;
    }
    heal(environment, &setup, &mut holders, client_fault).await?;
    let mut tally = check::check_all(environment, &setup, &holders).await?;
    tally.broken = broken;
    tally.faults_met = holders.iter().map(|holder| holder.network.met()).sum();
    Ok(tally)
}

/// Takes a step; returns the number of its interrupted synchronisations.
async fn take(
    environment: &Environment,
    setup: &ProjectSetup,
    holders: &mut [Holder],
    step: &Step,
    client_fault: ClientFault,
) -> usize {
    match step {
        Step::Work { tablet, what, which, how } => holder_of(holders, *tablet).act(setup, (*what, *which, *how)).await,
        Step::Sync { tablet, faults } => {
            return usize::from(sync(holder_of(holders, *tablet), faults, client_fault).await);
        }
        Step::AllSync { faults } => {
            let all = holders.iter_mut().map(|holder| sync(holder, faults, client_fault));
            return join_all(all).await.into_iter().filter(|broken| *broken).count();
        }
        Step::KilledInSync { tablet, polls } => holder_of(holders, *tablet).is_killed_in_sync(*polls).await,
        Step::Arrive { tablet } => holder_of(holders, *tablet).network.arrive().await,
        Step::Clock { tablet, hours } => holder_of(holders, *tablet).set_clock(*hours),
        Step::HandOver { tablet, person } => {
            holder_of(holders, *tablet).hand_over(environment, PEOPLE[usize::from(*person) % PEOPLE.len()]);
        }
        Step::Narrow { tablet, unit } => holder_of(holders, *tablet).narrow(setup, *unit).await,
        Step::Rights { person, given } => {
            environment.rights(setup, PEOPLE[usize::from(*person) % PEOPLE.len()], *given).await;
        }
        Step::Restart => environment.restart().await,
    }
    0
}

fn holder_of(holders: &mut [Holder], tablet: u8) -> &mut Holder {
    let count = holders.len();
    &mut holders[usize::from(tablet) % count]
}

/// Synchronises over a connection with faults; returns whether it was interrupted.
async fn sync(holder: &mut Holder, faults: &[Fault], client_fault: ClientFault) -> bool {
    holder.network.set_faults(faults);
    let broke = holder.sync().await.is_err();
    holder.network.set_faults(&[]);
    misbehave(holder, client_fault, broke).await;
    broke
}

/// The actions of a defective tablet after a synchronisation.
async fn misbehave(holder: &mut Holder, client_fault: ClientFault, broke: bool) {
    let pool = &holder.tablet.local.pool().clone();
    let run = async |sql: &'static str| {
        sqlx::query(sql).execute(pool).await.expect("the tablet's disk");
    };
    match client_fault {
        ClientFault::None => {}
        ClientFault::DropsRefused => run("DELETE FROM operations WHERE state = 'REFUSED'").await,
        ClientFault::NewIdsOnRetry if broke => {
            let new = renew(pool).await;
            holder.recorded.iter_mut().for_each(|id| *id = new.get(id).copied().unwrap_or(*id));
        }
        ClientFault::CursorFirst if broke => {
            let cursor = holder.network.newest()["data"]["changes"]["cursor"].clone();
            if let Some(cursor) = cursor.as_str() {
                let update = "UPDATE scopes SET cursor = iif(loading IS NULL, ?1, cursor),
                    loading_cursor = iif(loading IS NULL, NULL, ?1)";
                sqlx::query(update).bind(cursor).execute(pool).await.expect("the tablet's disk");
            }
        }
        ClientFault::NewIdsOnRetry | ClientFault::CursorFirst => {}
    }
}

/// Gives new ids to all operations in a queue and their objects; returns the new ids by the old ones.
pub(in crate::sync) async fn renew(pool: &SqlitePool) -> HashMap<Uuid, Uuid> {
    let mut new = HashMap::new();
    let select = "SELECT id, command FROM operations WHERE state = 'QUEUED'";
    let rows: Vec<(String, String)> = sqlx::query_as(select).fetch_all(pool).await.expect("the tablet's disk");
    for (id, command) in rows {
        let made = match command.as_str() {
            "defectLog" => "defectId",
            "defectComment" => "commentId",
            "defectReportFixed" => "attemptId",
            _ => "none",
        };
        let other = v7();
        let update = "UPDATE operations SET id = ?1,
            input = iif(?2 = 'none', input, json_replace(input, '$.' || ?2, ?3)) WHERE id = ?4";
        let query = sqlx::query(update).bind(other.to_string()).bind(made).bind(v7().to_string()).bind(&id);
        query.execute(pool).await.expect("the tablet's disk");
        new.insert(id.parse().expect("an id"), other);
    }
    new
}

/// Finishes all work: delayed requests arrive, and every person who ever signed in on a tablet synchronises there,
/// including those without a role.
async fn heal(
    environment: &Environment,
    setup: &ProjectSetup,
    holders: &mut [Holder],
    client_fault: ClientFault,
) -> Result<(), Vec<String>> {
    for holder in holders.iter() {
        holder.network.set_faults(&[]);
        holder.network.arrive().await;
    }
    environment.comes_to_rest().await;
    let mut troubles = Vec::new();
    for _ in 0..ROUNDS {
        troubles.clear();
        for holder in holders.iter_mut() {
            let last = holder.login;
            for login in holder.people.clone() {
                holder.hand_over(environment, login);
                troubles.extend(holder.sync().await.err());
                misbehave(holder, client_fault, false).await;
            }
            holder.hand_over(environment, last);
        }
        let mut waiting = 0;
        for holder in holders.iter() {
            let waits = holder.tablet.local.waiting(setup.project.id).await.expect("the tablet's disk");
            waiting += waits.iter().map(|unit| unit.operations).sum::<i64>();
        }
        if waiting == 0 && troubles.is_empty() {
            break;
        }
    }
    // Once more, so that the first tablet gets the changes of the last one.
    for holder in holders.iter() {
        troubles.extend(holder.sync().await.err());
    }
    if troubles.is_empty() { Ok(()) } else { Err(troubles) }
}
