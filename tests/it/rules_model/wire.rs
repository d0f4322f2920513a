//! The commands of the model as mutations over HTTP.

use std::collections::BTreeMap;

use domain::Timestamp;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

use super::commands::{Act, Command};
use super::effects::due_at;
use super::model::Model;
use super::people::{Company, KINDS, MANAGER, PEOPLE, Party, Severity, UNITS};
use super::rounds::Step;
use crate::evidence::document;
use crate::inspections::setup;

/// The server with all people signed in.
pub(super) struct Site<'a> {
    pub(super) app: &'a TestApp,
    /// In the order of [`PEOPLE`]; kept, because each sign-in computes a password hash.
    pub(super) users: Vec<User<'a>>,
    items: BTreeMap<String, Uuid>,
}

impl<'a> Site<'a> {
    pub(super) async fn of(app: &'a TestApp) -> Self {
        let mut users = Vec::new();
        for person in &PEOPLE {
            users.push(app.user(person.login).await);
        }
        Self { app, users, items: setup::items(app).await }
    }

    pub(super) fn manager(&self) -> &User<'a> {
        &self.users[MANAGER]
    }

    /// Runs a command; returns the codes of its refusal, none on success.
    pub(super) async fn give(&self, model: &Model, command: &Command, id: Uuid) -> Vec<String> {
        let (person, document, input) = match command {
            Command::Wait { hours } => {
                self.app.advance_seconds(hours * 3_600);
                return Vec::new();
            }
            Command::Log { person, unit, kind, severity, inspection } => {
                let inspection = inspection.map(|round| model.rounds[round].inspections[unit].id);
                let severity = severity.map(|severity| severity.code());
                let unit = self.app.project.unit(UNITS[*unit]);
                let input = json!({ "defectId": id, "unitId": unit, "type": KINDS[*kind].code, "severity": severity,
                    "inspectionId": inspection });
                (*person, document("defectLog"), input)
            }
            Command::Defect { person, defect, act } => {
                let (name, mut input) = self.act(model, act);
                input["defectId"] = json!(model.defects[*defect].id);
                (*person, document(name), input)
            }
            Command::Plan { person, stage, parties, units } => {
                (*person, document("roundCreate"), self.plan(model, id, stage, parties, units))
            }
            Command::Open { person, round } => {
                (*person, document("roundOpen"), json!({ "roundId": model.rounds[*round].id }))
            }
            Command::Close { person, round } => {
                (*person, document("roundClose"), json!({ "roundId": model.rounds[*round].id }))
            }
            Command::Inspect { person, round, unit, step } => {
                let inspection = model.rounds[*round].inspections[unit].id;
                let (name, input) = self.step(inspection, *unit, step).await;
                (*person, setup::mutation(name), input)
            }
        };
        codes(&self.users[person].query(&document, json!({ "input": input })).await)
    }

    /// The mutation of a command on a defect, and its input without the defect.
    fn act(&self, model: &Model, act: &Act) -> (&'static str, Value) {
        match act {
            Act::Update { description, kind, severity } => {
                ("defectUpdate", update(description.as_deref(), *kind, *severity))
            }
            Act::Assign { company, assignee, due_in_hours } => {
                ("defectAssign", self.assign(model, *company, *assignee, *due_in_hours))
            }
            Act::Start => ("defectStart", json!({})),
            Act::ReportFixed => ("defectReportFixed", json!({ "attemptId": v7() })),
            Act::Verify { passed } => {
                ("defectVerify", json!({ "verdictId": v7(), "passed": passed, "note": "looked at" }))
            }
            Act::Dispute => {
                ("defectDispute", json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "it is not ours" }))
            }
            Act::Resolve { outcome, company } => {
                let company = company.map(|company| self.app.project.company(company.code()));
                ("defectResolveDispute", json!({ "outcome": outcome.code(), "companyId": company }))
            }
            Act::Void { duplicate, of } => {
                let reason = if *duplicate { "DUPLICATE" } else { "ENTERED_IN_ERROR" };
                ("defectVoid", json!({ "reason": reason, "duplicateOf": of.map(|of| model.defects[of].id) }))
            }
            Act::Restore => ("defectRestore", json!({ "reason": "it is one" })),
            Act::Reopen => ("defectReopen", json!({ "reason": "it is back" })),
            Act::Hold => ("defectHold", json!({ "reason": "no paint" })),
            Act::Resume => ("defectResume", json!({})),
            Act::Merge { into } => ("defectMerge", json!({ "intoDefectId": model.defects[*into].id })),
            Act::Unmerge => ("defectUnmerge", json!({})),
            Act::Withdraw => ("defectWithdraw", json!({ "reason": "a shadow" })),
        }
    }

    fn assign(
        &self,
        model: &Model,
        company: Option<Company>,
        assignee: Option<usize>,
        due_in_hours: Option<i64>,
    ) -> Value {
        let mut input = json!({});
        if let Some(company) = company {
            input["companyId"] = json!(self.app.project.company(company.code()));
        }
        if let Some(person) = assignee {
            input["assigneeId"] = json!(self.users[person].id);
        }
        if let Some(hours) = due_in_hours {
            input["dueAt"] = json!(Timestamp(due_at(model.now, hours)).to_rfc3339());
        }
        input
    }

    fn plan(&self, model: &Model, id: Uuid, stage: &str, parties: &[Party], units: &[usize]) -> Value {
        let parties: Vec<&str> = parties.iter().map(|party| party.code()).collect();
        let number = i32::try_from(model.rounds.len() + 1).expect("few rounds");
        let mut input = setup::plan(self.app, number, &parties);
        input["roundId"] = json!(id);
        input["stage"] = json!(stage);
        input["unitIds"] = units.iter().map(|unit| json!(self.app.project.unit(UNITS[*unit]))).collect();
        input
    }

    async fn step(&self, inspection: Uuid, unit: usize, step: &Step) -> (&'static str, Value) {
        let mut input = json!({ "inspectionId": inspection });
        let name = match step {
            Step::Record(places) => {
                let result = |place: &usize| {
                    let (room, item) = setup::PLACES[*place];
                    json!({ "roomId": self.app.project.room(UNITS[unit], room), "itemId": self.items[item],
                        "result": "PASS" })
                };
                input["results"] = places.iter().map(result).collect();
                "RECORD"
            }
            Step::Submit => "SUBMIT",
            Step::Sign => {
                // The shown content; there is none to sign before the submission.
                let shown = setup::read(self.manager(), inspection, "contentHash").await;
                input["signatureId"] = json!(v7());
                input["contentHash"] = shown["contentHash"].as_str().unwrap_or("00").into();
                "SIGN"
            }
            Step::Reopen => {
                input["reason"] = json!("once more");
                "REOPEN"
            }
        };
        (name, input)
    }

    /// Copies the server's ids of the inspections of an opened round into the model.
    pub(super) async fn name_inspections(&self, model: &mut Model, round: usize) {
        let document = "query($id: ID!) { round(id: $id) { inspections(first: 20) { nodes { id unit { code } } } } }";
        let found = self.manager().ok(document, json!({ "id": model.rounds[round].id })).await;
        for node in found["round"]["inspections"]["nodes"].as_array().expect("unit inspections") {
            let unit = UNITS.iter().position(|code| node["unit"]["code"] == *code).expect("a unit of the model");
            let inspection = model.rounds[round].inspections.get_mut(&unit).expect("a unit in scope");
            inspection.id = setup::uuid(&node["id"]);
        }
    }
}

fn update(description: Option<&str>, kind: Option<usize>, severity: Option<Severity>) -> Value {
    let mut input = json!({});
    if let Some(description) = description {
        input["description"] = json!(description);
    }
    if let Some(kind) = kind {
        input["type"] = json!(KINDS[kind].code);
    }
    if let Some(severity) = severity {
        input["severity"] = json!(severity.code());
    }
    input
}

/// The codes of a refusal; an internal error ends the test.
fn codes(answer: &Value) -> Vec<String> {
    let errors = answer["data"]["answer"]["userErrors"].as_array();
    let errors = errors.filter(|_| answer.get("errors").is_none()).unwrap_or_else(|| panic!("no payload: {answer:#}"));
    errors.iter().map(|error| setup::text(&error["code"])).collect()
}
