//! The ids in the data of events that a contractor may not see: of other defects, and of people of another contractor.
//! All other staff see every defect of their project.

use std::str::FromStr;

use serde_json::Value;

use super::EventName as E;
use crate::id::{CompanyId, DefectId};

/// A place in an event's data that holds the id of another defect, as a JSON pointer, and what else there tells of it.
struct DefectPlace {
    event: E,
    id: &'static str,
    told_with_it: Option<&'static str>,
}

const fn defect_at(event: E, id: &'static str) -> DefectPlace {
    DefectPlace { event, id, told_with_it: None }
}

const fn numbered_defect_at(event: E, id: &'static str, number: &'static str) -> DefectPlace {
    DefectPlace { event, id, told_with_it: Some(number) }
}

const DEFECTS: &[DefectPlace] = &[
    defect_at(E::DefectMerged, "/into"),
    defect_at(E::DefectUnmerged, "/from"),
    // Its survivor became void.
    defect_at(E::DefectRestored, "/from"),
    defect_at(E::DefectVoided, "/duplicateOf"),
    defect_at(E::DefectDuplicateMoved, "/duplicateOf"),
    defect_at(E::DefectDuplicateMoved, "/with"),
    numbered_defect_at(E::DefectDuplicateAdded, "/defectId", "/number"),
    numbered_defect_at(E::DefectDuplicateRemoved, "/defectId", "/number"),
    defect_at(E::PhotoUpdated, "/defectId/from"),
    defect_at(E::PhotoUpdated, "/defectId/to"),
];

/// The events whose data name people of the responsible company.
const ASSIGNING: &[E] = &[E::DefectAssigned, E::DefectAssigneeSet, E::DefectStarted];
/// The places of those people.
const ASSIGNEES: &[&str] = &["/assigneeId", "/formerAssigneeId"];

/// The ids of other defects in an event's data.
#[must_use]
pub fn named_defects(event: E, data: &Value) -> Vec<DefectId> {
    places_of(event).filter_map(|place| id_at(data, place.id)).collect()
}

/// Replaces the ids of those defects that are not among the seen ones by null, and removes the values that belong to
/// them.
pub fn hide_defects(event: E, data: &mut Value, seen: &[DefectId]) {
    for place in places_of(event) {
        if id_at(data, place.id).is_some_and(|id: DefectId| !seen.contains(&id)) {
            hide(data, place.id);
            if let Some(told) = place.told_with_it {
                hide(data, told);
            }
        }
    }
}

/// Replaces by null who was named as assignee, if it was not for this contractor. The data say for which company; where
/// they do not, it is that of the person who did it.
pub fn hide_assignees(event: E, data: &mut Value, done_for: Option<CompanyId>, contractor_id: CompanyId) {
    let company_id = id_at(data, "/companyId").or(done_for);
    if ASSIGNING.contains(&event) && company_id != Some(contractor_id) {
        for place in ASSIGNEES {
            hide(data, place);
        }
    }
}

fn places_of(event: E) -> impl Iterator<Item = &'static DefectPlace> {
    DEFECTS.iter().filter(move |place| place.event == event)
}

fn id_at<I: FromStr>(data: &Value, place: &str) -> Option<I> {
    data.pointer(place)?.as_str()?.parse().ok()
}

fn hide(data: &mut Value, place: &str) {
    if let Some(value) = data.pointer_mut(place) {
        *value = Value::Null;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id::PersonId;

    #[test]
    fn what_is_not_seen_is_null_and_the_rest_stays() {
        let [seen, hidden] = [DefectId::from_u128(1), DefectId::from_u128(2)];
        let mut moved =
            json!({ "defectId": { "from": seen, "to": hidden }, "stage": { "from": "BEFORE", "to": "AFTER" } });
        assert_eq!(named_defects(E::PhotoUpdated, &moved), [seen, hidden]);
        hide_defects(E::PhotoUpdated, &mut moved, &[seen]);
        assert_eq!(moved["defectId"], json!({ "from": seen, "to": null }));
        assert_eq!(moved["stage"]["to"], "AFTER");
        let mut added = json!({ "defectId": hidden, "number": "12" });
        hide_defects(E::DefectDuplicateAdded, &mut added, &[seen]);
        assert_eq!(added, json!({ "defectId": null, "number": null }));
    }

    #[test]
    fn an_assignee_is_told_to_the_own_company() {
        let [own, other] = [1, 2].map(CompanyId::from_u128);
        let person = PersonId::from_u128(3);
        let data = |company: CompanyId| json!({ "companyId": company, "assigneeId": person });
        let told = |mut data: Value, done_for| {
            hide_assignees(E::DefectAssigneeSet, &mut data, done_for, own);
            !data["assigneeId"].is_null()
        };
        assert!(told(data(own), Some(other)) && !told(data(other), Some(own)));
        let started = || json!({ "assigneeId": person });
        assert!(told(started(), Some(own)) && !told(started(), Some(other)) && !told(started(), None));
    }
}
