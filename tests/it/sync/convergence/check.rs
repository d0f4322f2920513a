//! The invariants after all work has finished.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::events;
use tests::tablet::documents::CHANGES;
use tests::tablet::local::{Kept, State};
use uuid::Uuid;

use super::environment::{Environment, ProjectSetup, text};
use super::running::Tally;
use super::tablets::{Holder, filter};

const OPERATIONS: &str = "query($device: ID!, $after: String) {
    syncOperations(deviceId: $device, first: 100, after: $after) {
        nodes { id outcome command userErrors { code message } pendingEdit { id reason state } }
        pageInfo { hasNextPage endCursor } } }";

type Faults = Vec<String>;
type Copy = BTreeMap<(String, String), (i64, Value)>;

/// Checks everything; returns the counts of the operations' outcomes, or all faults.
pub(super) async fn check_all(
    environment: &Environment,
    setup: &ProjectSetup,
    holders: &[Holder],
) -> Result<Tally, Faults> {
    let mut faults = Vec::new();
    copies(environment, setup, holders, &mut faults).await;
    let mut kept = Vec::new();
    for (number, holder) in holders.iter().enumerate() {
        let there = holder.tablet.local.operations().await.expect("the tablet's disk");
        answers(environment, number, holder, &there, &mut faults).await;
        kept.extend(there);
    }
    effects(environment, setup, &kept, &mut faults).await;
    let count = |state| kept.iter().filter(|kept| kept.state == state).count();
    let tally = Tally {
        acknowledged: count(State::Acknowledged),
        parked: count(State::Parked),
        refused: count(State::Refused),
        ..Tally::default()
    };
    if faults.is_empty() { Ok(tally) } else { Err(faults) }
}

/// Every tablet's copy equals a full load of its person now.
async fn copies(environment: &Environment, setup: &ProjectSetup, holders: &[Holder], faults: &mut Faults) {
    let mut shown: HashMap<(&str, Option<&str>), Copy> = HashMap::new();
    for (number, holder) in holders.iter().enumerate() {
        let key = (holder.login, holder.narrowed());
        if let Entry::Vacant(unknown) = shown.entry(key) {
            let whole = full_load(environment, setup, holder.login, holder.narrowed()).await;
            unknown.insert(whole);
        }
        let (person, project) = (holder.tablet.session.person_id(), setup.project.id);
        let held = holder.tablet.local.copy(person, project).await.expect("the tablet's disk");
        let held: Copy = held.into_iter().map(|held| ((held.kind, held.id), (held.seq, held.content))).collect();
        differences(&format!("tablet {number} of {}", holder.login), &held, &shown[&key], faults);
    }
}

fn differences(whose: &str, held: &Copy, shown: &Copy, faults: &mut Faults) {
    for (key, object) in shown {
        match held.get(key) {
            None => faults.push(format!("{whose} misses {key:?}: {object:?}")),
            Some(other) if other != object => {
                faults.push(format!("{whose} holds {key:?} as {other:?}, the server shows {object:?}"));
            }
            Some(_) => {}
        }
    }
    for key in held.keys().filter(|key| !shown.contains_key(*key)) {
        faults.push(format!("{whose} holds {key:?}, which the server does not show"));
    }
}

/// The server's data for a person, read without the client's code.
async fn full_load(environment: &Environment, setup: &ProjectSetup, login: &str, narrowed: Option<&str>) -> Copy {
    let (mut copy, mut cursor) = (Copy::new(), Value::Null);
    loop {
        let variables = json!({ "projectId": setup.project.id, "cursor": cursor, "first": 500,
            "filter": filter(setup, narrowed) });
        let page = environment.ask(login, CHANGES, variables).await["changes"].clone();
        if page.is_null() {
            return copy;
        }
        assert_eq!(page["resetRequired"], json!(false), "in the middle of a full load: {page}");
        for node in page["nodes"].as_array().expect("changes") {
            if node["object"].is_object() {
                let key = (text(&node["kind"]), text(&node["id"]));
                copy.insert(key, (node["seq"].as_i64().expect("a number"), node["object"].clone()));
            }
        }
        if page["hasMore"] == json!(false) {
            return copy;
        }
        cursor = page["cursor"].clone();
    }
}

