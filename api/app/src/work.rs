//! The unit of work: one write transaction with everything that must be true together with it.
//!
//! A use case begins it by its [`Context`](crate::context::Context), changes rows through [`Work::tx`], says what happened
//! by [`Work::event`] and what looks different now by [`Work::changed`], and commits. The commit writes the answer to the
//! operation, if there is one, and the jobs, then takes the project's change numbers as the last thing before the event
//! and change rows: so the order of commits is the order of numbers.

mod changes;

use domain::object_kind::ObjectKind;
use domain::time::CLOCK_LEEWAY_MICROS;
use domain::{Actor, Caller, Refusal, RefusalCode, Timestamp};
use serde::Serialize;
use store::changes::ChangedObject;
use store::db::WriteTx;
use store::entity::{client_ids, events, jobs};
use uuid::Uuid;

use crate::error::{Error, Result};
pub use crate::event::Happening;
use crate::fingerprint::fingerprint;
use crate::jobs::{JobKind, Signals};
use crate::live::Live;
use crate::operation::{Change, OperationContext, OperationLog};
use crate::{App, Ids};

/// Whether a create with a client's id is new, or a repetition of one that was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// New: go on.
    New,
    /// Done before with the same content: answer the object that is there.
    Done,
}

/// What a commit records in one project.
struct Part {
    project_id: Uuid,
    actor: Option<Actor>,
    happenings: Vec<Happening>,
    changes: Vec<ChangedObject>,
    numbered_defect: Option<Uuid>,
}

/// A write transaction of one person, usually in one project.
pub struct Work {
    /// The transaction, for the finders and writes of `store`.
    pub tx: WriteTx,
    /// The time of the command.
    pub now: Timestamp,
    ids: Ids,
    signals: Signals,
    live: Live,
    person_id: Option<Uuid>,
    actor: Option<Actor>,
    project_id: Option<Uuid>,
    happenings: Vec<Happening>,
    changes: Vec<ChangedObject>,
    elsewhere: Vec<Part>,
    jobs: Vec<jobs::Model>,
    numbered_defect: Option<Uuid>,
    pub(crate) operation: Option<OperationContext>,
    unit_id: Option<Uuid>,
    time_doubted: bool,
    refused: Option<Refusal>,
}

impl Work {
    /// Begins a unit of work of a person, or of the server; its commit answers the operation.
    pub(crate) async fn begin(
        app: &App,
        person_id: Option<Uuid>,
        operation: Option<&OperationContext>,
    ) -> Result<Self> {
        Ok(Self {
            tx: app.db.begin().await?,
            now: app.clock.now(),
            ids: app.ids.clone(),
            signals: app.signals.clone(),
            live: app.live.clone(),
            person_id,
            actor: None,
            project_id: None,
            happenings: Vec::new(),
            changes: Vec::new(),
            elsewhere: Vec::new(),
            jobs: Vec::new(),
            numbered_defect: None,
            time_doubted: operation.is_some_and(OperationContext::is_time_doubted),
            operation: operation.cloned(),
            unit_id: None,
            refused: None,
        })
    }
}

impl Work {
    /// Says in which project the work happens, and answers as what the caller does it there.
    ///
    /// # Errors
    /// `NOT_FOUND` for whoever has no standing in the project.
    pub fn enter(&mut self, caller: &Caller, project_id: Uuid) -> Result<Actor> {
        let actor = caller.actor_in(project_id).ok_or_else(|| Error::not_found("projectId"))?;
        self.project_id = Some(project_id);
        self.actor = Some(actor.clone());
        Ok(actor)
    }

    /// The same where it does not matter whether the caller still has a standing in the project.
    pub(crate) fn enter_if_member(&mut self, caller: &Caller, project_id: Uuid) {
        if self.enter(caller, project_id).is_err() {
            self.enter_as_operator(project_id);
        }
    }

    /// Says of which unit the work is, where nothing that changes tells.
    pub(crate) const fn set_unit(&mut self, unit_id: Option<Uuid>) {
        self.unit_id = unit_id;
    }

    /// The unit of what has changed.
    pub(crate) fn unit_of_changes(&self) -> Option<Uuid> {
        self.changes.iter().find_map(|change| change.unit_id).or(self.unit_id)
    }

