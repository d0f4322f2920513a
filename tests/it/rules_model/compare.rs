//! Compares the server with the model.

use std::collections::{BTreeMap, BTreeSet};

use domain::Timestamp;
use serde_json::{Value, json};
use tests::dice::Dice;
use uuid::Uuid;

use super::model::{Defect, Model, RIGHTS, Right, Status};
use super::people::{KINDS, MANAGER, PEOPLE, UNITS, VIEWERS};
use super::rounds::Lineage;
use super::wire::Site;
use crate::inspections::setup::{self, text, uuid};
use crate::sync::Tablet;

/// The compared fields of a defect, as the delivery manager reads it.
const FIELDS: &str = "id status type { code } severity description dueAt overdue onHold failedAttempts reopenedCount
    responsibleCompany { code } assignee { id } duplicateOf { id } attempts { status late verdicts { party passed } }
    events { name }";
/// An escalation is written in the same transaction as the verdict that caused it; their order is not defined.
const BESIDE: &str = "DEFECT_ESCALATED";

/// Two values that should be the same.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) of: String,
    pub(super) model: String,
    pub(super) server: String,
}

pub(super) type Compared = Result<(), Difference>;

/// Compares two values.
pub(super) fn same<T: std::fmt::Debug + PartialEq>(of: &str, model: &T, server: &T) -> Compared {
    if model == server {
        return Ok(());
    }
    Err(Difference { of: of.to_owned(), model: format!("{model:#?}"), server: format!("{server:#?}") })
}

/// Compares one defect.
pub(super) async fn defect(site: &Site<'_>, model: &Model, index: usize) -> Compared {
    let document = format!("query($id: ID!) {{ defect(id: $id) {{ {FIELDS} }} }}");
    let id = model.defects[index].id;
    let read = site.manager().ok(&document, json!({ "id": id })).await;
    same(
        &format!("defect {index}"),
        &expected(site, model, &model.defects[index]),
        &read_in_model_terms(&read["defect"]),
    )
}

/// Compares everything.
pub(super) async fn compare_with_model(site: &Site<'_>, model: &Model, dice: &mut Dice) -> Compared {
    defects(site, model).await?;
    metrics(site, model).await?;
    readiness(site, model).await?;
    for person in VIEWERS {
        let seen: BTreeSet<Uuid> = model.seen_by(person).map(|index| model.defects[index].id).collect();
        same(&format!("the list of {}", PEOPLE[person].login), &seen, &listed(site, person).await)?;
    }
    for _ in 0..4 {
        allowed(site, model, dice).await?;
    }
    inspections(site, model).await
}