/// Every recorded operation is still on its tablet with the server's answer, and the server lists the same for its
/// author.
async fn answers(environment: &Environment, number: usize, holder: &Holder, kept: &[Kept], faults: &mut Faults) {
    let mut told: HashMap<String, Vec<Value>> = HashMap::new();
    for login in &holder.people {
        for node in operations(environment, login, holder.tablet.local.device_id()).await {
            told.entry(text(&node["id"])).or_default().push(node);
        }
    }
    let there: HashSet<Uuid> = kept.iter().map(|kept| kept.operation.id).collect();
    for lost in holder.recorded.iter().filter(|id| !there.contains(id)) {
        faults.push(format!("operation {lost} was recorded on tablet {number} and is not there any more"));
    }
    for Kept { operation, state, answer } in kept {
        let rows = told.remove(&operation.id.to_string()).unwrap_or_default();
        let what = format!("{} {} of tablet {number}", operation.command, operation.id);
        match rows.as_slice() {
            [row] if fits(*state, row) => {}
            [row] => faults.push(format!("{what} is {state:?} on the tablet ({answer:?}), the server says {row}")),
            [] => faults.push(format!("{what} is {state:?} ({answer:?}), and the server does not know it")),
            _ => faults.push(format!("{what} is there {} times", rows.len())),
        }
    }
    for id in told.keys() {
        faults.push(format!("the server has operation {id} of tablet {number}, which does not know it"));
    }
}

async fn operations(environment: &Environment, login: &str, device_id: Uuid) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = environment.ask(login, OPERATIONS, json!({ "device": device_id, "after": after })).await;
        let page = &page["syncOperations"];
        nodes.extend(page["nodes"].as_array().cloned().unwrap_or_default());
        if page["pageInfo"]["hasNextPage"] != json!(true) {
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Whether the server's outcome of an operation equals the tablet's.
fn fits(state: State, row: &Value) -> bool {
    let reasons = row["userErrors"].as_array().is_some_and(|errors| !errors.is_empty());
    match (state, row["outcome"].as_str().unwrap_or_default()) {
        (State::Acknowledged, "APPLIED" | "MERGED") => true,
        (State::Parked, _) => row["pendingEdit"]["reason"].is_string(),
        (State::Refused, "REJECTED") => reasons,
        _ => false,
    }
}

/// Commands that leave one event each time, with the field of the input that names the event's object.
const EVENTS: [(&str, &str, &str); 6] = [
    ("defectLog", "DEFECT_LOGGED", "defectId"),
    ("defectComment", "DEFECT_COMMENTED", "commentId"),
    ("defectUpdate", "DEFECT_UPDATED", "defectId"),
    ("defectReportFixed", "DEFECT_REPORTED_FIXED", "defectId"),
    ("defectVerify", "DEFECT_VERIFIED", "defectId"),
    ("defectDispute", "DEFECT_DISPUTED", "defectId"),
];

/// Acknowledged operations were applied once, and no others; parked operations may be applied in part.
async fn effects(environment: &Environment, setup: &ProjectSetup, kept: &[Kept], faults: &mut Faults) {
    let rows = events::Entity::find().filter(events::Column::ProjectId.eq(setup.project.id));
    let rows = rows.all(environment.app.app.db.read()).await.expect("the events");
    for (command, event, field) in EVENTS {
        // Each has a unique text, so that none is applied without an event.
        let of = |state: State| {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for Kept { operation, .. } in
                kept.iter().filter(|one| one.state == state && one.operation.command == command)
            {
                *counts.entry(text(&operation.input[field])).or_default() += 1;
            }
            counts
        };
        let (acknowledged, parked) = (of(State::Acknowledged), of(State::Parked));
        let mut found: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.name.as_str() == event) {
            let id = if command == "defectComment" {
                row.object_id
            } else {
                row.defect_id.map_or(row.object_id, Uuid::from)
            };
            *found.entry(id.to_string()).or_default() += 1;
        }
        let count = |of: &BTreeMap<String, usize>, id: &String| of.get(id).copied().unwrap_or_default();
        for id in acknowledged.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
            let (least, there) = (count(&acknowledged, id), count(&found, id));
            if !(least..=least + count(&parked, id)).contains(&there) {
                faults.push(format!("{least} {command} of {id} were acknowledged, {there} are there"));
            }
        }
    }
}
