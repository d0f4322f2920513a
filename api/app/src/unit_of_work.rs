//! The unit of work: one write transaction with the events, changes and jobs that belong to it.
//!
//! A use case begins it by its [`Context`](crate::context::Context), changes rows through [`UnitOfWork::tx`], adds
//! events by [`UnitOfWork::add_event`], marks changed objects by [`UnitOfWork::mark_changed`], and commits. The commit
//! writes the answer to the operation, if there is one, what people hear of the events, and the jobs, then takes the
//! project's change numbers as the last thing before the event and change rows: so the order of commits is the order of
//! numbers.

mod changes;
mod inbox;

use std::sync::Arc;

use domain::id::{DefectId, Id, PersonId, ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use domain::time::CLOCK_LEEWAY_MICROS;
use domain::{Actor, Caller, Refusal, RefusalCode, Timestamp};
use message_channels::Channels;
use serde::Serialize;
use store::boxed;
use store::changes::ChangedObject;
use store::db::WriteTx;
use store::entity::{client_ids, events, jobs};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::fingerprint::fingerprint;
use crate::jobs::{JobKind, JobNotifier};
use crate::live::Live;
use crate::messages::MessageNotifier;
pub use crate::new_event::NewEvent;
use crate::operation::{Change, OperationContext, OperationLog};
use crate::{App, Ids};

/// The result of reserving a client's id for a create: the idempotency key of offline clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientIdReservation {
    /// The id is new: the create is to be done.
    New,
    /// The same create was done before, with the same content: the stored object is the answer.
    Done,
}

/// The events and changes that a commit writes in one project.
struct ProjectPart {
    project_id: ProjectId,
    actor: Option<Actor>,
    events: Vec<NewEvent>,
    changes: Vec<ChangedObject>,
    numbered_defect: Option<DefectId>,
}

/// A write transaction of one person, usually in one project.
pub struct UnitOfWork {
    /// The transaction, for the finders and writes of `store`.
    pub tx: WriteTx,
    /// The time of the command.
    pub now: Timestamp,
    ids: Ids,
    job_notifier: JobNotifier,
    pub(crate) channels: Arc<Channels>,
    message_notifier: MessageNotifier,
    pub(crate) wakes_sender: bool,
    live: Live,
    person_id: Option<PersonId>,
    /// The only unit of the person's session.
    pub(crate) only_unit: Option<UnitId>,
    actor: Option<Actor>,
    project_id: Option<ProjectId>,
    events: Vec<NewEvent>,
    changes: Vec<ChangedObject>,
    other_projects: Vec<ProjectPart>,
    jobs: Vec<jobs::Model>,
    numbered_defect: Option<DefectId>,
    pub(crate) operation: Option<OperationContext>,
    unit_id: Option<UnitId>,
    time_doubted: bool,
    refused: Option<Refusal>,
}

impl UnitOfWork {
    /// Begins a unit of work of a person, or of the server; its commit answers the operation.
    pub(crate) async fn begin(
        app: &App,
        person_id: Option<PersonId>,
        operation: Option<&OperationContext>,
    ) -> Result<Self> {
        Ok(Self {
            tx: app.db.begin().await?,
            now: app.clock.now(),
            ids: app.ids.clone(),
            job_notifier: app.job_notifier.clone(),
            channels: Arc::clone(&app.channels),
            message_notifier: app.message_notifier.clone(),
            wakes_sender: false,
            live: app.live.clone(),
            person_id,
            only_unit: None,
            actor: None,
            project_id: None,
            events: Vec::new(),
            changes: Vec::new(),
            other_projects: Vec::new(),
            jobs: Vec::new(),
            numbered_defect: None,
            time_doubted: operation.is_some_and(OperationContext::is_time_doubted),
            operation: operation.cloned(),
            unit_id: None,
            refused: None,
        })
    }
}

impl UnitOfWork {
    /// Sets the project of the work, and returns the caller as a member of that project.
    ///
    /// # Errors
    /// `NOT_FOUND` for a caller without a role in the project.
    pub fn act_in_project(&mut self, caller: &Caller, project_id: ProjectId) -> Result<Actor> {
        let actor = caller.actor_in(project_id).ok_or_else(|| Error::not_found("projectId"))?;
        self.project_id = Some(project_id);
        self.actor = Some(actor.clone());
        Ok(actor)
    }

    /// The same for a caller who may have lost the role in the project: then the work has no actor.
    pub(crate) fn act_in_project_if_member(&mut self, caller: &Caller, project_id: ProjectId) {
        if self.act_in_project(caller, project_id).is_err() {
            self.act_as_system(project_id);
        }
    }

    /// Sets the unit of the work, for work that changes no object of a unit.
    pub(crate) const fn set_unit(&mut self, unit_id: Option<UnitId>) {
        self.unit_id = unit_id;
    }

