//! Runs a history, lets everything heal, and tells what is wrong at the end.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use futures::future::join_all;
use sqlx::SqlitePool;
use tests::ids::v7;
use uuid::Uuid;

use super::check;
use super::crew::Holder;
use super::history::{Fault, History, PEOPLE, Step};
use super::world::{Ground, World};

/// So often everybody synchronises at the end, undisturbed, until no queue holds anything.
const ROUNDS: usize = 6;

/// A tablet that is not built as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// None: as the reference client.
    Good,
    /// What broke is sent again under new ids.
    NewIdsOnRetry,
    /// The cursor is moved on before the page is written.
    CursorFirst,
    /// What the server refused is forgotten.
    DropsRefused,
}

/// What a history came to.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) acknowledged: usize,
    pub(super) parked: usize,
    pub(super) refused: usize,
    pub(super) broken: usize,
    pub(super) faults_met: usize,
}

impl Tally {
    /// Both together.
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

/// Runs a history with tablets of a habit. Answers what it came to, or all that is wrong at the end.
pub(super) async fn run(world: &World, history: &History, habit: Habit) -> Result<Tally, Vec<String>> {
    let ground = world.ground().await;
    let words = Arc::new(AtomicU32::new(0));
    let mut crew = Vec::new();
    for &(person, hours) in &history.tablets {
        crew.push(Holder::new(world, &ground, person, hours, Arc::clone(&words)).await);
    }
    let mut broken = 0;
    for step in &history.steps {
        broken += take(world, &ground, &mut crew, step, habit).await;
    }
    heal(world, &ground, &mut crew, habit).await?;
    let mut tally = check::all(world, &ground, &crew).await?;
    tally.broken = broken;
    tally.faults_met = crew.iter().map(|holder| holder.line.met()).sum();
    Ok(tally)
}

/// Takes a step; answers how many synchronisations broke in it.
async fn take(world: &World, ground: &Ground, crew: &mut [Holder], step: &Step, habit: Habit) -> usize {
    match step {
        Step::Work { tablet, what, which, how } => of(crew, *tablet).act(ground, (*what, *which, *how)).await,
        Step::Sync { tablet, faults } => return usize::from(sync(of(crew, *tablet), faults, habit).await),
        Step::AllSync { faults } => {
            let all = crew.iter_mut().map(|holder| sync(holder, faults, habit));
            return join_all(all).await.into_iter().filter(|broken| *broken).count();
        }
        Step::KilledInSync { tablet, polls } => of(crew, *tablet).is_killed_in_sync(*polls).await,
        Step::Arrive { tablet } => of(crew, *tablet).line.arrive().await,
        Step::Clock { tablet, hours } => of(crew, *tablet).set_clock(*hours),
        Step::HandOver { tablet, person } => {
            of(crew, *tablet).hand_over(world, PEOPLE[usize::from(*person) % PEOPLE.len()]);
        }
        Step::Narrow { tablet, unit } => of(crew, *tablet).narrow(ground, *unit).await,
        Step::Rights { person, given } => {
            world.rights(ground, PEOPLE[usize::from(*person) % PEOPLE.len()], *given).await;
        }
        Step::Restart => world.restart().await,
    }
    0
}

fn of(crew: &mut [Holder], tablet: u8) -> &mut Holder {
    let count = crew.len();
    &mut crew[usize::from(tablet) % count]
}

/// Synchronises over a line with faults; answers whether it broke.
async fn sync(holder: &mut Holder, faults: &[Fault], habit: Habit) -> bool {
    holder.line.suffers(faults);
    let broke = holder.sync().await.is_err();
    holder.line.suffers(&[]);
    misbehave(holder, habit, broke).await;
    broke
}

/// What a tablet that is not built as it should be does after a synchronisation.
async fn misbehave(holder: &mut Holder, habit: Habit, broke: bool) {
    let pool = &holder.tablet.local.pool().clone();
    let run = async |sql: &'static str| {
        sqlx::query(sql).execute(pool).await.expect("the tablet's disk");
    };
    match habit {
        Habit::Good => {}
        Habit::DropsRefused => run("DELETE FROM operations WHERE state = 'REFUSED'").await,
        Habit::NewIdsOnRetry if broke => {
            let new = renew(pool).await;
            holder.recorded.iter_mut().for_each(|id| *id = new.get(id).copied().unwrap_or(*id));
        }
        Habit::CursorFirst if broke => {
            let cursor = holder.line.newest()["data"]["changes"]["cursor"].clone();
            if let Some(cursor) = cursor.as_str() {
                let update = "UPDATE scopes SET cursor = iif(loading IS NULL, ?1, cursor),
                    loading_cursor = iif(loading IS NULL, NULL, ?1)";
                sqlx::query(update).bind(cursor).execute(pool).await.expect("the tablet's disk");
            }
        }
        Habit::NewIdsOnRetry | Habit::CursorFirst => {}
    }
}

/// Gives everything in a queue, and what it makes, new ids; answers the new ones by the old.
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

/// Everything comes to rest: what was held up arrives, and everybody who ever signed in on a tablet synchronises there,
/// also whoever has no role any more.
async fn heal(world: &World, ground: &Ground, crew: &mut [Holder], habit: Habit) -> Result<(), Vec<String>> {
    for holder in crew.iter() {
        holder.line.suffers(&[]);
        holder.line.arrive().await;
    }
    world.comes_to_rest().await;
    let mut troubles = Vec::new();
    for _ in 0..ROUNDS {
        troubles.clear();
        for holder in crew.iter_mut() {
            let last = holder.login;
            for login in holder.people.clone() {
                holder.hand_over(world, login);
                troubles.extend(holder.sync().await.err());
                misbehave(holder, habit, false).await;
            }
            holder.hand_over(world, last);
        }
        let mut waiting = 0;
        for holder in crew.iter() {
            let waits = holder.tablet.local.waiting(ground.project.id).await.expect("the tablet's disk");
            waiting += waits.iter().map(|unit| unit.operations).sum::<i64>();
        }
        if waiting == 0 && troubles.is_empty() {
            break;
        }
    }
    // Once more, so that the first has what the last did.
    for holder in crew.iter() {
        troubles.extend(holder.sync().await.err());
    }
    if troubles.is_empty() { Ok(()) } else { Err(troubles) }
}
