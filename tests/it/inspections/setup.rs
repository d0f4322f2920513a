//! Rounds, unit inspections and commands by name, for the tests of both.

use std::collections::BTreeMap;

use domain::inspection::InspectionCommand;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::checklist_items;
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

/// All parties, as a round may require them.
pub(crate) const PARTIES: [&str; 5] = ["DEVELOPER", "CONTRACTOR", "SUPERVISOR", "PROPERTY", "CUSTOMER"];

/// The rooms with their items in the order of a walk, and a valid result for each.
pub(crate) const PLACES: [(&str, &str); 5] =
    [("LIVING", "LIV-1"), ("LIVING", "LIV-2"), ("BED", "BED-1"), ("BATH", "BATH-1"), ("KITCHEN", "KIT-1")];

pub(crate) const ROUND_CREATE: &str = "mutation($input: RoundCreateInput!) { roundCreate(input: $input) {
    round { id number status version } userErrors { code field message } } }";
pub(crate) const ROUND_OPEN: &str = "mutation($input: RoundOpenInput!) { roundOpen(input: $input) {
    round { id status version openedAt inspectionCounts { status count } } userErrors { code field } } }";
pub(crate) const ROUND_CLOSE: &str = "mutation($input: RoundCloseInput!) { roundClose(input: $input) {
    round { id status version closedAt } userErrors { code field } } }";

/// The mutation of a command on a unit inspection, by the command's name; `CLEAR` clears recorded results.
pub(crate) fn mutation(command: &str) -> String {
    let field = match command {
        "CLEAR" => "checkResultsClear",
        command => command.parse::<InspectionCommand>().expect("a command on inspections").rule().mutations[0],
    };
    let input = format!("{}{}Input", field[..1].to_uppercase(), &field[1..]);
    let missing = if command == "SUBMIT" { "missing { kind room { code } item { code } }" } else { "" };
    format!(
        "mutation($input: {input}!) {{ answer: {field}(input: $input) {{
            unitInspection {{ id status version submissionNo contentHash }} {missing}
            userErrors {{ code field message }} }} }}"
    )
}

/// An open round of the project over some of its units.
pub(crate) struct Round<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) id: Uuid,
    /// Unit inspections by the unit's code.
    pub(crate) inspections: BTreeMap<String, Uuid>,
    /// Checklist items by code.
    pub(crate) items: BTreeMap<String, Uuid>,
}

/// The input of a round over all homes, as a template.
pub(crate) fn plan(app: &TestApp, number: i32, parties: &[&str]) -> Value {
    json!({
        "roundId": v7(), "projectId": app.project.id, "stage": "HOUSEHOLD_ACCEPTANCE", "number": number,
        "name": format!("Round {number}"), "requiredParties": parties, "checklistId": app.project.checklist,
        "plannedFrom": "2026-03-02", "plannedTo": "2026-03-06",
    })
}

impl<'a> Round<'a> {
    /// Plans and opens a round over these units.
    pub(crate) async fn open(app: &'a TestApp, number: i32, parties: &[&str], units: &[&str]) -> Self {
        Self::open_planned(app, plan(app, number, parties), units).await
    }

    /// The same with a custom plan.
    pub(crate) async fn open_planned(app: &'a TestApp, mut input: Value, units: &[&str]) -> Self {
        let manager = app.user("manager").await;
        input["unitIds"] = units.iter().map(|unit| json!(app.project.unit(unit))).collect();
        let created = manager.ok(ROUND_CREATE, json!({ "input": input })).await;
        let id = uuid(&created["roundCreate"]["round"]["id"]);
        manager.ok(ROUND_OPEN, json!({ "input": { "roundId": id } })).await;
        let document = "query($id: ID!) { round(id: $id) { inspections(first: 100) { nodes { id unit { code } } } } }";
        let found = manager.ok(document, json!({ "id": id })).await;
        let nodes = found["round"]["inspections"]["nodes"].as_array().expect("unit inspections");
        let inspections = nodes.iter().map(|node| (text(&node["unit"]["code"]), uuid(&node["id"]))).collect();
        Self { app, id, inspections, items: items(app).await }
    }

    pub(crate) fn inspection(&self, unit: &str) -> Uuid {
        *self.inspections.get(unit).unwrap_or_else(|| panic!("no inspection of {unit}"))
    }

    pub(crate) fn item(&self, code: &str) -> Uuid {
        *self.items.get(code).unwrap_or_else(|| panic!("no item {code}"))
    }

    pub(crate) fn result(&self, unit: &str, place: (&str, &str), result: &str, note: Option<&str>) -> Value {
        let room = self.app.project.room(unit, place.0);
        json!({ "roomId": room, "itemId": self.item(place.1), "result": result, "note": note })
    }

    pub(crate) fn measurement(&self, unit: &str, readings: &[&str]) -> Value {
        let room = self.app.project.room(unit, "LIVING");
        json!({ "roomId": room, "itemId": self.item("LIV-2"), "readings": readings })
    }

