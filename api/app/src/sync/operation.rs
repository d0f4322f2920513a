//! An operation, and what is answered to it.

use domain::object_kind::ObjectKind;
use domain::sync::SyncOutcome;
use domain::{Refusal, RefusalCode, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::sync::Subject;
use uuid::Uuid;

use crate::error::Result;
use crate::work::fingerprint;

/// What a command is about.
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
    pub const fn on(kind: ObjectKind, id: Uuid) -> Self {
        Self { kind, id, subject: Subject { kind, id }, needs: Vec::new() }
    }

    /// A command that makes an object on another.
    #[must_use]
    pub const fn new(kind: ObjectKind, id: Uuid, on: ObjectKind, on_id: Uuid) -> Self {
        Self { kind, id, subject: Subject { kind: on, id: on_id }, needs: Vec::new() }
    }
}

/// One operation of a device, readable.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Its id, made by the device.
    pub id: Uuid,
    /// The device.
    pub device_id: Uuid,
    /// The device's time; never later than the server's, for a wrong clock must not stop anybody's work.
    pub occurred_at: Option<Timestamp>,
    /// The version that the person saw.
    pub base_version: Option<i32>,
    /// The name of the command.
    pub command: &'static str,
    /// The command's input as it was sent.
    pub input: Value,
    /// What it is about.
    pub target: Target,
    /// The device's clock shows a time that cannot be, or none that can be read.
    pub time_doubted: bool,
    /// When the device, or the session that pushes, was heard of before this push, as far as that is known.
    pub last_contact: Option<Timestamp>,
    /// It was refused and kept before, and is judged anew: its share of the quota is taken already.
    pub counted: bool,
}

/// The command of an operation that this server cannot read, of a newer app, say. It is refused, kept as far as its size and
/// the quota allow, and done when it comes again to a server that can.
pub const UNREADABLE: &str = "unreadable";

impl Operation {
    /// One that this server cannot read.
    #[must_use]
    pub fn unreadable(id: Uuid, device_id: Uuid, input: Value) -> Self {
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

    /// What it was about, as far as that is known.
    pub(super) fn object(&self) -> Option<(ObjectKind, Uuid)> {
        (self.command != UNREADABLE).then_some((self.target.kind, self.target.id))
    }

    /// What makes two operations the same.
    pub(super) fn fingerprint(&self) -> Result<Vec<u8>> {
        fingerprint(&json!({ "command": self.command, "input": self.input, "baseVersion": self.base_version }))
    }
}

/// A value that a device and somebody else both changed.
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
    /// By whom.
    pub changed_by: Option<Uuid>,
}

/// What is kept of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Why it was not done, or not all of it.
    pub refusals: Vec<Refusal>,
    /// What conflicts.
    pub conflicts: Vec<FieldConflict>,
}

/// The answer to an operation.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What became of it.
    pub outcome: SyncOutcome,
    /// What it was about; none for what could not be read, or is somebody else's.
    pub object: Option<(ObjectKind, Uuid)>,
    /// Why.
    pub kept: Kept,
    /// The project, where it is known.
    pub project_id: Option<Uuid>,
}

impl Answer {
    /// An answer that is not kept: send it again, or never.
    #[must_use]
    pub fn rejected(refusal: Refusal) -> Self {
        let kept = Kept { refusals: vec![refusal], conflicts: Vec::new() };
        Self { outcome: SyncOutcome::Rejected, object: None, kept, project_id: None }
    }

    /// Not tried, or not to an end: nothing is kept, and the device sends it again.
    #[must_use]
    pub fn try_again() -> Self {
        Self::rejected(RefusalCode::TryAgain.into())
    }

    pub(super) fn is_to_be_sent_again(&self) -> bool {
        self.kept.refusals.iter().any(|refusal| refusal.code == RefusalCode::TryAgain)
    }
}