    /// The unit of what has changed.
    pub(crate) fn unit_of_changes(&self) -> Option<UnitId> {
        self.changes.iter().find_map(|change| change.unit_id).or(self.unit_id)
    }

    /// Whose work it is; none for the server's own.
    pub(crate) const fn person_id(&self) -> Option<PersonId> {
        self.person_id
    }

    /// The caller as a member of the project.
    pub(crate) const fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    /// Where the answers to operations are written, in this transaction.
    pub(crate) const fn operation_log(&self) -> OperationLog<'_> {
        OperationLog { tx: &self.tx, now: self.now, person_id: self.person_id, only_unit: self.only_unit }
    }

    /// Sets the project of work that no member does: an import, the demo, a job.
    pub const fn act_as_system(&mut self, project_id: ProjectId) {
        self.project_id = Some(project_id);
    }

    /// Sets the person of work that began before the person was known: an invitation makes one.
    pub(crate) const fn act_as_person(&mut self, person_id: PersonId) {
        self.person_id = Some(person_id);
    }

    /// The time of a command by the device's clock, never before `earliest`. A time within the leeway is moved to
    /// `earliest`. An earlier time is replaced by the server's, and the event is marked as doubted.
    pub(crate) fn plausible_time(&mut self, said: Timestamp, earliest: Timestamp) -> Timestamp {
        let earliest = earliest.min(self.now);
        if self.time_doubted || earliest.micros_since(said) > CLOCK_LEEWAY_MICROS {
            self.time_doubted = true;
            return self.now;
        }
        said.max(earliest)
    }

    /// Refuses the command, but not before its commit: by then the use case has recognized a command that was done
    /// before, or that changes nothing, and has answered it without a commit.
    pub(crate) fn refuse_at_commit(&mut self, refusal: Refusal) {
        self.refused = Some(refusal);
    }

    /// Whether the device's time was rejected as impossible.
    pub(crate) const fn is_time_doubted(&self) -> bool {
        self.time_doubted
    }

    /// The time by which lateness is judged: the device's if the device was offline then, otherwise the server's.
    pub(crate) fn lateness_time(&self, occurred_at: Timestamp) -> Timestamp {
        let offline = self.operation.as_ref().is_some_and(|operation| operation.was_offline_at(occurred_at));
        if offline && !self.time_doubted { occurred_at } else { self.now }
    }

    /// Whether another person or device made a change after the version that the client saw.
    pub(crate) fn is_by_others(&self, current: i32, change: Change) -> bool {
        self.operation.as_ref().is_some_and(|operation| operation.is_by_others(self.person_id, current, change))
    }

    /// A new id for something that the server itself creates.
    #[must_use]
    pub fn new_id<I: From<Uuid>>(&self) -> I {
        self.ids.next()
    }

    /// Reserves a client's id for a create, so that a repeated create makes no second record.
    ///
    /// # Errors
    /// `INVALID_ID` for an id that is not of version 7, `ID_REUSED` when it was used for something else.
    pub async fn reserve_client_id(
        &self,
        id: impl Id,
        kind: ObjectKind,
        field: &str,
        content: &impl Serialize,
    ) -> Result<ClientIdReservation> {
        let id: Uuid = id.into();
        domain::id::check_new(id, field)?;
        let fingerprint = fingerprint(content)?;
        let row = client_ids::Model {
            id,
            kind,
            person_id: self.person_id.unwrap_or_default(),
            fingerprint,
            recorded_at: self.now.0,
        };
        let reused = || Error::from(Refusal::at(RefusalCode::IdReused, field));
        let Some(earlier) = store::client_ids::reserve(&self.tx, row.clone()).await? else {
            // The id of an object that the server made itself, in an import for example, was never reserved, and is in
            // use. A pending edit has the id of its operation, which is not the id of an object.
            let kind = store::object_kinds::kinds_of(&self.tx, &[id]).await?.remove(&id);
            let taken = kind.is_some_and(|kind| kind != ObjectKind::PendingEdit);
            return if taken { Err(reused()) } else { Ok(ClientIdReservation::New) };
        };
        let same =
            earlier.kind == row.kind && earlier.person_id == row.person_id && earlier.fingerprint == row.fingerprint;
        if same { Ok(ClientIdReservation::Done) } else { Err(reused()) }
    }

    /// Gives the defect the project's next number at the commit.
    pub const fn number_defect(&mut self, defect_id: DefectId) {
        self.numbered_defect = Some(defect_id);
    }

    /// Queues a job, which runs after the commit.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON.
    pub fn enqueue(&mut self, kind: JobKind, payload: &impl Serialize) -> Result<()> {
        self.enqueue_after(kind, payload, 0)
    }

    /// The same, with a delay in seconds.
    ///
    /// # Errors
    /// When the payload cannot be written as JSON.
    pub fn enqueue_after(&mut self, kind: JobKind, payload: &impl Serialize, seconds: i64) -> Result<()> {
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

    /// Commits all of the work, or nothing.
    ///
    /// # Errors
    /// The refusal of [`UnitOfWork::refuse_at_commit`], or when the database fails; then nothing of the work remains.
    #[boxed]
    pub async fn commit(mut self) -> Result<()> {
        if let Some(refusal) = self.refused.take() {
            self.tx.rollback().await?;
            return Err(refusal.into());
        }
        self.write_operation().await?;
        self.write_inbox_entries().await?;
        let wake = !self.jobs.is_empty();
        store::jobs::insert(&self.tx, std::mem::take(&mut self.jobs)).await?;
        let mut newest = Vec::new();
        // Last, so that other writers of the project wait only for the rows below and the commit.
        for part in self.parts_by_project() {
            newest.push((part.project_id, self.write_events_and_changes(&part).await?));
        }
        self.tx.commit().await?;
        if wake {
            self.job_notifier.notify();
        }
        if self.wakes_sender {
            self.message_notifier.notify();
        }
        for (project_id, seq) in newest {
            self.live.committed(project_id, seq);
        }
        Ok(())
    }

    /// Writes the answer to the operation in whose context the work was begun, once.
    async fn write_operation(&mut self) -> Result<()> {
        let Some(operation) = self.operation.clone().filter(|operation| !operation.is_recorded()) else {
            return Ok(());
        };
        let place = (self.project_id, self.unit_of_changes());
        let event = self.operation_log().write_answer(&operation, self.actor.as_ref(), place).await?;
        if let Some(event) = event {
            self.add_event(event);
        }
        operation.set_recorded(self.project_id);
        Ok(())
    }

    /// The events and changes by project, in the order of the projects' ids, so that concurrent commits take the
    /// numbers in the same order.
    fn parts_by_project(&mut self) -> Vec<ProjectPart> {
        let mut parts = std::mem::take(&mut self.other_projects);
        if let Some(project_id) = self.project_id
            && !(self.changes.is_empty() && self.events.is_empty())
        {
            parts.push(ProjectPart {
                project_id,
                actor: self.actor.clone(),
                events: std::mem::take(&mut self.events),
                changes: std::mem::take(&mut self.changes),
                numbered_defect: self.numbered_defect,
            });
        }
        parts.sort_by_key(|part| part.project_id);
        parts
    }

    /// Takes the project's numbers and writes the event and change rows; returns the newest number.
    async fn write_events_and_changes(&self, part: &ProjectPart) -> Result<i64> {
        // An event that changes no object has a number all the same.
        let (project_id, count) = (part.project_id, part.changes.len().max(1));
        let numbers = store::changes::allocate_numbers(&self.tx, project_id, count, part.numbered_defect).await?;
        store::events::insert(&self.tx, self.event_rows(part, numbers)).await?;
        store::changes::insert_changes(&self.tx, project_id, numbers, &part.changes, self.now).await?;
        Ok(numbers + i64::try_from(count).unwrap_or(0) - 1)
    }

    fn event_rows(&self, part: &ProjectPart, first: i64) -> Vec<events::Model> {
        let actor = part.actor.as_ref();
        part.events
            .iter()
            .map(|event| events::Model {
                id: self.ids.next(),
                project_id: part.project_id,
                seq: first + part.position(event),
                object_kind: event.kind,
                object_id: event.object_id,
                unit_id: event.unit_id,
                defect_id: event.defect_id,
                name: event.name,
                from_status: event.from.map(str::to_owned),
                to_status: event.to.map(str::to_owned),
                person_id: event.by.or(self.person_id),
                company_id: actor.filter(|_| event.by.is_none()).and_then(Actor::company_id),
                role: actor.filter(|_| event.by.is_none()).map(|actor| actor.role()),
                party: actor.filter(|_| event.by.is_none()).map(|actor| actor.party()),
                visible_to: event.visible_to,
                occurred_at: event.occurred_at.0,
                recorded_at: self.now.0,
                reason: event.reason.clone(),
                data: event.data.clone(),
                // The server's time, which replaced the device's.
                time_doubted: self.time_doubted && event.occurred_at == self.now,
            })
            .collect()
    }
}

impl ProjectPart {
    /// An event carries the number of its object's change.
    fn position(&self, event: &NewEvent) -> i64 {
        let index = self
            .changes
            .iter()
            .position(|change| change.few.is_none() && change.object_id == event.object_id && change.kind == event.kind)
            .unwrap_or(0);
        i64::try_from(index).unwrap_or(0)
    }
}
