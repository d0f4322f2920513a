//! Seeds the timeline: each action is done by its acting person, through the same use cases as the API, on a clock that
//! follows the timeline.

mod defects;
mod owned_units;
mod photos;
mod places;
mod rounds;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app::context::Context;
use app::error::{Error, Result};
use app::session::authenticate;
use app::{App, Clock};
use domain::id::{CompanyId, DefectId, InspectionId, PersonId, ProjectId, RoundId, UnitId};
use domain::{Caller, Timestamp};
use store::entity::people;

use super::people::{OWNERS, STAFF, login};
use super::timeline::{Action, Timeline, TimelineEntry};

use photos::Renderer;
use places::Places;

/// The number of actions between two log lines of the progress.
const LOG_EVERY: usize = 200;
/// The maximum time from upload to renditions, in microseconds of the timeline.
const READY_WITHIN: i64 = 30 * 60 * 1_000_000;

/// Seeds the demo by running the actions of the timeline.
pub(super) struct Seeder {
    /// The program's application, with the timeline's clock.
    app: App,
    clock: Arc<AtomicI64>,
    /// The end of the timeline.
    now: Timestamp,
    timeline: Timeline,
    renderer: Renderer,
    people: HashMap<&'static str, (PersonId, Caller)>,
    places: Places,
    /// The planned rounds.
    rounds: Vec<RoundId>,
    /// The inspections by round (its index) and unit.
    inspections: HashMap<(usize, UnitId), InspectionId>,
    /// The defect of each history, after it was logged.
    defects: HashMap<usize, Logged>,
}

/// A logged defect.
#[derive(Debug, Clone, Copy)]
struct Logged {
    id: DefectId,
    /// The company that must repair it.
    company_id: Option<CompanyId>,
    /// The number of reported repairs.
    attempts: i32,
}

/// The application with a clock that is set to a moment, and the value of that clock.
pub(super) fn at_moment(app: &App, moment: Timestamp) -> (App, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(moment.0));
    (App { clock: Clock::Fixed(Arc::clone(&clock)), demo: true, ..app.clone() }, clock)
}

impl Seeder {
    /// A seeder of an imported project.
    pub(super) async fn new(
        (app, clock): (App, Arc<AtomicI64>),
        project_id: ProjectId,
        (timeline, now): (Timeline, Timestamp),
    ) -> Result<Self> {
        let places = Places::load(&app, project_id).await?;
        let mut seeder = Self {
            renderer: Renderer::new(&app),
            app,
            clock,
            now,
            timeline,
            places,
            people: HashMap::new(),
            rounds: Vec::new(),
            inspections: HashMap::new(),
            defects: HashMap::new(),
        };
        let nicks: Vec<&str> =
            STAFF.iter().map(|member| member.nick).chain(OWNERS.iter().map(|owner| owner.nick)).collect();
        let logins: Vec<String> = nicks.iter().map(|nick| login(nick)).collect();
        let asked: Vec<&str> = logins.iter().map(String::as_str).collect();
        let rows = store::import::people_by_login(seeder.app.db.read(), &asked).await?;
        let ids: HashMap<String, PersonId> = rows.into_iter().map(|row: people::Model| (row.login, row.id)).collect();
        for nick in nicks {
            let id = *ids.get(&login(nick)).ok_or_else(|| Error::internal(format!("{nick} was not imported")))?;
            seeder.load_person(nick, id).await?;
        }
        Ok(seeder)
    }

    /// Loads a person with the rights at this moment.
    async fn load_person(&mut self, nick: &'static str, id: PersonId) -> Result<()> {
        let caller = authenticate::load(&self.app, id, None).await?;
        let caller = caller.ok_or_else(|| Error::internal(format!("{nick} is not there")))?;
        self.people.insert(nick, (id, caller));
        Ok(())
    }

    /// Runs all actions of the timeline.
    pub(super) async fn run(mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.timeline.entries);
        for (n, entry) in entries.iter().enumerate() {
            if entry.at.0 - self.clock.load(Ordering::SeqCst) > READY_WITHIN {
                self.renderer.run().await?;
            }
            self.clock.store(entry.at.0, Ordering::SeqCst);
            // The renditions of the previous entry are made meanwhile, because they are a large part of the seed's
            // work.
            let renderer = self.renderer.clone();
            let rendering = async { renderer.run().await.map_err(|error| failed(entry, error)) };
            let performing = async { self.run_action(entry).await.map_err(|error| failed(entry, error)) };
            tokio::try_join!(performing, rendering)?;
            if n % LOG_EVERY == LOG_EVERY - 1 {
                tracing::info!("demo: {} of {} things have happened", n + 1, entries.len());
            }
        }
        self.renderer.run().await
    }

    async fn run_action(&mut self, entry: &TimelineEntry) -> Result<()> {
        match entry.action {
            Action::Log(history) => self.log(history).await,
            Action::Defect(history, step) => self.defect(history, step).await,
            Action::Round(index, action) => self.round(index, action).await,
            Action::Inspection(round, home, action) => self.inspect(round, home, action).await,
            Action::Owner(index, action) => self.home(index, action).await,
            Action::Waive(first, last) => self.waive(first..last).await,
        }
    }

    /// The context of an action of a person of the demo.
    fn context(&self, nick: &str) -> Result<Context<'_>> {
        Ok(Context::new(&self.app, self.caller(nick)?))
    }

    fn caller(&self, nick: &str) -> Result<&Caller> {
        let known = self.people.get(nick).map(|(_, caller)| caller);
        known.ok_or_else(|| Error::internal(format!("the demo has no person {nick}")))
    }

    fn id_of(&self, nick: &str) -> Result<PersonId> {
        self.caller(nick).map(|caller| caller.person_id)
    }
}

/// Names the action in an error.
fn failed(entry: &TimelineEntry, error: Error) -> Error {
    match error {
        Error::Refused(refusals) => Error::internal(format!("the demo's {:?} was refused: {refusals:?}", entry.action)),
        Error::Internal(fault) => Error::internal(format!("the demo's {:?} failed: {fault}", entry.action)),
        Error::Repeated => Error::Repeated,
        Error::Overloaded(wait) => Error::Overloaded(wait),
    }
}
