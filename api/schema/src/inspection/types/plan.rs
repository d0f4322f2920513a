//! How the fields of a unit inspection are written.

use domain::id::InspectionId;

use super::{AllowedInspectionCommand, EarlierDefect, MissingItem, UnitAccess, UnitInspection};
use crate::plan::{by_id, planned};
use crate::scalars::Uid;

by_id! {
    UnitInspection: InspectionId = inspection.inspections;
}

planned! {
    UnitInspection {
        "id" => value(|object| Uid::from(object.0.id));
        "round" => one(round);
        "unit" => one(unit);
        "status" => leaf(status);
        "requiredParties" => asked();
        "results" => many(results);
        "measurements" => many(measurements);
        "missing" => many(missing);
        "devices" => many(devices);
        "signatures" => many(signatures);
        "earlierDefects" => many(earlier_defects);
        "lateDefects" => many(late_defects);
        "events" => many(events);
        "startedAt" => leaf(started_at);
        "submittedAt" => leaf(submitted_at);
        "submittedBy" => one(submitted_by);
        "submissionNo" => leaf(submission_no);
        "contentHash" => leaf(content_hash);
        "inaccessibleReason" => leaf(inaccessible_reason);
        "version" => leaf(version);
        "allowedCommands" => many(allowed_commands);
    }
}

planned! {
    MissingItem {
        "room" => one(room);
        "item" => one(item);
        "kind" => leaf(kind);
    }
}

planned! {
    EarlierDefect {
        "defect" => part(defect);
        "outcome" => leaf(outcome);
        "status" => leaf(status);
        "access" => asked();
    }
}

planned! {
    UnitAccess {
        "person" => one(person);
        "company" => one(company);
        "party" => leaf(party);
        "firstAt" => leaf(first_at);
        "lastAt" => leaf(last_at);
        "events" => leaf(events);
    }
}

planned! {
    AllowedInspectionCommand {
        "name" => value(|object| object.name);
        "allowed" => value(|object| object.allowed);
        "reason" => value(|object| object.reason);
    }
}
