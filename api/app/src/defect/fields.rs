//! The fields of a defect, as far as two people may change different ones at the same time.

use domain::defect::view::status_for_owner;
use domain::sync::stage;
use domain::{Role, Timestamp};
use serde_json::{Map, Value, json};
use store::Connection;
use store::db::WriteTx;
use store::entity::defect_fields;
use uuid::Uuid;

use super::DefectRow;
use super::read::is_hidden_from_owner;
use crate::error::Result;
use crate::operation::FieldConflict;

/// Where the defect stands: how far it has come, and with whom.
pub(super) const STANDING: &str = "standing";

/// The same as far as an owner is shown it: disputes, holds and companies are none of an owner's business.
pub(super) const SHOWN_STANDING: &str = "shownStanding";

/// The person who is named for the repair.
pub(super) const ASSIGNEE: &str = "assigneeId";

/// Until when it is to be repaired.
pub(super) const DUE: &str = "dueAt";

/// That a version changed anything which an owner is shown.
pub(super) const SHOWN: &str = "shown";

/// Whether a change of this field concerns somebody of this role who saw an earlier version.
pub(super) fn concerns(role: Role, field: &str) -> bool {
    match role {
        Role::Owner => ![STANDING, ASSIGNEE, DUE, SHOWN].contains(&field),
        _ => ![SHOWN_STANDING, SHOWN].contains(&field),
    }
}

/// The fields that an update changes, by their names in its input.
fn values(defect: &DefectRow) -> [(&'static str, Value); 7] {
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
pub(super) fn differences(before: &DefectRow, after: &DefectRow) -> Map<String, Value> {
    let pairs = values(before).into_iter().zip(values(after));
    pairs
        .filter(|((_, from), (_, to))| from != to)
        .map(|((name, from), (_, to))| (name.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}

/// The names of what a version changed.
pub(super) fn changed(before: &DefectRow, after: &DefectRow) -> Result<Vec<&'static str>> {
    let pairs = values(before).into_iter().zip(values(after));
    let mut names: Vec<&'static str> =
        pairs.filter(|((_, from), (_, to))| from != to).map(|((name, _), _)| name).collect();
    if standing(before)? != standing(after)? {
        names.push(STANDING);
    }
    if shown_standing(before)? != shown_standing(after)? {
        names.push(SHOWN_STANDING);
    }
    if !is_hidden_from_owner(before, after) {
        names.push(SHOWN);
    }
    if before.assignee_id != after.assignee_id {
        names.push(ASSIGNEE);
    }
    if before.due_at != after.due_at {
        names.push(DUE);
    }
    Ok(names)
}

/// The newest version of a defect that changed anything which an owner is shown, as far as it was noted; else the current one.
pub(crate) async fn newest_shown(conn: &Connection, defect_id: Uuid, current: i32) -> Result<i32> {
    let noted = store::sync::changed_since(conn, defect_id, 0).await?;
    Ok(noted.iter().find(|noted| noted.field == SHOWN).map_or(current, |noted| noted.version))
}

/// Notes, before the first change that an owner is not shown, that the version before was shown.
pub(crate) async fn note_hidden(tx: &WriteTx, defect_id: Uuid, before: i32, now: Timestamp) -> Result<()> {
    let noted = store::sync::changed_since(tx, defect_id, 0).await?;
    if noted.iter().any(|noted| noted.field == SHOWN) {
        return Ok(());
    }
    Ok(store::sync::note_fields(tx, defect_id, &[SHOWN], before, (None, None), now).await?)
}

fn standing(defect: &DefectRow) -> Result<impl PartialEq + use<>> {
    let stage = stage(defect.status.parse()?);
    let company = defect.responsible_company_id;
    Ok((stage, company, defect.attempt_count, defect.held_since, defect.duplicate_of))
}

fn shown_standing(defect: &DefectRow) -> Result<impl PartialEq + use<>> {
    Ok((stage(status_for_owner(defect.status.parse()?)), defect.attempt_count))
}

/// Takes back what others have changed too since the device saw the defect, and answers it.
pub(super) fn take_back_conflicts(
    before: &DefectRow,
    after: &mut DefectRow,
    news: &[defect_fields::Model],
) -> Vec<FieldConflict> {
    let changed = differences(before, after);
    let conflicts: Vec<FieldConflict> = news
        .iter()
        .filter_map(|news| {
            let change = changed.get(&news.field)?;
            Some(FieldConflict {
                field: news.field.clone(),
                yours: shown(&news.field, &change["to"]),
                theirs: shown(&news.field, &change["from"]),
                changed_at: Some(Timestamp(news.recorded_at)),
                changed_by: news.person_id,
            })
        })
        .collect();
    for conflict in &conflicts {
        restore(before, after, &conflict.field);
    }
    conflicts
}

/// A value as the input of an update has it.
fn shown(field: &str, value: &Value) -> Value {
    match value.as_array().map(Vec::as_slice) {
        Some([x, y, plan_id]) if field == "pin" && !x.is_null() => json!({ "x": x, "y": y, "planId": plan_id }),
        Some(_) if field == "pin" => Value::Null,
        _ => value.clone(),
    }
}

fn restore(before: &DefectRow, after: &mut DefectRow, field: &str) {
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
