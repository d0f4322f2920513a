//! The rows of the database, compared with the tablets' acknowledgements: each once, with its exact text, and no
//! others.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::EntityTrait;
use serde_json::Value;
use store::db::Db;
use store::entity::{defect_comments, defects, events, operations, pending_edits, photos};
use tests::tablet::local::{Kept, State};
use uuid::Uuid;

use super::Faults;

/// An acknowledgement to a tablet.
pub(super) struct Told {
    pub(super) tablet: usize,
    pub(super) device_id: Uuid,
    pub(super) kept: Kept,
}

impl Told {
    fn is(&self, state: State, command: &str) -> bool {
        self.kept.state == state && self.kept.operation.command == command
    }

    /// A field of the input.
    pub(super) fn said(&self, field: &str) -> &str {
        self.kept.operation.input[field].as_str().unwrap_or_default()
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Kept { operation, state, .. } = &self.kept;
        write!(f, "{} {} of tablet {}, {state:?},", operation.command, operation.id, self.tablet)
    }
}

/// All faults.
pub(super) async fn wrong(db: &Db, told: &[Told]) -> Faults {
    let mut faults = Vec::new();
    let events = events::Entity::find().all(db.read()).await.expect("the events");
    wrong_operations(db, told, &mut faults).await;
    wrong_edits(db, told, &mut faults).await;
    wrong_comments(db, told, &mut faults).await;
    wrong_defects(db, told, &events, &mut faults).await;
    wrong_photos(db, told, &events, &mut faults).await;
    wrong_events(told, &events, &mut faults);
    faults
}

/// Compares each acknowledged operation of a command with the row of its object by `fits`; rows without an
/// acknowledgement are faults.
fn compare<'a, R>(
    command: &str,
    told: impl Iterator<Item = (String, &'a Told)>,
    rows: Vec<(String, R)>,
    fits: impl Fn(&Told, &R) -> bool,
    faults: &mut Faults,
) {
    let mut rows: HashMap<String, R> = rows.into_iter().collect();
    for (id, told) in told {
        match rows.remove(&id) {
            None => faults.push(format!("{told} was acknowledged and is not there")),
            Some(row) if !fits(told, &row) => faults.push(format!("{told} was acknowledged and is altered")),
            Some(_) => {}
        }
    }
    faults.extend(rows.keys().map(|id| format!("{command} {id}: no tablet knows of it")));
}

async fn wrong_operations(db: &Db, told: &[Told], faults: &mut Faults) {
    let rows = operations::Entity::find().all(db.read()).await.expect("the operations");
    let rows = rows.into_iter().map(|row| (row.id.to_string(), row)).collect();
    let fits = |told: &Told, row: &operations::Model| {
        let operation = &told.kept.operation;
        let outcome = match told.kept.state {
            State::Acknowledged => ["APPLIED", "MERGED"].contains(&row.outcome.as_str()),
            State::Parked => row.outcome.as_str() == "CONFLICT",
            State::Queued | State::Refused => false,
        };
        let author = row.person_id == operation.person_id.into() && row.device_id == told.device_id.into();
        outcome && author && row.command == operation.command && holds(&row.input, &operation.input)
    };
    compare("operation", told.iter().map(|told| (told.kept.operation.id.to_string(), told)), rows, fits, faults);
}

/// Whether the stored value contains the sent one.
fn holds(kept: &Value, sent: &Value) -> bool {
    match sent {
        Value::Object(fields) => fields.iter().all(|(name, value)| holds(&kept[name], value)),
        other => kept == other,
    }
}

async fn wrong_edits(db: &Db, told: &[Told], faults: &mut Faults) {
    let rows = pending_edits::Entity::find().all(db.read()).await.expect("the pending edits");
    let rows = rows.into_iter().map(|row| (row.id.to_string(), row)).collect();
    let parked = told.iter().filter(|told| told.kept.state == State::Parked);
    let parked = parked.map(|told| (told.kept.operation.id.to_string(), told));
    let fits =
        |told: &Told, row: &pending_edits::Model| row.input["description"] == told.kept.operation.input["description"];
    compare("pending edit", parked, rows, fits, faults);
}

