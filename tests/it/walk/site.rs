//! The site of the walk: the imported project's people and places, by their usual names.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

use super::findings::{FINDINGS, LATER};
use crate::inspections::setup::{text, uuid};

/// All people with a role in the project, and the two owners.
const PEOPLE: [&str; 12] = ["mei", "ana", "rosa", "adam", "aiko", "bob", "bao", "sun", "ho", "pia", "oleg", "otto"];

/// The inspected home, and the one next door.
const HOME: &str = "1-1-301";
const NEXT_DOOR: &str = "1-1-302";

/// The imported project.
pub(super) struct Site<'a> {
    pub(super) app: &'a TestApp,
    pub(super) project: Uuid,
    /// The inspected home; its owner is Oleg.
    pub(super) unit: Uuid,
    /// The home next door; its owner is Otto.
    pub(super) next_door: Uuid,
    pub(super) checklist: Uuid,
    people: BTreeMap<&'static str, User<'a>>,
    companies: BTreeMap<String, Uuid>,
    rooms: BTreeMap<String, Uuid>,
    items: BTreeMap<String, Uuid>,
    defects: BTreeMap<&'static str, Uuid>,
}

impl<'a> Site<'a> {
    /// Signs all people in and reads the project as its manager.
    pub(super) async fn of(app: &'a TestApp, project: Uuid) -> Self {
        let mut people = BTreeMap::new();
        for login in PEOPLE {
            people.insert(login, app.newcomer(login).await);
        }
        let document = "query($id: ID!) { project(id: $id) {
            companies { id code } checklists { id currentVersion { items { id code } } }
            units(first: 100) { nodes { id code } } } }";
        let read = people["mei"].ok(document, json!({ "id": project })).await["project"].clone();
        let checklist = &read["checklists"][0];
        let units = by_code(&read["units"]["nodes"]);
        assert_eq!(units.len(), 40);
        let rooms = "query($id: ID!) { unit(id: $id) { rooms { id code } } }";
        let rooms = people["mei"].ok(rooms, json!({ "id": units[HOME] })).await;
        // A tablet makes the ids of the objects that it will log.
        let defects = FINDINGS.iter().map(|finding| finding.kind).chain(LATER).map(|kind| (kind, v7())).collect();
        Self {
            app,
            project,
            unit: units[HOME],
            next_door: units[NEXT_DOOR],
            checklist: uuid(&checklist["id"]),
            companies: by_code(&read["companies"]),
            rooms: by_code(&rooms["unit"]["rooms"]),
            items: by_code(&checklist["currentVersion"]["items"]),
            people,
            defects,
        }
    }

    pub(super) fn by(&self, login: &str) -> &User<'a> {
        self.people.get(login).unwrap_or_else(|| panic!("there is no person {login}"))
    }

    pub(super) fn company(&self, code: &str) -> Uuid {
        self.companies[code]
    }

    pub(super) fn room(&self, code: &str) -> Uuid {
        self.rooms[code]
    }

    pub(super) fn item(&self, code: &str) -> Uuid {
        self.items[code]
    }

    /// The id of the defect of a type: there is one of each.
    pub(super) fn defect(&self, kind: &str) -> Uuid {
        *self.defects.get(kind).unwrap_or_else(|| panic!("no defect {kind}"))
    }

    /// Fields of a defect as a person reads them; null for a person who does not see it.
    pub(super) async fn read(&self, login: &str, kind: &str, fields: &str) -> Value {
        let document = format!("query($id: ID!) {{ defect(id: $id) {{ {fields} }} }}");
        self.by(login).ok(&document, json!({ "id": self.defect(kind) })).await["defect"].clone()
    }

    /// Runs a command on a defect, which must succeed; returns the defect.
    pub(super) async fn run(&self, login: &str, command: &str, kind: &str, more: Value) -> Value {
        let variables = json!({ "input": self.input(kind, more) });
        self.by(login).ok(&mutation(command), variables).await["answer"]["defect"].clone()
    }

    /// Tries a command on a defect that must be refused and change nothing; returns the codes.
    pub(super) async fn refused(&self, login: &str, command: &str, kind: &str, more: Value) -> Vec<String> {
        self.by(login).refused(&mutation(command), json!({ "input": self.input(kind, more) })).await
    }

    fn input(&self, kind: &str, mut input: Value) -> Value {
        input["defectId"] = json!(self.defect(kind));
        input
    }
}

/// The mutation of a command on a defect.
fn mutation(command: &str) -> String {
    let upper = command[..1].to_uppercase() + &command[1..];
    format!(
        "mutation($input: {upper}Input!) {{ answer: {command}(input: $input) {{
            defect {{ id status dueAt failedAttempts reopenedCount responsibleCompany {{ code }} assignee {{ name }}
                attempts {{ id number status }} }}
            userErrors {{ code field message }} }} }}"
    )
}

fn by_code(list: &Value) -> BTreeMap<String, Uuid> {
    let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    list.iter().map(|one| (text(&one["code"]), uuid(&one["id"]))).collect()
}
