//! Tablets with their holders, over a connection to a process that may be killed at any moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::Clock;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::dice::Dice;
use tests::ids::v7;
use tests::tablet::error::{RetryPolicy, TabletError};
use tests::tablet::local::{Durability, Kept, Local, PhotoState, State};
use tests::tablet::{Action, Shot, Tablet};
use tokio::sync::watch;
use uuid::Uuid;

use super::site::{Site, Way};
use crate::photos::pictures::some_jpeg;
use crate::sync::convergence::renew;

/// The people with tablets. All have the rights to all actions, so that no refusal is expected; two people have two
/// tablets each.
pub(super) const PEOPLE: [&str; 6] = ["site", "manager", "supervisor", "relations", "site", "manager"];
/// The tablet that sends its photos only at the end: until then they are missing, and it keeps them.
const OF_THE_EVENING: usize = 3;
/// The maximum number of actions between two synchronisations.
const STRETCH: usize = 8;
/// The maximum number of consecutive failed synchronisations.
const FAILURES: usize = 600;
/// One repetition; then the holder decides.
const HASTE: RetryPolicy =
    RetryPolicy { shortest: Duration::from_millis(5), longest: Duration::from_millis(50), times: 1 };

/// The shared state of the tablets of a run.
#[derive(Clone)]
pub(super) struct Shared {
    /// The number of acknowledged operations so far.
    pub(super) progress: watch::Sender<usize>,
    /// The number of interrupted synchronisations.
    pub(super) broken: Arc<AtomicUsize>,
    /// A defect for a negative control: interrupted operations are sent again under new ids.
    pub(super) fresh_ids: bool,
}

impl Shared {
    pub(super) fn new(fresh_ids: bool) -> Self {
        Self { progress: watch::Sender::new(0), broken: Arc::default(), fresh_ids }
    }
}

/// A tablet with its holder.
pub(super) struct Holder {
    pub(super) number: usize,
    pub(super) login: &'static str,
    pub(super) tablet: Tablet<Way>,
    /// All actions, for comparison.
    pub(super) recorded: Vec<Uuid>,
    /// The number of journal operations that it has offered again.
    pub(super) offered: u64,
    shared: Shared,
    dice: Dice,
    units: Vec<Uuid>,
    own: Vec<Uuid>,
    _folder: TempDir,
}

impl Holder {
    pub(super) async fn new(site: &Site, number: usize, dice: Dice, shared: Shared, deaf: bool) -> Self {
        let login = PEOPLE[number % PEOPLE.len()];
        let folder = tempfile::Builder::new().prefix("tablet").tempdir().expect("a folder");
        let mut way = site.way(0);
        way.deaf = deaf;
        let name = format!("tablet {number}");
        let tablet = Tablet {
            local: Local::open(folder.path(), &name, Durability::Crash).await.expect("a database"),
            session: Arc::new(site.sign_in(&way, login).await),
            project_id: site.project.id,
            clock: Clock::System,
            retry_policy: HASTE,
        };
        let units = ["1-101", "1-102", "1-201"].map(|unit| site.project.unit(unit)).to_vec();
        Self {
            number,
            login,
            tablet,
            recorded: Vec::new(),
            offered: 0,
            shared,
            dice,
            units,
            own: Vec::new(),
            _folder: folder,
        }
    }

    /// Acts this many times, and synchronises from time to time; at last until its queue is empty.
    pub(super) async fn work(&mut self, things: usize) -> Result<(), String> {
        let done = self.recorded.len() + things;
        while self.recorded.len() < done {
            for _ in 0..(1 + self.dice.below(STRETCH)).min(done - self.recorded.len()) {
                self.act().await;
            }
            self.synced().await?;
        }
        Ok(())
    }

    /// Acts this many times, and only pushes, without pulling.
    pub(super) async fn work_unseen(&mut self, things: usize) -> Result<(), String> {
        for _ in 0..things {
            self.act().await;
        }
        let pushed = self.tablet.push().await.map_err(|error| format!("{error:?}"))?;
        self.tablet.send_photos().await.map_err(|error| format!("{error:?}"))?;
        if pushed.later == 0 { Ok(()) } else { Err(format!("tablet {} has not sent all", self.number)) }
    }