async fn wrong_comments(db: &Db, told: &[Told], faults: &mut Faults) {
    let rows = defect_comments::Entity::find().all(db.read()).await.expect("the comments");
    let rows = rows.into_iter().map(|row| (row.id.to_string(), row)).collect();
    let fits = |told: &Told, row: &defect_comments::Model| {
        row.body == told.said("body")
            && row.defect_id.to_string() == told.said("defectId")
            && row.person_id == told.kept.operation.person_id.into()
    };
    compare("comment", created_ids(told, "defectComment", "commentId"), rows, fits, faults);
}

fn created_ids<'a>(told: &'a [Told], command: &'a str, field: &'a str) -> impl Iterator<Item = (String, &'a Told)> {
    let acknowledged = told.iter().filter(move |told| told.is(State::Acknowledged, command));
    acknowledged.map(move |told| (told.said(field).to_owned(), told))
}

async fn wrong_defects(db: &Db, told: &[Told], events: &[events::Model], faults: &mut Faults) {
    let rows = defects::Entity::find().all(db.read()).await.expect("the defects");
    let mut numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    numbers.sort_unstable();
    if !numbers.iter().copied().eq(1..=rows.len() as i64) {
        faults.push(format!("defects are numbered {numbers:?}"));
    }
    // The fields of a defect are those of its newest event.
    let mut newest: HashMap<Uuid, (i64, &str)> = HashMap::new();
    for event in events.iter().filter(|event| event.name.as_str() == "DEFECT_UPDATED") {
        let words = event.data["description"]["to"].as_str().unwrap_or_default();
        let entry = newest.entry(event.object_id).or_insert((event.seq, words));
        *entry = (*entry).max((event.seq, words));
    }
    let rows = rows.into_iter().map(|row| (row.id.to_string(), row)).collect();
    let fits = |told: &Told, row: &defects::Model| {
        let words = newest.get(&row.id.uuid()).map_or_else(|| told.said("description"), |(_, words)| *words);
        row.description == words && row.raised_by == told.kept.operation.person_id.into()
    };
    compare("defect", created_ids(told, "defectLog", "defectId"), rows, fits, faults);
}

async fn wrong_photos(db: &Db, told: &[Told], events: &[events::Model], faults: &mut Faults) {
    let rows = photos::Entity::find().all(db.read()).await.expect("the photos");
    let mut steps: BTreeMap<(Uuid, &str), usize> = BTreeMap::new();
    for event in events {
        *steps.entry((event.object_id, event.name.as_str())).or_default() += 1;
    }
    for row in &rows {
        let ready = usize::from(row.state.as_str() == "READY");
        for (name, times) in [("PHOTO_DECLARED", 1), ("PHOTO_RECEIVED", ready), ("PHOTO_READY", ready)] {
            let found = steps.get(&(row.id.uuid(), name)).copied().unwrap_or_default();
            if found != times {
                faults.push(format!("photo {} ({}): {found} times {name}", row.id, row.state));
            }
        }
    }
    let rows = rows.into_iter().map(|row| (row.id.to_string(), row)).collect();
    let fits = |told: &Told, row: &photos::Model| hex::encode(&row.sha256) == told.said("sha256");
    compare("photo", created_ids(told, "photoUploadCreate", "photoId"), rows, fits, faults);
}

/// The commands that leave an event each time, and the field of the input that names it there.
const EVENTS: [(&str, &str, &str); 3] = [
    ("defectLog", "DEFECT_LOGGED", "defectId"),
    ("defectComment", "DEFECT_COMMENTED", "commentId"),
    // Every text is unique.
    ("defectUpdate", "DEFECT_UPDATED", "description"),
];

/// Each acknowledged operation was applied once, and no other one.
fn wrong_events(told: &[Told], events: &[events::Model], faults: &mut Faults) {
    for (command, event, field) in EVENTS {
        let mut happened: BTreeMap<String, usize> = BTreeMap::new();
        for row in events.iter().filter(|row| row.name.as_str() == event) {
            let id = match command {
                "defectUpdate" => row.data["description"]["to"].as_str().unwrap_or_default().to_owned(),
                _ => row.object_id.to_string(),
            };
            *happened.entry(id).or_default() += 1;
        }
        let mut known = HashSet::new();
        for (id, told) in created_ids(told, command, field) {
            let times = happened.get(&id).copied().unwrap_or_default();
            if times != 1 {
                faults.push(format!("{told} has happened {times} times"));
            }
            known.insert(id);
        }
        let strangers = happened.keys().filter(|id| !known.contains(*id));
        faults.extend(strangers.map(|id| format!("{event} {id}: no tablet knows of it")));
    }
}
