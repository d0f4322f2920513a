//! The time of an operation is a hint of its device: an unreadable one must not stop a person's work.

use async_graphql::indexmap::IndexMap;
use async_graphql::{InputType, Name, Value};

use crate::scalars::DateTime;

/// The field of the device's time, of operations and of commands.
const OCCURRED_AT: &str = "occurredAt";
/// Stands for a time that cannot be read: a time in the future is taken as now, and doubted.
const NEVER: &str = "9000-01-01T00:00:00Z";

/// Puts a time that is doubted in place of those that cannot be read: of an operation, and of its command.
pub(super) fn mend_times(operation: &mut Value) {
    let Value::Object(fields) = operation else { return };
    mend(fields);
    let Some(Value::Object(command)) = fields.get_mut("command") else { return };
    for input in command.values_mut() {
        if let Value::Object(input) = input {
            mend(input);
        }
    }
}

fn mend(fields: &mut IndexMap<Name, Value>) {
    let Some(time) = fields.get_mut(OCCURRED_AT) else { return };
    let is_readable = matches!(time, Value::Null) || DateTime::parse(Some(time.clone())).is_ok();
    if !is_readable {
        *time = Value::String(NEVER.to_owned());
    }
}