async fn defects(site: &Site<'_>, model: &Model) -> Compared {
    let document = format!(
        "query($id: ID!, $after: String) {{ project(id: $id) {{
            defects(first: 25, after: $after, orderBy: {{ field: NUMBER }}) {{
                nodes {{ {FIELDS} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
    );
    let nodes = pages(site, MANAGER, &document).await;
    let server = by_id(nodes.iter().map(read_in_model_terms));
    let model_of = by_id(model.defects.iter().map(|defect| expected(site, model, defect)));
    for (id, expected) in &model_of {
        same("a defect", &Some(expected), &server.get(id))?;
    }
    same("the number of defects", &model_of.len(), &server.len())
}

fn by_id(values: impl Iterator<Item = Value>) -> BTreeMap<String, Value> {
    values.map(|value| (text(&value["id"]), value)).collect()
}

/// The ids of a person's list of defects.
async fn listed(site: &Site<'_>, person: usize) -> BTreeSet<Uuid> {
    let document = "query($id: ID!, $after: String) { project(id: $id) {
        defects(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }";
    pages(site, person, document).await.iter().map(|node| uuid(&node["id"])).collect()
}

async fn pages(site: &Site<'_>, person: usize, document: &str) -> Vec<Value> {
    let (mut nodes, mut after) = (Vec::new(), Value::Null);
    loop {
        let variables = json!({ "id": site.app.project.id, "after": after });
        let page = site.users[person].ok(document, variables).await["project"]["defects"].clone();
        nodes.extend(page["nodes"].as_array().expect("nodes").iter().cloned());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return nodes;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// A defect as the server shows it, with its events by name.
fn read_in_model_terms(read: &Value) -> Value {
    let mut read = read.clone();
    let names: Vec<String> = read["events"].as_array().into_iter().flatten().map(|one| text(&one["name"])).collect();
    read["events"] = in_order(&names.iter().map(String::as_str).collect::<Vec<_>>());
    read
}

/// The names in their order, and separately the number of escalations.
fn in_order(names: &[&str]) -> Value {
    let (beside, others): (Vec<&str>, Vec<&str>) = names.iter().copied().partition(|name| *name == BESIDE);
    json!({ "names": others, "escalated": beside.len() })
}

/// A defect as the model has it, in the form of [`FIELDS`].
fn expected(site: &Site<'_>, model: &Model, defect: &Defect) -> Value {
    let attempts = defect.attempts.iter().map(|attempt| {
        let status = attempt.passed.map_or("PENDING", |passed| if passed { "PASSED" } else { "FAILED" });
        let verdicts = attempt.verdicts.iter();
        let verdicts: Vec<Value> =
            verdicts.map(|(party, passed)| json!({ "party": party.code(), "passed": passed })).collect();
        json!({ "status": status, "late": attempt.late, "verdicts": verdicts })
    });
    json!({
        "id": defect.id,
        "status": defect.status.code(),
        "type": { "code": KINDS[defect.kind].code },
        "severity": defect.severity.code(),
        "description": defect.description,
        "dueAt": defect.due.map(|due| Timestamp(due).to_rfc3339()),
        "overdue": defect.is_overdue(model.now),
        "onHold": defect.held,
        "failedAttempts": defect.failed,
        "reopenedCount": defect.reopened,
        "responsibleCompany": defect.company.map(|company| json!({ "code": company.code() })),
        "assignee": defect.assignee.map(|person| json!({ "id": site.users[person].id })),
        "duplicateOf": defect.repeats.map(|other| json!({ "id": model.defects[other].id })),
        "attempts": attempts.collect::<Vec<_>>(),
        "events": in_order(&defect.events),
    })
}

/// The rates of the overview, of valid defects only.
async fn metrics(site: &Site<'_>, model: &Model) -> Compared {
    let rate = "{ numerator denominator }";
    let document = format!(
        "query($id: ID!) {{ project(id: $id) {{ overview {{ overdue firstPassRate {rate} closeOutRate {rate}
            onTimeRate {rate} sendBackRate {rate} }} }} }}"
    );
    let read = site.manager().ok(&document, json!({ "id": site.app.project.id })).await;
    let valid: Vec<&Defect> = model.defects.iter().filter(|defect| defect.status != Status::Void).collect();
    let count = |fits: &dyn Fn(&Defect) -> bool| valid.iter().filter(|defect| fits(defect)).count();
    let rate = |part: usize, of: usize| json!({ "numerator": part, "denominator": of });
    let overdue = count(&|defect| defect.is_overdue(model.now));
    let verdicts = || valid.iter().flat_map(|defect| &defect.attempts).flat_map(|attempt| &attempt.verdicts);
    let expected = json!({
        "overdue": overdue,
        "firstPassRate": rate(
            count(&|defect| defect.first_passed == Some(true)),
            count(&|defect| defect.first_passed.is_some()),
        ),
        "closeOutRate": rate(count(&|defect| defect.status == Status::Closed), valid.len()),
        "onTimeRate": rate(
            count(&|defect| defect.attempts.first().is_some_and(|attempt| !attempt.late)),
            count(&|defect| !defect.attempts.is_empty() || defect.is_overdue(model.now)),
        ),
        "sendBackRate": rate(verdicts().filter(|(_, passed)| !passed).count(), verdicts().count()),
    });
    same("the overview", &expected, &read["project"]["overview"])
}