    /// Synchronises until it succeeds.
    pub(super) async fn synced(&mut self) -> Result<(), String> {
        let before = self.acknowledged().await;
        for _ in 0..FAILURES {
            let error = match self.sync().await {
                Ok(0) => {
                    let more = self.acknowledged().await - before;
                    self.shared.progress.send_modify(|progress| *progress += more);
                    return Ok(());
                }
                Ok(_) => continue,
                Err(error) => error,
            };
            if !error.passes() {
                return Err(format!("tablet {}: {error:?}", self.number));
            }
            self.shared.broken.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(self.dice.throw() % 100)).await;
            if self.shared.fresh_ids {
                let new = renew(self.tablet.local.pool()).await;
                self.recorded.iter_mut().for_each(|id| *id = new.get(id).copied().unwrap_or(*id));
            }
        }
        Err(format!("tablet {} cannot synchronise", self.number))
    }

    /// Synchronises once; returns the number of operations that the server did not accept now.
    async fn sync(&mut self) -> Result<usize, TabletError> {
        if self.number != OF_THE_EVENING {
            let synced = self.tablet.sync().await?;
            self.offered += synced.pulled.offered_again;
            return Ok(synced.pushed.later);
        }
        let pushed = self.tablet.push().await?;
        let pulled = self.tablet.pull().await?;
        self.offered += pulled.offered_again;
        let again = if pulled.offered_again > 0 { self.tablet.push().await?.later } else { pushed.later };
        self.tablet.report().await?;
        Ok(again)
    }

    async fn acknowledged(&self) -> usize {
        self.journal().await.iter().filter(|kept| kept.state != State::Queued).count()
    }

    /// All operations on it, with their outcomes.
    pub(super) async fn journal(&self) -> Vec<Kept> {
        self.tablet.local.operations().await.expect("the tablet's disk")
    }

    /// The copy, by kind and id.
    pub(super) async fn copy(&self) -> BTreeMap<(String, String), Value> {
        let (person, project) = (self.tablet.session.person_id(), self.tablet.project_id);
        let held = self.tablet.local.copy(person, project).await.expect("the tablet's disk");
        held.into_iter().map(|held| ((held.kind, held.id), held.content)).collect()
    }

    /// The number of its photos in a state.
    pub(super) async fn photos(&self, state: PhotoState) -> Vec<Uuid> {
        let select = "SELECT id FROM photos WHERE state = ?";
        let rows = sqlx::query_scalar::<_, String>(select).bind(state.as_str()).fetch_all(self.tablet.local.pool());
        rows.await.expect("the tablet's disk").iter().filter_map(|id| id.parse().ok()).collect()
    }

    /// Acts once.
    pub(super) async fn act(&mut self) {
        let words = format!("{} of tablet {}, {}", self.recorded.len(), self.number, v7());
        let targets = self.targets().await;
        let unit_id = *self.dice.pick(&self.units);
        if targets.is_empty() || self.dice.chance(30) {
            let id = v7();
            self.own.push(id);
            let input = json!({ "defectId": id, "unitId": unit_id, "type": "WALL.CRACK", "description": words });
            return self.record("defectLog", input, None).await;
        }
        let target = *self.dice.pick(&targets);
        match self.dice.below(10) {
            0..5 => {
                let input = json!({ "defectId": target, "commentId": v7(), "body": words, "visibility": "SHARED" });
                self.record("defectComment", input, None).await;
            }
            5..8 => {
                let input = json!({ "defectId": target, "description": words });
                self.record("defectUpdate", input, Some(target)).await;
            }
            _ => self.photograph(target).await,
        }
    }

    async fn record(&mut self, command: &'static str, input: Value, object_id: Option<Uuid>) {
        let work = Action { command, input, object_id, unit_id: None };
        self.recorded.push(self.tablet.record(work).await.expect("the tablet's disk"));
    }

    async fn photograph(&mut self, defect_id: Uuid) {
        let (bytes, content_type) = (some_jpeg(), "image/jpeg");
        let shot = Shot { id: v7(), bytes, content_type, stage: "BEFORE", defect_id, unit_id: None };
        self.tablet.take_photo(shot).await.expect("the tablet's disk");
        let last = self.journal().await.last().expect("an operation").operation.id;
        self.recorded.push(last);
    }

    /// The available defects: those of the copy, and those logged here.
    async fn targets(&self) -> Vec<Uuid> {
        let (person, project) = (self.tablet.session.person_id(), self.tablet.project_id);
        let copy = self.tablet.local.copy(person, project).await.expect("the tablet's disk");
        let shown = copy.iter().filter(|held| held.kind == "DEFECT").filter_map(|held| held.id.parse().ok());
        // The newest: most of them are used by several people concurrently.
        let mut targets: Vec<Uuid> = shown.chain(self.own.iter().copied()).collect();
        targets.sort_unstable();
        targets.split_off(targets.len().saturating_sub(12))
    }
}
