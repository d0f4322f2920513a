//! The reference client: what an app on a tablet must do so that no work is lost or doubled, in a form that runs.
//!
//! `docs/sync.md` says the same in words. Read it in this order:
//!
//! 1. [`local`]: the tablet's own database. The copy of what the server shows, the queue of what the person did, the
//!    journal of what the server has acknowledged, the photos that wait. Every write is one transaction.
//! 2. [`wire`] and [`session`]: one request, and what can become of it. The important one is [`TabletError::Broken`]: nobody
//!    knows whether the server has done it, so it is sent again **with the same ids**.
//! 3. [`push`]: the queue goes up in order, in batches; every answer is stored before the next batch.
//! 4. [`pull`]: the changes come down in pages; each page and its cursor are one transaction.
//! 5. [`photos`]: declared like any operation, uploaded beside the API.
//! 6. [`sync`]: the order of these, and the report of what still waits here.
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
    /// Its own database: outlives sessions, people and crashes.
    pub local: Local,
    /// Who has signed in on it, and the way to the server.
    pub session: Arc<Session<W>>,
    /// The project that is worked on.
    pub project_id: Uuid,
    /// Its own clock, right or wrong.
    pub clock: Clock,
    /// How often, and after which pauses, it tries again by itself.
    pub retry_policy: RetryPolicy,
}

/// Something that the person does.
#[derive(Clone, Debug)]
pub struct Action {
    /// The command: the name of the mutation, and of the field of `SyncCommandInput`.
    pub command: &'static str,
    /// Its input, without the device's time and version: those go with the operation.
    pub input: Value,
    /// The object that was looked at when deciding; none for what creates.
    pub object_id: Option<Uuid>,
    /// The unit in which it was done.
    pub unit_id: Option<Uuid>,
}

/// A photo that the person takes.
#[derive(Clone, Debug)]
pub struct Shot {
    /// The photo's id: made by the tablet, once.
    pub id: Uuid,
    /// The picture.
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
    /// Keeps what the person does, and returns: with or without a signal. Answers the operation's id, which it keeps
    /// for ever, however often it is sent.
    ///
    /// # Errors
    /// When the tablet's own disk fails: then nothing was done, and the person must be told so at once.
    pub async fn record(&self, work: Action) -> Result<Uuid, TabletError> {
        let operation = self.operation(work).await?;
        self.local.record(&operation).await?;
        Ok(operation.id)
    }

    /// Keeps a photo: its bytes as a file, and in one transaction its place in the upload queue and the operation that
    /// declares it. In the queue of operations it stands behind what made its defect, and before what names it.
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
    /// As `syncPush` takes it: the same for each repetition, for it is made of what was stored, and of nothing else.
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
