//! How the fields of pending edits and of operations are written.

use domain::id::PendingEditId;

use super::{AllowedPendingEditCommand, PendingEdit, SyncConflict, SyncOperation};
use crate::plan::{by_id, planned};
use crate::scalars::Uid;

by_id! {
    PendingEdit: PendingEditId = sync.pending_edits;
}

planned! {
    PendingEdit {
        "id" => value(|object| Uid::from(object.0.id));
        "projectId" => leaf(project_id);
        "unitId" => leaf(unit_id);
        "objectKind" => leaf(object_kind);
        "objectId" => leaf(object_id);
        "object" => asked();
        "command" => leaf(command);
        "input" => leaf(input);
        "author" => one(author);
        "company" => one(company);
        "deviceId" => leaf(device_id);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
        "reason" => leaf(reason);
        "userErrors" => part(user_errors);
        "conflict" => part(conflict);
        "state" => leaf(state);
        "settledBy" => one(settled_by);
        "settledAt" => leaf(settled_at);
        "note" => leaf(note);
        "events" => many(events);
        "allowedCommands" => part(allowed_commands);
    }
}

planned! {
    SyncOperation {
        "id" => value(|object| Uid::from(object.0.id));
        "outcome" => leaf(outcome);
        "command" => leaf(command);
        "input" => leaf(input);
        "objectKind" => leaf(object_kind);
        "objectId" => leaf(object_id);
        "userErrors" => part(user_errors);
        "deviceId" => leaf(device_id);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
        "pendingEdit" => one(pending_edit);
    }
}

planned! {
    SyncConflict {
        "field" => leaf(field);
        "yours" => leaf(yours);
        "theirs" => leaf(theirs);
        "changedAt" => leaf(changed_at);
        "changedBy" => one(changed_by);
    }
}

planned! {
    AllowedPendingEditCommand {
        "name" => value(|object| object.name);
        "allowed" => value(|object| object.allowed);
        "reason" => value(|object| object.reason);
    }
}