    /// As what the caller does it.
    pub(crate) const fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    /// Where the answers to operations are written, in this transaction.
    pub(crate) const fn operation_log(&self) -> OperationLog<'_> {
        OperationLog { tx: &self.tx, now: self.now, person_id: self.person_id }
    }

    /// Says in which project the work happens, for work that no member of it does (an import, the demo, a job).
    pub const fn enter_as_operator(&mut self, project_id: Uuid) {
        self.project_id = Some(project_id);
    }

    /// The time at which something was done that cannot have been done before `earliest`, by what the device says. A little
    /// earlier is a clock that goes wrong; any other time is none at all: then the server's stands, and the event says so.
    pub(crate) fn plausible(&mut self, said: Timestamp, earliest: Timestamp) -> Timestamp {
        let earliest = earliest.min(self.now);
        if self.time_doubted || earliest.micros_since(said) > CLOCK_LEEWAY_MICROS {
            self.time_doubted = true;
            return self.now;
        }
        said.max(earliest)
    }

    /// Refuses the command, but not before its commit: by then the use case has recognized a command that was done before,
    /// or that changes nothing, and has answered it without a commit.
    pub(crate) fn refuse_at_commit(&mut self, refusal: Refusal) {
        self.refused = Some(refusal);
    }

    /// Whether the device's time was none that can be.
    pub(crate) const fn is_time_doubted(&self) -> bool {
        self.time_doubted
    }

    /// By which time it is judged whether something came late: the device's if it could reach nobody then, else the
    /// server's.
    pub(crate) fn judged_at(&self, occurred_at: Timestamp) -> Timestamp {
        let offline = self.operation.as_ref().is_some_and(|operation| operation.was_offline_at(occurred_at));
        if offline && !self.time_doubted { occurred_at } else { self.now }
    }

    /// Whether somebody else made a change after the version that this person saw.
    pub(crate) fn is_by_others(&self, current: i32, change: Change) -> bool {
        self.operation.as_ref().is_some_and(|operation| operation.is_by_others(self.person_id, current, change))
    }

    /// A new id for something that the server itself creates.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        self.ids.next()
    }

    /// Claims a client's id for a create, so that doing it again is no second record.
    ///
    /// # Errors
    /// `INVALID_ID` for an id that is not of version 7, `ID_REUSED` when it was used for something else.
    pub async fn claim(&self, id: Uuid, kind: ObjectKind, field: &str, content: &impl Serialize) -> Result<Claim> {
        domain::ids::check_new(id, field)?;
        let fingerprint = fingerprint(content)?;
        let row = client_ids::Model {
            id,
            kind: kind.as_str().to_owned(),
            person_id: self.person_id.unwrap_or_default(),
            fingerprint,
            recorded_at: self.now.0,
        };
        let reused = || Error::from(Refusal::at(RefusalCode::IdReused, field));
        let Some(earlier) = store::client_ids::claim(&self.tx, row.clone()).await? else {
            // What the server made itself, as an import does, nobody claimed; its id is taken all the same.
            // An edit that waits has the id of its operation, which is no object's.
            let kind = store::nodes::kinds(&self.tx, &[id]).await?.remove(&id);
            let taken = kind.is_some_and(|kind| kind != ObjectKind::PendingEdit);
            return if taken { Err(reused()) } else { Ok(Claim::New) };
        };
        let same =
            earlier.kind == row.kind && earlier.person_id == row.person_id && earlier.fingerprint == row.fingerprint;
        if same { Ok(Claim::Done) } else { Err(reused()) }
    }

    /// Gives the defect the project's next number at the commit.
    pub const fn number_defect(&mut self, defect_id: Uuid) {
        self.numbered_defect = Some(defect_id);
    }

    /// Queues a job that runs once this work is committed.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON.
    pub fn job(&mut self, kind: JobKind, payload: &impl Serialize) -> Result<()> {
        self.job_later(kind, payload, 0)
    }

    /// The same, not before so many seconds have gone by.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON.
    pub fn job_later(&mut self, kind: JobKind, payload: &impl Serialize, seconds: i64) -> Result<()> {
        self.jobs.push(jobs::Model {
            id: self.ids.next(),
            kind: kind.as_str().to_owned(),
            payload: serde_json::to_value(payload)?,
            payload_version: crate::jobs::PAYLOAD_VERSION,
            project_id: self.project_id,
            run_at: self.now.plus_seconds(seconds).0,
            attempts: 0,
            max_attempts: crate::jobs::MAX_ATTEMPTS,
            lease_until: None,
            lease_token: None,
            done_at: None,
            failed_at: None,
            last_error: None,
            created_at: self.now.0,
        });
        Ok(())
    }

    /// Commits, or leaves nothing behind.
    ///
    /// # Errors
    /// The refusal of [`Work::refuse_at_commit`], or when the database fails; then nothing of the work remains.
    pub async fn commit(mut self) -> Result<()> {
        if let Some(refusal) = self.refused.take() {
            self.tx.rollback().await?;
            return Err(refusal.into());
        }
        self.record_operation().await?;
        let wake = !self.jobs.is_empty();
        store::jobs::insert(&self.tx, std::mem::take(&mut self.jobs)).await?;
        let mut newest = Vec::new();
        // Last, so that other writers of the project wait only for the rows below and the commit.
        for part in self.parts() {
            newest.push((part.project_id, self.record(&part).await?));
        }
        self.tx.commit().await?;
        if wake {
            self.signals.wake();
        }
        for (project_id, seq) in newest {
            self.live.committed(project_id, seq);
        }
        Ok(())
    }

    /// Writes the answer to the operation in whose context the work was begun, once.
    async fn record_operation(&mut self) -> Result<()> {
        let Some(operation) = self.operation.clone().filter(|operation| !operation.is_recorded()) else {
            return Ok(());
        };
        let place = (self.project_id, self.unit_of_changes());
        let happening = self.operation_log().record(&operation, self.actor.as_ref(), place).await?;
        if let Some(happening) = happening {
            self.event(happening);
        }
        operation.set_recorded(self.project_id);
        Ok(())
    }

    /// What is to be recorded in each project, in the order of the projects' ids: two commits that concern the same
    /// projects take their numbers in the same order.
    fn parts(&mut self) -> Vec<Part> {
        let mut parts = std::mem::take(&mut self.elsewhere);
        if let Some(project_id) = self.project_id
            && !(self.changes.is_empty() && self.happenings.is_empty())
        {
            parts.push(Part {
                project_id,
                actor: self.actor.clone(),
                happenings: std::mem::take(&mut self.happenings),
                changes: std::mem::take(&mut self.changes),
                numbered_defect: self.numbered_defect,
            });
        }
        parts.sort_by_key(|part| part.project_id);
        parts
    }

    /// Takes the project's numbers and writes the event and change rows; answers the newest number.
    async fn record(&self, part: &Part) -> Result<i64> {
        // An event that changes no object has a number all the same.
        let (project_id, count) = (part.project_id, part.changes.len().max(1));
        let numbers = store::changes::take_numbers(&self.tx, project_id, count, part.numbered_defect).await?;
        store::events::insert(&self.tx, self.event_rows(part, numbers)).await?;
        store::changes::record(&self.tx, project_id, numbers, &part.changes, self.now).await?;
        Ok(numbers + i64::try_from(count).unwrap_or(0) - 1)
    }

    fn event_rows(&self, part: &Part, first: i64) -> Vec<events::Model> {
        let actor = part.actor.as_ref();
        part.happenings
            .iter()
            .map(|happening| events::Model {
                id: self.ids.next(),
                project_id: part.project_id,
                seq: first + part.position(happening),
                object_kind: happening.kind.as_str().to_owned(),
                object_id: happening.object_id,
                unit_id: happening.unit_id,
                defect_id: happening.defect_id,
                name: happening.name.as_str().to_owned(),
                from_status: happening.from.map(str::to_owned),
                to_status: happening.to.map(str::to_owned),
                person_id: happening.by.or(self.person_id),
                company_id: actor.filter(|_| happening.by.is_none()).and_then(Actor::company_id),
                role: actor.filter(|_| happening.by.is_none()).map(|actor| actor.role().as_str().to_owned()),
                party: actor.filter(|_| happening.by.is_none()).map(|actor| actor.party().as_str().to_owned()),
                visible_to: happening.visible_to.as_str().to_owned(),
                occurred_at: happening.occurred_at.0,
                recorded_at: self.now.0,
                reason: happening.reason.clone(),
                data: happening.data.clone(),
                // The server's own moment needs no doubt.
                time_doubted: self.time_doubted && happening.occurred_at == self.now,
            })
            .collect()
    }
}

impl Part {
    /// An event carries the number of its object's change.
    fn position(&self, happening: &Happening) -> i64 {
        let index = self
            .changes
            .iter()
            .position(|change| {
                change.few.is_none() && change.object_id == happening.object_id && change.kind == happening.kind
            })
            .unwrap_or(0);
        i64::try_from(index).unwrap_or(0)
    }
}
