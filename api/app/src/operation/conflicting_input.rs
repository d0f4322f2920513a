//! The part of an input that conflicts and is kept; the rest has been done.

use serde_json::{Map, Value};

use super::FieldConflict;

/// Fields of an update that are values of their own; all others name the object.
const FIELDS: [&str; 7] = ["description", "type", "severity", "trade", "unitId", "roomId", "pin"];
/// Lists of which single entries conflict.
const LISTS: [&str; 3] = ["results", "measurements", "places"];

/// The input with only what conflicts.
pub(super) fn conflicting_input(input: &Value, conflicts: &[FieldConflict]) -> Value {
    let Value::Object(fields) = input else { return input.clone() };
    if conflicts.is_empty() {
        return input.clone();
    }
    let kept: Map<String, Value> =
        fields.iter().filter_map(|(name, value)| conflicting_part(name, value, conflicts)).collect();
    Value::Object(kept)
}

fn conflicting_part(name: &str, value: &Value, conflicts: &[FieldConflict]) -> Option<(String, Value)> {
    let of_field = |conflict: &&FieldConflict| conflict.field == name;
    if FIELDS.contains(&name) {
        return conflicts.iter().find(of_field).map(|_| (name.to_owned(), value.clone()));
    }
    if let (true, Value::Array(entries)) = (LISTS.contains(&name), value) {
        let same_place = |entry: &&Value| {
            let at = |value: &Value| (value["roomId"].clone(), value["itemId"].clone());
            conflicts.iter().filter(of_field).any(|conflict| at(&conflict.yours) == at(entry))
        };
        return Some((name.to_owned(), entries.iter().filter(same_place).cloned().collect()));
    }
    Some((name.to_owned(), value.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn conflict(field: &str, yours: Value) -> FieldConflict {
        FieldConflict { field: field.to_owned(), yours, theirs: Value::Null, changed_at: None, changed_by: None }
    }

    #[test]
    fn only_what_conflicts_is_kept() {
        let input = json!({ "defectId": "a", "description": "wet", "severity": "MAJOR" });
        let kept = conflicting_input(&input, &[conflict("description", json!("wet"))]);
        assert_eq!(kept, json!({ "defectId": "a", "description": "wet" }));
        let one = json!({ "roomId": "r", "itemId": "1", "result": "PASS" });
        let other = json!({ "roomId": "r", "itemId": "2", "result": "FAIL" });
        let input = json!({ "inspectionId": "a", "results": [one, other] });
        let kept = conflicting_input(&input, &[conflict("results", other.clone())]);
        assert_eq!(kept, json!({ "inspectionId": "a", "results": [other] }));
        assert_eq!(conflicting_input(&input, &[]), input);
        let [one, other] = ["1", "2"].map(|item| json!({ "roomId": "r", "itemId": item }));
        let input = json!({ "inspectionId": "a", "places": [one, other], "reason": "slip" });
        let kept = conflicting_input(&input, &[conflict("places", other.clone())]);
        assert_eq!(kept, json!({ "inspectionId": "a", "places": [other], "reason": "slip" }));
    }
}
