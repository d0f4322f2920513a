//! Defects in every state, and every command on them with an input that only rights or state can refuse.

use std::collections::BTreeMap;

use domain::defect::DefectCommand;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::database::TestDb;
use tests::ids::v7;
use uuid::Uuid;

use crate::photos::pictures::some_jpeg;
use crate::photos::{COMPLETE, Shot, put};

/// The states of a defect of contractor A, with the other conditions: on hold, merged, found by the owner.
pub(super) const STATES: [&str; 12] = [
    "OPEN",
    "ASSIGNED",
    "HELD",
    "IN_PROGRESS",
    "FIXED",
    "REWORK",
    "DISPUTED",
    "CLOSED",
    "VOID",
    "MERGED",
    "OWNERS_FIXED",
    "OWNERS_CLOSED",
];

/// The names of all commands on defects, from the table of commands.
pub(super) fn commands() -> impl Iterator<Item = &'static str> {
    DefectCommand::ALL.iter().map(|command| command.as_str())
}

/// A defect, and another one of the same place as the target of a merge.
pub(super) struct Subject {
    id: Uuid,
    other: Uuid,
}

pub(super) struct Setup {
    pub(super) app: TestApp,
    unit: Uuid,
    room: Uuid,
}

impl Setup {
    pub(super) async fn start(db: &TestDb) -> Self {
        let app = TestApp::start(db).await;
        let unit = app.project.unit("1-101");
        let room = app.project.room("1-101", "LIVING");
        app.open_to_owner(unit).await;
        Self { app, unit, room }
    }

    /// A new defect, brought to a state by permitted people.
    pub(super) async fn defect_in(&self, state: &str) -> Subject {
        // Electrical work has no responsibility rule; plastering is A's.
        let kind = if state == "OPEN" { "ELEC.LABEL" } else { "WALL.CRACK" };
        let finder = if state.starts_with("OWNERS") { "owner1" } else { "site" };
        let subject = Subject { id: self.log(finder, kind).await, other: self.log("site", kind).await };
        let way: &[(&str, &str)] = match state {
            "HELD" => &[("site", "HOLD")],
            "IN_PROGRESS" => &[("worker.a", "START")],
            "FIXED" | "OWNERS_FIXED" => &[("worker.a", "REPORT_FIXED")],
            "REWORK" => &[("worker.a", "REPORT_FIXED"), ("site", "FAIL")],
            "DISPUTED" => &[("lead.a", "DISPUTE")],
            "CLOSED" | "OWNERS_CLOSED" => &[("worker.a", "REPORT_FIXED"), ("site", "VERIFY")],
            "VOID" => &[("site", "VOID")],
            "MERGED" => &[("site", "MERGE")],
            _ => &[],
        };
        for (login, command) in way {
            let refused = self.run(login, command, &subject).await;
            assert!(refused.is_empty(), "{login} {command} on the way to {state}: {refused:?}");
        }
        subject
    }

    async fn log(&self, login: &str, kind: &str) -> Uuid {
        let id = v7();
        let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
        let input = json!({ "defectId": id, "unitId": self.unit, "roomId": self.room, "type": kind });
        self.app.user(login).await.ok(document, json!({ "input": input })).await;
        id
    }

    /// The entry of each command in `allowedCommands`; `None` if the person does not see the defect.
    pub(super) async fn allowed(
        &self,
        login: &str,
        subject: &Subject,
    ) -> Option<BTreeMap<String, (bool, Option<String>)>> {
        let document = "query($id: ID!) { defect(id: $id) { allowedCommands { name allowed reason } } }";
        let data = self.app.user(login).await.ok(document, json!({ "id": subject.id })).await;
        let told = data["defect"]["allowedCommands"].as_array()?.iter();
        Some(
            told.map(|command| {
                let reason = command["reason"].as_str().map(str::to_owned);
                (text(&command["name"]), (command["allowed"] == json!(true), reason))
            })
            .collect(),
        )
    }

