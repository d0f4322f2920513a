//! Operations of devices: the description of one, and the writing of its answer together with its effects.
//!
//! The unit of work takes the context of an operation and writes the operation's answer with its commit. Pushing, which
//! runs operations, is in `sync`.

mod conflicting_input;
mod context;
mod log;
pub mod storable;

pub(crate) use context::PendingEditResolution;
pub use context::{Change, OperationContext};
pub(crate) use log::{OperationLog, OriginalActor};

use domain::id::{DeviceId, Id, OperationId, PersonId};
use domain::object_kind::ObjectKind;
use domain::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sync::Subject;
use uuid::Uuid;

use crate::error::Result;
use crate::fingerprint::fingerprint;

/// The target of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The kind of the object that it makes or changes.
    pub kind: ObjectKind,
    /// That object.
    pub id: Uuid,
    /// The object on which the right to do it depends: the same, or what a new one hangs on.
    pub subject: Subject,
    /// Whatever else must be there: photos of a repair, say.
    pub needs: Vec<Uuid>,
}

impl Target {
    /// A command on an object that is there.
    #[must_use]
    pub fn on(kind: ObjectKind, id: impl Into<Uuid>) -> Self {
        let id = id.into();
        Self { kind, id, subject: Subject { kind, id }, needs: Vec::new() }
    }

    /// A command that makes an object on another.
    #[must_use]
    pub fn new(kind: ObjectKind, id: impl Into<Uuid>, on: ObjectKind, on_id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into(), subject: Subject { kind: on, id: on_id.into() }, needs: Vec::new() }
    }

    /// The target with what else must be there.
    #[must_use]
    pub fn needing<I: Id>(self, needs: &[I]) -> Self {
        Self { needs: needs.iter().map(|&id| id.into()).collect(), ..self }
    }
}

/// One operation of a device, readable.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its id, made by the device.
    pub id: OperationId,
    /// The device.
    pub device_id: DeviceId,
    /// The device's time; never later than the server's, because a wrong clock must not stop a person's work.
    pub occurred_at: Option<Timestamp>,
    /// The version that the client saw.
    pub base_version: Option<i32>,
    /// The name of the command.
    pub command: &'static str,
    /// The command's input as it was sent.
    pub input: Value,
    /// The target of the operation.
    pub target: Target,
    /// Whether the device's time is impossible or unreadable.
    pub time_doubted: bool,
    /// The last contact of the device, or of the session that pushes, before this push, if known.
    pub last_contact: Option<Timestamp>,
    /// Whether the quota was charged before, because the operation was refused and stored and is tried again.
    pub counted: bool,
}

/// The command of an operation that this server cannot read, of a newer app, say. It is refused, kept as far as its
/// size and the quota allow, and done when it comes again to a server that can.
pub const UNREADABLE: &str = "unreadable";

impl Operation {
    /// One that this server cannot read.
    #[must_use]
    pub fn unreadable(id: OperationId, device_id: DeviceId, input: Value) -> Self {
        let target = Target::on(ObjectKind::PendingEdit, id);
        Self {
            id,
            device_id,
            occurred_at: None,
            base_version: None,
            command: UNREADABLE,
            input,
            target,
            time_doubted: false,
            last_contact: None,
            counted: false,
        }
    }

    /// The object of the operation, as far as it is known.
    pub(crate) fn object(&self) -> Option<(ObjectKind, Uuid)> {
        (self.command != UNREADABLE).then_some((self.target.kind, self.target.id))
    }

    /// What makes two operations the same: the command, and its input as it came.
    pub(crate) fn fingerprint(&self) -> Result<Vec<u8>> {
        fingerprint(&self.content())
    }

    pub(crate) fn content(&self) -> Value {
        json!({ "command": self.command, "input": self.input, "baseVersion": self.base_version })
    }
}

/// A field that both a device and another person or device changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldConflict {
    /// The field, by its name in the input.
    pub field: String,
    /// The device's value.
    pub yours: Value,
    /// The value that stands.
    pub theirs: Value,
    /// When that was written.
    pub changed_at: Option<Timestamp>,
    /// The person who changed it.
    pub changed_by: Option<PersonId>,
}

/// Why an operation was not done, or not all of it, as its answer keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationOutcome {
    /// Why it was not done, or not all of it.
    pub refusals: Vec<Refusal>,
    /// What conflicts.
    pub conflicts: Vec<FieldConflict>,
}
