//! Plays the script: every act by the person who would do it, through the same use cases as the API, on a clock that
//! moves with the script.

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
use domain::{Caller, Timestamp};
use store::entity::people;
use uuid::Uuid;

use super::people::{OWNERS, STAFF, login};
use super::timeline::{Action, Timeline, TimelineEntry};

use photos::Renderer;
use places::Places;

/// How often the progress is told, in acts.
const TELL: usize = 200;
/// How long after its upload a photo has its renditions at the latest, in microseconds of the script.
const READY_WITHIN: i64 = 30 * 60 * 1_000_000;

/// The stage.
pub(super) struct Seeder {
    /// The program's world, but for the clock.
    app: App,
    clock: Arc<AtomicI64>,
    /// When the script ends.
    now: Timestamp,
    timeline: Timeline,
    renderer: Renderer,
    people: HashMap<&'static str, (Uuid, Caller)>,
    places: Places,
    /// The rounds that are planned.
    rounds: Vec<Uuid>,
    /// The inspections by round (its index) and unit.
    inspections: HashMap<(usize, Uuid), Uuid>,
    /// Each story's defect, once it is logged.
    defects: HashMap<usize, Logged>,
}

/// A defect that is logged.
#[derive(Debug, Clone, Copy)]
struct Logged {
    id: Uuid,
    /// Who has to repair it.
    company_id: Option<Uuid>,
    /// How many repairs were reported.
    attempts: i32,
}

/// The world on a clock that stands at a moment, and the hand of the clock.
pub(super) fn at_moment(app: &App, moment: Timestamp) -> (App, Arc<AtomicI64>) {
    let hand = Arc::new(AtomicI64::new(moment.0));
    (App { clock: Clock::Fixed(Arc::clone(&hand)), demo: true, ..app.clone() }, hand)
}

impl Seeder {
    /// Sets the stage for a project that was imported.
    pub(super) async fn set(
        (app, clock): (App, Arc<AtomicI64>),
        project_id: Uuid,
        (timeline, now): (Timeline, Timestamp),
    ) -> Result<Self> {
        let places = Places::load(&app, project_id).await?;
        let mut stage = Self {
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
        let rows = store::import::people_by_login(stage.app.db.read(), &asked).await?;
        let ids: HashMap<String, Uuid> = rows.into_iter().map(|row: people::Model| (row.login, row.id)).collect();
        for nick in nicks {
            let id = *ids.get(&login(nick)).ok_or_else(|| Error::internal(format!("{nick} was not imported")))?;
            stage.meet(nick, id).await?;
        }
        Ok(stage)
    }

    /// Loads a person with the rights of this moment.
    async fn meet(&mut self, nick: &'static str, id: Uuid) -> Result<()> {
        let caller = authenticate::load(&self.app, id, None).await?;
        let caller = caller.ok_or_else(|| Error::internal(format!("{nick} is not there")))?;
        self.people.insert(nick, (id, caller));
        Ok(())
    }

    /// Plays everything.
    pub(super) async fn run(mut self) -> Result<()> {
        let entries = std::mem::take(&mut self.timeline.entries);
        for (n, entry) in entries.iter().enumerate() {
            if entry.at.0 - self.clock.load(Ordering::SeqCst) > READY_WITHIN {
                self.renderer.run().await?;
            }
            self.clock.store(entry.at.0, Ordering::SeqCst);
            // Renditions of the scene before are made meanwhile: they are a large part of the seed's work.
            let renderer = self.renderer.clone();
            let rendering = async { renderer.run().await.map_err(|error| failed(entry, error)) };
            let performing = async { self.run_action(entry).await.map_err(|error| failed(entry, error)) };
            tokio::try_join!(performing, rendering)?;
            if n % TELL == TELL - 1 {
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

    /// The context of what a person of the cast does.
    fn context(&self, nick: &str) -> Result<Context<'_>> {
        Ok(Context::new(&self.app, self.caller(nick)?))
    }

    fn caller(&self, nick: &str) -> Result<&Caller> {
        let known = self.people.get(nick).map(|(_, caller)| caller);
        known.ok_or_else(|| Error::internal(format!("nobody is called {nick}")))
    }

    fn id_of(&self, nick: &str) -> Result<Uuid> {
        self.caller(nick).map(|caller| caller.person_id)
    }
}

/// Whatever goes wrong is a fault of the script: say of which act.
fn failed(entry: &TimelineEntry, error: Error) -> Error {
    match error {
        Error::Refused(refusals) => Error::internal(format!("the demo's {:?} was refused: {refusals:?}", entry.action)),
        Error::Internal(fault) => Error::internal(format!("the demo's {:?} failed: {fault}", entry.action)),
        Error::Repeated => Error::Repeated,
        Error::Overloaded(wait) => Error::Overloaded(wait),
    }
}