    /// Runs a command; returns the messages of its refusal.
    pub(super) async fn run(&self, login: &str, command: &str, subject: &Subject) -> Vec<String> {
        self.answer(login, command, subject).await.iter().map(|error| text(&error["message"])).collect()
    }

    /// Runs a command; returns the codes of its refusal.
    pub(super) async fn codes(&self, login: &str, command: &str, subject: &Subject) -> Vec<String> {
        self.answer(login, command, subject).await.iter().map(|error| text(&error["code"])).collect()
    }

    async fn answer(&self, login: &str, command: &str, subject: &Subject) -> Vec<Value> {
        let photo = match command {
            // A person who may not report may not declare the photo either: then none is named.
            "REPORT_FIXED" => self.after_photo(login, subject).await,
            _ => None,
        };
        let (name, more) = self.input(command, login, photo, subject);
        let mut input = json!({ "defectId": subject.id });
        for (field, value) in more.as_object().expect("an object") {
            input[field] = value.clone();
        }
        let upper = name[..1].to_uppercase() + &name[1..];
        let document = format!(
            "mutation($input: {upper}Input!) {{ {name}(input: $input) {{ defect {{ id }} userErrors {{ code message }} }} }}"
        );
        let answer = self.app.user(login).await.query(&document, json!({ "input": input })).await;
        assert!(answer.get("errors").is_none(), "{login} {command}: {answer:#}");
        answer["data"][name]["userErrors"].as_array().expect("user errors").clone()
    }

    /// The mutation of a command with an input that only rights or state can refuse; `FAIL` is the failing verdict.
    fn input(&self, command: &str, login: &str, photo: Option<Uuid>, subject: &Subject) -> (&'static str, Value) {
        let company = |code: &str| self.app.project.company(code);
        if command == "FAIL" {
            return ("defectVerify", json!({ "verdictId": v7(), "passed": false, "note": "still there" }));
        }
        let command: DefectCommand = command.parse().expect("a command on defects");
        let input = match command {
            DefectCommand::Update => json!({ "description": format!("changed {}", v7()) }),
            DefectCommand::Assign => json!({ "companyId": company("B") }),
            DefectCommand::SetAssignee => {
                let worker = if login == "lead.b" { "worker.b" } else { "worker.a" };
                json!({ "assigneeId": self.app.person_id(worker) })
            }
            DefectCommand::ReportFixed => {
                let photos: Vec<Uuid> = photo.into_iter().collect();
                json!({ "attemptId": v7(), "photoIds": photos })
            }
            DefectCommand::Verify => json!({ "verdictId": v7(), "passed": true }),
            DefectCommand::Dispute => json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "not ours" }),
            DefectCommand::ResolveDispute => json!({ "outcome": "UPHELD" }),
            DefectCommand::Void => json!({ "reason": "NOT_A_DEFECT" }),
            DefectCommand::Restore => json!({ "reason": "it is one" }),
            DefectCommand::Reopen => json!({ "reason": "it is back" }),
            DefectCommand::Hold => json!({ "reason": "waiting for paint" }),
            DefectCommand::Merge => json!({ "intoDefectId": subject.other }),
            DefectCommand::Withdraw => json!({ "reason": "a shadow" }),
            DefectCommand::Comment => json!({ "commentId": v7(), "body": "look", "visibility": "OWNER" }),
            DefectCommand::Start | DefectCommand::Resume | DefectCommand::Unmerge => json!({}),
        };
        (command.rule().mutations[0], input)
    }

    async fn after_photo(&self, login: &str, subject: &Subject) -> Option<Uuid> {
        let told = self.allowed(login, subject).await?;
        if !told["REPORT_FIXED"].0 {
            return None;
        }
        // Its bytes are uploaded, because a repair is not passed while its photo is missing.
        let (shot, user) = (Shot::jpeg(some_jpeg()), self.app.user(login).await);
        let upload = shot.declare(&user, subject.id, "AFTER").await;
        put(&self.app, &upload, &shot.bytes).await;
        user.ok(COMPLETE, json!({ "id": shot.id })).await;
        Some(shot.id)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
