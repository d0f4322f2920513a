//! An operation as a device sends it, and as it is accepted.

use domain::id::{DeviceId, OperationId};
use domain::time::CLOCK_LEEWAY_MICROS;
use domain::{Refusal, RefusalCode, Timestamp};
use serde_json::Value;

use crate::command::Command;
use crate::operation::Operation;
use crate::operation::storable::path_of_nul;

/// One operation of a push.
#[derive(Debug)]
pub struct ReceivedOperation {
    /// Its id, made by the device.
    pub id: OperationId,
    /// The device's time, as the device says it.
    pub occurred_at: Option<Timestamp>,
    /// The version that the client saw.
    pub base_version: Option<i32>,
    /// The command, or why it cannot be read.
    pub command: Result<Command, Refusal>,
    /// The command's input as it came.
    pub input: Value,
}

/// An operation with its command, or with the refusal of what cannot be done at all.
pub(super) type Accepted = (Operation, Result<Command, Refusal>);

impl ReceivedOperation {
    /// Bounds the device's times by the server's, because a wrong clock must not stop a person's work.
    ///
    /// # Errors
    /// `INVALID_ID` for an operation whose id is not of version 7.
    pub(super) fn accept(self, device_id: DeviceId, now: Timestamp) -> Result<Accepted, Refusal> {
        domain::id::check_new(self.id.uuid(), "operationId")?;
        let mut command = match self.command {
            Ok(command) => command,
            Err(refusal) => return Ok((Operation::unreadable(self.id, device_id, self.input), Err(refusal))),
        };
        let said = self.occurred_at.or_else(|| command.occurred_at());
        let occurred_at = said.map(|moment| moment.min(now));
        command.set_occurred_at(occurred_at);
        let unstorable = path_of_nul(&self.input).map(|path| Refusal::at(RefusalCode::TextInvalid, &path));
        let operation = Operation {
            id: self.id,
            device_id,
            occurred_at,
            base_version: self.base_version,
            command: command.name(),
            input: self.input,
            target: command.target(),
            time_doubted: said.is_some_and(|moment| moment.micros_since(now) > CLOCK_LEEWAY_MICROS),
            last_contact: None,
            counted: false,
        };
        Ok((operation, unstorable.map_or(Ok(command), Err)))
    }
}
