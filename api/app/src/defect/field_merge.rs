//! The fields of a defect, as far as two people may change different ones at the same time.

use domain::sync::workflow_phase;
use domain::{Role, Timestamp};
use serde_json::{Map, Value, json};
use store::entity::defect_fields;

use super::DefectRow;
use crate::operation::FieldConflict;

/// The stored name of the workflow state: status, responsible company, attempt, hold and merge.
pub(super) const WORKFLOW_STATE: &str = "standing";

/// The stored name of the workflow state that owners are shown: without disputes, holds and companies.
pub(super) const SHOWN_WORKFLOW_STATE: &str = "shownStanding";

/// The person who is named for the repair.
pub(super) const ASSIGNEE: &str = "assigneeId";

/// The due time of the repair.
pub(super) const DUE: &str = "dueAt";

/// The name by which earlier versions marked a change that owners are shown; no field has it.
const SHOWN: &str = "shown";

/// Whether a change of this field matters to a person of this role who saw an earlier version.
pub(super) fn is_relevant_to(role: Role, field: &str) -> bool {
    match role {
        Role::Owner => ![WORKFLOW_STATE, ASSIGNEE, DUE, SHOWN].contains(&field),
        _ => ![SHOWN_WORKFLOW_STATE, SHOWN].contains(&field),
    }
}

/// The version that changed a field, as people of this role read versions.
pub(super) fn version_for(role: Role, change: &defect_fields::Model) -> i32 {
    match role {
        Role::Owner => change.shown_version.unwrap_or(change.version),
        _ => change.version,
    }
}

/// The fields that an update changes, by their names in its input.
fn mergeable_fields(defect: &DefectRow) -> [(&'static str, Value); 7] {
    [
        ("description", json!(defect.description)),
        ("type", json!(defect.type_code)),
        ("severity", json!(defect.severity)),
        ("trade", json!(defect.trade)),
        ("unitId", json!(defect.unit_id)),
        ("roomId", json!(defect.room_id)),
        ("pin", json!([defect.pin_x, defect.pin_y, defect.plan_id])),
    ]
}

/// Each changed field with its value before and after.
pub(super) fn field_differences(before: &DefectRow, after: &DefectRow) -> Map<String, Value> {
    let pairs = mergeable_fields(before).into_iter().zip(mergeable_fields(after));
    pairs
        .filter(|((_, from), (_, to))| from != to)
        .map(|((name, from), (_, to))| (name.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}

/// The names of what a version changed.
pub(super) fn changed_fields(before: &DefectRow, after: &DefectRow) -> Vec<&'static str> {
    let pairs = mergeable_fields(before).into_iter().zip(mergeable_fields(after));
    let mut names: Vec<&'static str> =
        pairs.filter(|((_, from), (_, to))| from != to).map(|((name, _), _)| name).collect();
    if workflow_state(before) != workflow_state(after) {
        names.push(WORKFLOW_STATE);
    }
    if shown_workflow_state(before) != shown_workflow_state(after) {
        names.push(SHOWN_WORKFLOW_STATE);
    }
    if before.assignee_id != after.assignee_id {
        names.push(ASSIGNEE);
    }
    if before.due_at != after.due_at {
        names.push(DUE);
    }
    names
}

fn workflow_state(defect: &DefectRow) -> impl PartialEq + use<> {
    let phase = workflow_phase(defect.status);
    let company = defect.responsible_company_id;
    (phase, company, defect.attempt_count, defect.held_since, defect.duplicate_of)
}

fn shown_workflow_state(defect: &DefectRow) -> impl PartialEq + use<> {
    (workflow_phase(defect.shown_status), defect.attempt_count)
}

/// Reverts the fields that others have changed, too, since the version that the device saw, and returns the conflicts.
pub(super) fn revert_conflicts(
    before: &DefectRow,
    after: &mut DefectRow,
    concurrent_changes: &[defect_fields::Model],
) -> Vec<FieldConflict> {
    let changed = field_differences(before, after);
    let conflicts: Vec<FieldConflict> = concurrent_changes
        .iter()
        .filter_map(|other| {
            let change = changed.get(&other.field)?;
            Some(FieldConflict {
                field: other.field.clone(),
                yours: as_update_input(&other.field, &change["to"]),
                theirs: as_update_input(&other.field, &change["from"]),
                changed_at: Some(Timestamp(other.recorded_at)),
                changed_by: other.person_id,
            })
        })
        .collect();
    for conflict in &conflicts {
        revert_field(before, after, &conflict.field);
    }
    conflicts
}

/// A value as the input of an update has it.
fn as_update_input(field: &str, value: &Value) -> Value {
    match value.as_array().map(Vec::as_slice) {
        Some([x, y, plan_id]) if field == "pin" && !x.is_null() => json!({ "x": x, "y": y, "planId": plan_id }),
        Some(_) if field == "pin" => Value::Null,
        _ => value.clone(),
    }
}

fn revert_field(before: &DefectRow, after: &mut DefectRow, field: &str) {
    match field {
        "description" => after.description.clone_from(&before.description),
        "type" => {
            after.type_code.clone_from(&before.type_code);
            after.part.clone_from(&before.part);
            after.category.clone_from(&before.category);
            // It came with the type, unless the trade was changed for itself; then it is a field of its own.
            after.trade.clone_from(&before.trade);
        }
        "severity" => {
            after.severity.clone_from(&before.severity);
            after.severity_rank = before.severity_rank;
        }
        "trade" => after.trade.clone_from(&before.trade),
        "unitId" => {
            (after.unit_id, after.building_id, after.place_order) =
                (before.unit_id, before.building_id, before.place_order);
            (after.round_id, after.inspection_id, after.check_item_id) =
                (before.round_id, before.inspection_id, before.check_item_id);
            // A place in the other unit is none in this one.
            after.room_id = before.room_id;
            (after.pin_x, after.pin_y, after.plan_id) = (before.pin_x, before.pin_y, before.plan_id);
        }
        "roomId" => after.room_id = before.room_id,
        "pin" => (after.pin_x, after.pin_y, after.plan_id) = (before.pin_x, before.pin_y, before.plan_id),
        _ => {}
    }
}
