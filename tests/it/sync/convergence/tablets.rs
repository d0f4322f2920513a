//! The tablets of a history and their holders.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use app::Clock;
use domain::Timestamp;
use tempfile::TempDir;
use tests::app::START;
use tests::tablet::Tablet;
use tests::tablet::error::RetryPolicy;
use tests::tablet::local::{Durability, Local};
use uuid::Uuid;

use super::acting::{TabletAction, Target, choose};
use super::environment::{Environment, ProjectSetup, UNITS};
use super::faulty_network::{FaultyNetwork, hang_up_after};
use super::history::PEOPLE;

/// The shared source of unique texts.
pub(super) type Words = Arc<AtomicU32>;

/// A tablet with its holder.
pub(super) struct Holder {
    pub(super) tablet: Tablet<FaultyNetwork>,
    pub(super) login: &'static str,
    pub(super) network: FaultyNetwork,
    /// The recorded operations, for comparison.
    pub(super) recorded: Vec<Uuid>,
    /// All people who have signed in on it.
    pub(super) people: BTreeSet<&'static str>,
    /// The unit to which a person's copy is restricted.
    narrowed: BTreeMap<&'static str, &'static str>,
    own: Vec<Target>,
    shots: Mutex<Vec<Uuid>>,
    words: Words,
    folder: TempDir,
}

impl Holder {
    pub(super) async fn new(
        environment: &Environment,
        setup: &ProjectSetup,
        person: u8,
        hours: i16,
        words: Words,
    ) -> Self {
        let login = PEOPLE[usize::from(person) % PEOPLE.len()];
        let folder = tempfile::Builder::new().prefix("tablet").tempdir().expect("a folder");
        let network = FaultyNetwork::to(&environment.server, environment.http.clone());
        let tablet = Tablet {
            local: Local::open(folder.path(), "a tablet", Durability::Crash).await.expect("a database"),
            session: Arc::new(environment.session(login, &network)),
            project_id: setup.project.id,
            clock: clock(hours),
            retry_policy: RetryPolicy::NONE,
        };
        let people = BTreeSet::from([login]);
        Self {
            tablet,
            login,
            network,
            recorded: Vec::new(),
            people,
            narrowed: BTreeMap::new(),
            own: Vec::new(),
            shots: Mutex::default(),
            words,
            folder,
        }
    }

    /// A unique text.
    pub(super) fn word(&self) -> String {
        format!("word {} of {}", self.words.fetch_add(1, Ordering::Relaxed), self.login)
    }

    pub(super) fn count(&self) -> u32 {
        self.words.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn took(&self, photo_id: Uuid) {
        self.shots.lock().unwrap_or_else(PoisonError::into_inner).push(photo_id);
    }

    /// The newest photos taken on it.
    pub(super) fn shots(&self) -> Vec<Uuid> {
        let shots = self.shots.lock().unwrap_or_else(PoisonError::into_inner);
        shots.iter().rev().take(1).copied().collect()
    }

    /// Acts by the numbers of a step.
    pub(super) async fn act(&mut self, setup: &ProjectSetup, step: (u8, u8, u16)) {
        self.tablet.clock.advance_seconds(1);
        let targets = self.targets().await;
        let recorded = match choose(setup, self, &targets, step) {
            TabletAction::Photo(shot) => {
                self.tablet.take_photo(shot).await.expect("the tablet's disk");
                let all = self.tablet.local.operations().await.expect("the tablet's disk");
                all.last().expect("an operation").operation.id
            }
            TabletAction::Action(work) => {
                if work.command == "defectLog" {
                    let id = work.input["defectId"].as_str().and_then(|id| id.parse().ok()).expect("an id");
                    self.own.push(Target { id, unit_id: work.unit_id });
                }
                self.tablet.record(work).await.expect("the tablet's disk")
            }
        };
        self.recorded.push(recorded);
    }

    /// The available defects: those of the copy, and those logged here that the server does not know yet.
    async fn targets(&self) -> Vec<Target> {
        let (person, project) = (self.tablet.session.person_id(), self.tablet.project_id);
        let copy = self.tablet.local.copy(person, project).await.expect("the tablet's disk");
        let mut targets = self.own.clone();
        for held in copy.iter().filter(|held| held.kind == "DEFECT") {
            let id: Uuid = held.id.parse().expect("an id");
            let unit_id = held.content["unit"]["id"].as_str().and_then(|id| id.parse().ok());
            if !targets.iter().any(|target| target.id == id) {
                targets.push(Target { id, unit_id });
            }
        }
        targets
    }

    /// Synchronises once; an interruption is no fault.
    pub(super) async fn sync(&self) -> Result<(), String> {
        self.tablet.sync().await.map(drop).map_err(|error| format!("{error:?}"))
    }

    /// The app is killed after this many steps of a synchronisation, and restarted.
    pub(super) async fn is_killed_in_sync(&mut self, polls: u8) {
        drop(hang_up_after(polls, self.tablet.sync()).await);
        self.tablet.local.close().await;
        let opened = Local::open(self.folder.path(), "a tablet", Durability::Crash).await;
        self.tablet.local = opened.expect("a database");
    }

    pub(super) fn set_clock(&mut self, hours: i16) {
        self.tablet.clock = clock(hours);
    }

    /// Signs out with any pending work, and lets another person sign in.
    pub(super) fn hand_over(&mut self, environment: &Environment, login: &'static str) {
        self.login = login;
        self.people.insert(login);
        self.tablet.session = Arc::new(environment.session(login, &self.network));
    }

    /// The unit to which the present holder's copy is restricted.
    pub(super) fn narrowed(&self) -> Option<&'static str> {
        self.narrowed.get(self.login).copied()
    }

    pub(super) async fn narrow(&mut self, setup: &ProjectSetup, unit: Option<u8>) {
        match unit {
            Some(unit) => self.narrowed.insert(self.login, UNITS[usize::from(unit) % UNITS.len()]),
            None => self.narrowed.remove(self.login),
        };
        let filter = filter(setup, self.narrowed());
        let (person, project) = (self.tablet.session.person_id(), self.tablet.project_id);
        self.tablet.local.narrow(person, project, filter.as_ref()).await.expect("the tablet's disk");
    }
}

/// The filter of a copy that is restricted to a unit.
pub(super) fn filter(setup: &ProjectSetup, unit: Option<&str>) -> Option<serde_json::Value> {
    unit.map(|unit| serde_json::json!({ "unitIds": [setup.project.unit(unit)] }))
}

fn clock(hours: i16) -> Clock {
    let start = Timestamp::from_rfc3339(START).expect("a moment");
    Clock::fixed(start.plus_seconds(i64::from(hours) * 3_600))
}