    /// All places of a unit with one result.
    pub(crate) fn all(&self, unit: &str, result: &str) -> Vec<Value> {
        PLACES.iter().map(|&place| self.result(unit, place, result, None)).collect()
    }

    /// The valid input of a command.
    pub(crate) async fn input(&self, command: &str, unit: &str) -> Value {
        let inspection = self.inspection(unit);
        let mut input = json!({ "inspectionId": inspection });
        match command {
            "RECORD" => input["results"] = self.all(unit, "PASS").into(),
            "SIGN" => {
                let shown = self.read(unit, "contentHash").await;
                input["signatureId"] = json!(v7());
                input["contentHash"] = shown["contentHash"].as_str().unwrap_or("00").into();
            }
            "REOPEN" | "MARK_INACCESSIBLE" => input["reason"] = "because".into(),
            _ => {}
        }
        input
    }

    /// Runs a command that must succeed.
    pub(crate) async fn run(&self, user: &User<'_>, command: &str, unit: &str) -> Value {
        let input = self.input(command, unit).await;
        let data = user.ok(&mutation(command), json!({ "input": input })).await;
        data["answer"]["unitInspection"].clone()
    }

    /// Records results, which must succeed.
    pub(crate) async fn record(&self, user: &User<'_>, unit: &str, results: Value, measurements: Value) -> Value {
        let input = json!({
            "inspectionId": self.inspection(unit), "results": results, "measurements": measurements,
        });
        user.ok(&mutation("RECORD"), json!({ "input": input })).await["answer"]["unitInspection"].clone()
    }

    /// Tries a command with a custom input; returns `(code, field)` of each refusal.
    pub(crate) async fn try_input(&self, user: &User<'_>, command: &str, input: Value) -> Vec<(String, String)> {
        let variables = json!({ "input": input });
        user.refused(&mutation(command), variables.clone()).await;
        let answer = user.query(&mutation(command), variables).await;
        refusals(&answer)
    }

    /// Tries a command with a valid input; returns the codes of its refusal.
    pub(crate) async fn try_run(&self, user: &User<'_>, command: &str, unit: &str) -> Vec<String> {
        let input = self.input(command, unit).await;
        user.refused(&mutation(command), json!({ "input": input })).await
    }

    /// Fields of a unit inspection as the manager reads them.
    pub(crate) async fn read(&self, unit: &str, fields: &str) -> Value {
        let manager = self.app.user("manager").await;
        read(&manager, self.inspection(unit), fields).await
    }

    /// Brings a unit inspection to a status.
    pub(crate) async fn bring(&self, unit: &str, status: &str) {
        let manager = self.app.user("manager").await;
        match status {
            "PLANNED" => {}
            "INACCESSIBLE" => drop(self.run(&manager, "MARK_INACCESSIBLE", unit).await),
            "IN_PROGRESS" | "SUBMITTED" | "SIGNED" => {
                self.run(&manager, "RECORD", unit).await;
                if status != "IN_PROGRESS" {
                    self.run(&manager, "SUBMIT", unit).await;
                }
                if status == "SIGNED" {
                    self.sign_by_all(unit).await;
                }
            }
            other => panic!("no status {other}"),
        }
    }

    /// A person of each required party signs.
    pub(crate) async fn sign_by_all(&self, unit: &str) {
        let required = self.read(unit, "requiredParties").await;
        for party in required["requiredParties"].as_array().into_iter().flatten() {
            let login = match party.as_str() {
                Some("DEVELOPER") => "site",
                Some("CONTRACTOR") => "lead.a",
                Some("SUPERVISOR") => "supervisor",
                Some("PROPERTY") => "property",
                _ => "owner1",
            };
            self.run(&self.app.user(login).await, "SIGN", unit).await;
        }
    }
}

/// `(code, field)` of each refusal of a command.
pub(crate) fn refusals(answer: &Value) -> Vec<(String, String)> {
    let errors = answer["data"]["answer"]["userErrors"].as_array().cloned().unwrap_or_default();
    let path = |error: &Value| {
        let steps: Vec<String> = error["field"].as_array().into_iter().flatten().map(text).collect();
        steps.join(".")
    };
    errors.iter().map(|error| (text(&error["code"]), path(error))).collect()
}

/// Fields of a unit inspection as a person reads them.
pub(crate) async fn read(user: &User<'_>, id: Uuid, fields: &str) -> Value {
    let document = format!("query($id: ID!) {{ unitInspection(id: $id) {{ {fields} }} }}");
    user.ok(&document, json!({ "id": id })).await["unitInspection"].clone()
}

/// The items of the project's checklist by code.
pub(crate) async fn items(app: &TestApp) -> BTreeMap<String, Uuid> {
    let of_version = checklist_items::Column::ChecklistVersionId.eq(app.project.checklist_version);
    let rows = checklist_items::Entity::find().filter(of_version).all(app.app.db.read()).await.expect("items");
    rows.into_iter().map(|row| (row.code, row.id.uuid())).collect()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn uuid(value: &Value) -> Uuid {
    text(value).parse().unwrap_or_else(|_| panic!("no id: {value}"))
}
