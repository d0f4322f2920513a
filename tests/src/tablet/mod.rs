//! The reference client: the duties of an app on a tablet so that no work is lost or doubled, as a program.
//!
//! `docs/sync.md` explains the same in words. Read it in this order:
//!
//! 1. [`local`]: the tablet's database. It has the copy of the server's data, the queue of people's work, the journal
//!    of acknowledged operations, and pending photos. Every write is one transaction.
//! 2. [`wire`] and [`session`]: one request and its failures. The important one is [`TabletError::Broken`]: the server
//!    may have processed the request, so it is sent again **with the same ids**.
//! 3. [`push`]: sends the queue in order, in batches; every answer is stored before the next batch.
//! 4. [`pull`]: loads the changes in pages; each page and its cursor are one transaction.
//! 5. [`photos`]: declared like any operation, uploaded beside the API.
//! 6. [`sync`]: the order of these steps, and the report of the pending work on the device.
//!
//! The person never waits for any of it: [`Tablet::record`] writes to the tablet's own disk and returns.

pub mod documents;
pub mod encoding;
pub mod error;
pub mod http;
pub mod local;
pub mod photos;
pub mod pull;
pub mod push;
pub mod session;
pub mod sync;
pub mod wire;

use std::sync::Arc;

use app::Clock;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ids::v7;
use error::{RetryPolicy, TabletError};
use local::{Local, Operation, Photo};
use session::Session;
use wire::Wire;

/// A device with one person's session, in one project.
#[derive(Clone)]
pub struct Tablet<W> {
    /// The device's database, which outlives sessions, people and crashes.
    pub local: Local,
    /// The signed-in person, and the connection to the server.
    pub session: Arc<Session<W>>,
    /// The project of the work.
    pub project_id: Uuid,
    /// The device's clock, right or wrong.
    pub clock: Clock,
    /// The number of automatic repetitions, and their pauses.
    pub retry_policy: RetryPolicy,
}

/// An action of the person.
#[derive(Clone, Debug)]
pub struct Action {
    /// The command: the name of the mutation, and of the field of `SyncCommandInput`.
    pub command: &'static str,
    /// Its input, without the device's time and version, which belong to the operation.
    pub input: Value,
    /// The object that the person saw when deciding; `None` for commands that create.
    pub object_id: Option<Uuid>,
    /// The unit in which it was done.
    pub unit_id: Option<Uuid>,
}

/// A photo that the person takes.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The photo's id, made once by the tablet.
    pub id: Uuid,
    /// The bytes of the picture.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub content_type: &'static str,
    /// `BEFORE` or `AFTER`.
    pub stage: &'static str,
    /// The defect that it shows.
    pub defect_id: Uuid,
    /// The unit in which it was taken.
    pub unit_id: Option<Uuid>,
}

impl<W: Wire> Tablet<W> {
    /// Stores the person's action and returns, with or without a signal. Returns the operation's id, which stays the
    /// same for every repetition.
    ///
    /// # Errors
    /// When the tablet's own disk fails: then nothing was stored, and the person must be notified at once.
    pub async fn record(&self, work: Action) -> Result<Uuid, TabletError> {
        let operation = self.operation(work).await?;
        self.local.record(&operation).await?;
        Ok(operation.id)
    }

    /// Stores a photo: its bytes as a file, and in one transaction its entry in the upload queue and the operation that
    /// declares it. In the queue of operations it comes after the one that created its defect, and before those that
    /// name it.
    ///
    /// # Errors
    /// When the tablet's own disk fails.
    pub async fn take_photo(&self, shot: Shot) -> Result<Uuid, TabletError> {
        let (id, unit_id) = (shot.id, shot.unit_id);
        let photo = Photo::of(shot, self.session.person_id(), self.project_id);
        self.local.keep_bytes(&photo).await?;
        let work =
            Action { command: "photoUploadCreate", input: photo.declaration(&self.local), object_id: None, unit_id };
        let operation = self.operation(work).await?;
        self.local.record_photo(&operation, &photo).await?;
        Ok(id)
    }

    async fn operation(&self, work: Action) -> Result<Operation, TabletError> {
        let seen = match work.object_id {
            Some(id) => self.local.version_of(self.session.person_id(), self.project_id, id).await?,
            None => None,
        };
        Ok(Operation {
            id: v7(),
            person_id: self.session.person_id(),
            project_id: self.project_id,
            unit_id: work.unit_id,
            command: work.command.to_owned(),
            input: work.input,
            base_version: seen,
            made_at: self.clock.now().to_rfc3339(),
        })
    }
}

impl Operation {
    /// The input of `syncPush`: the same for each repetition, because it is made of stored data alone.
    #[must_use]
    pub fn as_sent(&self) -> Value {
        let mut sent = json!({ "operationId": self.id, "occurredAt": self.made_at, "command": {} });
        sent["command"][&self.command] = self.input.clone();
        if let Some(version) = self.base_version {
            sent["baseVersion"] = version.into();
        }
        sent
    }
}