async fn readiness(site: &Site<'_>, model: &Model) -> Compared {
    let document = "query($id: ID!) { unit(id: $id) { readiness { ready blockers { code subjectId } } } }";
    for (unit, code) in UNITS.iter().enumerate() {
        let read = site.manager().ok(document, json!({ "id": site.app.project.unit(code) })).await;
        let readiness = &read["unit"]["readiness"];
        let expected: BTreeSet<(String, Option<Uuid>)> =
            model.blockers(unit).into_iter().map(|(code, subject)| (code.to_owned(), subject)).collect();
        let blockers = readiness["blockers"].as_array().expect("blockers");
        let subject = |one: &Value| one["subjectId"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let found = blockers.iter().map(|one| (text(&one["code"]), subject(one))).collect();
        same(&format!("what blocks {code}"), &expected, &found)?;
        same(&format!("whether {code} is ready"), &json!(expected.is_empty()), &readiness["ready"])?;
    }
    Ok(())
}

/// The allowed commands of one person on a few defects; empty for a defect that the person does not see.
async fn allowed(site: &Site<'_>, model: &Model, dice: &mut Dice) -> Compared {
    let person = dice.below(PEOPLE.len());
    let document = "query($a: ID!, $b: ID!, $c: ID!) {
        a: defect(id: $a) { allowedCommands { name allowed } } b: defect(id: $b) { allowedCommands { name allowed } }
        c: defect(id: $c) { allowedCommands { name allowed } } }";
    let chosen = [0; 3].map(|_| dice.below(model.defects.len()));
    let [a, b, c] = chosen.map(|index| model.defects[index].id);
    let read = site.users[person].ok(document, json!({ "a": a, "b": b, "c": c })).await;
    for (name, index) in ["a", "b", "c"].into_iter().zip(chosen) {
        let right = |(right, code): &(Right, &str)| ((*code).to_owned(), model.may(person, index, *right));
        let expected = model.sees(person, index).then(|| RIGHTS.iter().map(right).collect::<BTreeMap<String, bool>>());
        let commands = read[name]["allowedCommands"].as_array();
        let pair = |one: &Value| (text(&one["name"]), one["allowed"] == json!(true));
        let found = commands.map(|commands| commands.iter().map(pair).collect());
        same(&format!("what {} may do to defect {index}", PEOPLE[person].login), &expected, &found)?;
    }
    Ok(())
}

/// The status of each unit inspection, and its lineage.
async fn inspections(site: &Site<'_>, model: &Model) -> Compared {
    for (number, round) in model.rounds.iter().enumerate() {
        for (unit, inspection) in &round.inspections {
            let fields = "status earlierDefects { outcome status defect { id } }";
            let read = setup::read(site.manager(), inspection.id, fields).await;
            let what = format!("the inspection of {} in round {}", UNITS[*unit], number + 1);
            same(&what, &json!(inspection.progress.code()), &read["status"])?;
            let lineage: Lineage = model.lineage(number, *unit);
            let expected: BTreeMap<Uuid, (String, String)> = lineage
                .into_iter()
                .map(|(id, (outcome, status))| (id, (outcome.to_owned(), status.to_owned())))
                .collect();
            let entry = |one: &Value| (uuid(&one["defect"]["id"]), (text(&one["outcome"]), text(&one["status"])));
            let found = read["earlierDefects"].as_array().expect("defects").iter().map(entry).collect();
            same(&format!("{what}: lineage"), &expected, &found)?;
        }
    }
    Ok(())
}

/// A tablet's copy of the defects, updated by the changes since the last pull.
pub(super) struct TabletCopy<'a> {
    tablet: Tablet<'a>,
    person: usize,
    cursor: Value,
    held: BTreeMap<Uuid, String>,
}

impl<'a> TabletCopy<'a> {
    pub(super) async fn of(site: &Site<'a>, person: usize) -> Self {
        let tablet = Tablet::of(site.app, PEOPLE[person].login).await;
        Self { tablet, person, cursor: Value::Null, held: BTreeMap::new() }
    }

    /// Pulls the changes; then the copy must equal the person's view.
    pub(super) async fn pull(&mut self, model: &Model) -> Compared {
        let (changes, cursor) = self.tablet.pull(&self.cursor, &Value::Null).await;
        self.cursor = cursor;
        for change in changes.iter().filter(|change| change["kind"] == "DEFECT") {
            let id = uuid(&change["id"]);
            if change["deleted"] == json!(true) || change["object"].is_null() {
                self.held.remove(&id);
            } else {
                self.held.insert(id, text(&change["object"]["status"]));
            }
        }
        let shown = |index: usize| (model.defects[index].id, model.shown_status(self.person, index).code().to_owned());
        let expected: BTreeMap<Uuid, String> = model.seen_by(self.person).map(shown).collect();
        same(&format!("the tablet of {}", PEOPLE[self.person].login), &expected, &self.held)
    }
}
