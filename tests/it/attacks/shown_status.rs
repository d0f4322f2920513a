//! What an owner reads of a defect that companies dispute, and of what follows from the dispute: exactly what the owner
//! reads of another defect, to which all the rest happens and no dispute.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::hidden_steps::{Step, opened};
use crate::evidence::{defect, document, matching, run};
use crate::sync::{Tablet, codes, operation};

/// Everything of a defect that a step moves.
const READ: &str = "status statusText version updatedAt assignedAt dueAt overdue onHold fixedAt closedAt failedAttempts
    reopenedCount description responsibleCompany { id } disputes { id } duplicateOf { id }
    attempts { number status late occurredAt verdicts { party passed } }
    events { name from to role party person { id } reason data occurredAt recordedAt }
    allowedCommands { name allowed reason }";

const UNIT: &str = "query($id: ID!, $filter: DefectFilter) { unit(id: $id) { defectCount(filter: $filter)
    defects(first: 100, filter: $filter) { nodes { id status } } } }";

const REVIEW: &str =
    "query($id: ID!) { unitReviewContent(unitId: $id) { defects { defectId status statusText dueAt } } }";

/// The statuses in which it may stand while companies dispute it, and that of a dispute.
const STATUSES: [&str; 4] = ["ASSIGNED", "IN_PROGRESS", "REWORK", "DISPUTED"];

const STAFF: [&str; 5] = ["manager", "site", "lead.a", "lead.b", "worker.a"];

/// What happens at one moment: to the defect that companies dispute, and to the other one.
type Beat = (Option<Step>, Option<Step>);

/// A step that the owner is not shown.
fn hidden(step: Step) -> Beat {
    (Some(step), None)
}

fn each(of_disputed: Step, of_other: Step) -> Beat {
    (Some(of_disputed), Some(of_other))
}

fn both(step: &Step) -> Beat {
    each(step.clone(), step.clone())
}

fn dispute(lead: &'static str) -> Step {
    (lead, "defectDispute", json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "the window maker's" }))
}

fn resolve(outcome: &str, company: Option<Uuid>) -> Step {
    ("manager", "defectResolveDispute", json!({ "outcome": outcome, "companyId": company }))
}

fn start(lead: &'static str) -> Step {
    (lead, "defectStart", json!({}))
}

fn fixed(lead: &'static str) -> Step {
    (lead, "defectReportFixed", json!({ "attemptId": v7() }))
}

fn failed() -> Step {
    ("site", "defectVerify", json!({ "verdictId": v7(), "passed": false, "note": "still cracked" }))
}

fn reasoned(login: &'static str, command: &'static str) -> Step {
    (login, command, json!({ "reason": "looked again" }))
}

/// Every way in which a dispute goes on, with what happens afterwards.
fn stories(app: &TestApp, before: &str, survivor: Uuid) -> Vec<(&'static str, Vec<Beat>)> {
    let mut stories = vec![("open", vec![hidden(dispute("lead.a")), both(&described())])];
    stories.extend(stories_of_the_same_company(survivor));
    stories.extend(stories_of_another_company(app, before));
    if before == "ASSIGNED" {
        let steps = [reasoned("owner1", "defectWithdraw"), reasoned("manager", "defectRestore")];
        let disputed = [hidden(dispute("lead.a"))];
        stories.push(("withdrawn", disputed.into_iter().chain(steps.iter().map(both)).collect()));
    }
    stories
}

fn described() -> Step {
    ("manager", "defectUpdate", json!({ "description": "beside the door" }))
}

fn stories_of_the_same_company(survivor: Uuid) -> [(&'static str, Vec<Beat>); 3] {
    let void = ("manager", "defectVoid", json!({ "reason": "NOT_A_DEFECT" }));
    let upheld = vec![
        hidden(dispute("lead.a")),
        hidden(resolve("UPHELD", None)),
        each(fixed("lead.a"), fixed("lead.a")),
        each(failed(), failed()),
    ];
    let voided = vec![
        hidden(dispute("lead.a")),
        each(resolve("VOIDED", None), void),
        both(&reasoned("manager", "defectRestore")),
        each(fixed("lead.a"), fixed("lead.a")),
    ];
    // Undone, the merge of a disputed defect leaves it disputed.
    let merged = vec![
        hidden(dispute("lead.a")),
        both(&("manager", "defectMerge", json!({ "intoDefectId": survivor }))),
        both(&("manager", "defectUnmerge", json!({}))),
        hidden(resolve("UPHELD", None)),
        each(fixed("lead.a"), fixed("lead.a")),
    ];
    [("upheld", upheld), ("voided", voided), ("merged", merged)]
}

fn stories_of_another_company(app: &TestApp, before: &str) -> [(&'static str, Vec<Beat>); 3] {
    let [a, b] = ["A", "B"].map(|company| app.project.company(company));
    let handed_to = |company: Uuid| ("site", "defectAssign", json!({ "companyId": company }));
    let reassigned = |rest: Vec<Beat>| -> Vec<Beat> {
        let disputed = [hidden(dispute("lead.a")), hidden(resolve("REASSIGNED", Some(b)))];
        disputed.into_iter().chain(rest).collect()
    };
    // The repair begins anew; that of the other defect begins with it, unless it has begun before.
    let begun = match before {
        "IN_PROGRESS" => hidden(start("lead.b")),
        _ => each(start("lead.b"), start("lead.a")),
    };
    let repaired = vec![begun, each(fixed("lead.b"), fixed("lead.a")), each(failed(), failed())];
    let again =
        vec![hidden(dispute("lead.b")), hidden(resolve("REASSIGNED", Some(a))), each(fixed("lead.a"), fixed("lead.a"))];
    let handed = vec![each(handed_to(a), handed_to(b)), each(start("lead.a"), start("lead.b"))];
    [
        ("reassigned", reassigned(repaired)),
        ("reassigned twice", reassigned(again)),
        ("reassigned, then assigned", reassigned(handed)),
    ]
}

/// An owner's two findings, of which companies dispute one, and the owner's tablet.
struct Findings<'a> {
    app: &'a TestApp,
    staff: &'a BTreeMap<&'static str, User<'a>>,
    owner: &'a Tablet<'a>,
    disputed: Uuid,
    other: Uuid,
    cursor: Value,
}

impl<'a> Findings<'a> {
    /// Both in the status in which the dispute begins.
    async fn standing(
        app: &'a TestApp,
        staff: &'a BTreeMap<&'static str, User<'a>>,
        owner: &'a Tablet<'a>,
        before: &str,
    ) -> Self {
        let (disputed, other) = (owner.log("1-101").await, owner.log("1-101").await);
        let findings = Self { app, staff, owner, disputed, other, cursor: Value::Null };
        for id in [disputed, other] {
            let steps = match before {
                "IN_PROGRESS" => vec![start("worker.a")],
                "REWORK" => vec![fixed("lead.a"), failed()],
                _ => Vec::new(),
            };
            for step in steps {
                findings.take(step, id).await;
            }
        }
        let (_, cursor) = owner.pull(&Value::Null, &Value::Null).await;
        Self { cursor, ..findings }
    }

    async fn take(&self, (login, command, mut input): Step, id: Uuid) {
        input["defectId"] = json!(id);
        run(self.staff.get(login).unwrap_or(&self.owner.user), command, input).await;
    }

    /// Takes the steps, and compares all that the owner reads of both.
    async fn pass(&mut self, (of_disputed, of_other): Beat, what: &str) {
        self.app.advance_seconds(300);
        let is_hidden = of_other.is_none();
        for (step, id) in [(of_disputed, self.disputed), (of_other, self.other)] {
            if let Some(step) = step {
                self.take(step, id).await;
            }
        }
        let [one, other] = [self.disputed, self.other].map(|id| defect(&self.owner.user, id, READ));
        let (one, other) = (one.await, other.await);
        assert_eq!(one, other, "{what}");
        self.lists(&one["status"], what).await;
        self.review(what).await;
        self.pull(is_hidden, what).await;
        let [one, other] = [self.disputed, self.other].map(|id| self.refusal(id));
        assert_eq!(one.await, other.await, "{what}");
    }

    /// Each filter finds both, or neither, as the field says.
    async fn lists(&self, status: &Value, what: &str) {
        for wanted in STATUSES {
            let found = matching(self.app, &self.owner.user, json!({ "status": [wanted] })).await;
            let has = [self.disputed, self.other].map(|id| found.contains(&id));
            assert_eq!(has, [status == wanted; 2], "{what}: {wanted}");
        }
        let variables = json!({ "id": self.app.project.unit("1-101"), "filter": { "status": [status] } });
        let unit = self.owner.user.ok(UNIT, variables).await["unit"].clone();
        let nodes = unit["defects"]["nodes"].as_array().expect("nodes");
        assert_eq!(unit["defectCount"], nodes.len(), "{what}");
        for id in [self.disputed, self.other] {
            assert!(nodes.contains(&json!({ "id": id, "status": status })), "{what}: {nodes:#?}");
        }
    }

    /// What the owner is shown to confirm.
    async fn review(&self, what: &str) {
        let id = self.app.project.unit("1-101");
        let content = self.owner.user.ok(REVIEW, json!({ "id": id })).await["unitReviewContent"]["defects"].clone();
        let entry = |id: Uuid| {
            let mut found =
                content.as_array().expect("defects").iter().find(|one| one["defectId"] == json!(id)).cloned();
            if let Some(found) = &mut found {
                found["defectId"] = Value::Null;
            }
            found
        };
        assert_eq!(entry(self.disputed), entry(self.other), "{what}");
    }

    /// What comes to the owner's tablet; nothing comes of a step that is not shown.
    async fn pull(&mut self, is_hidden: bool, what: &str) {
        let (news, cursor) = self.owner.pull(&self.cursor, &Value::Null).await;
        if is_hidden {
            assert_eq!((&news, &cursor), (&Vec::new(), &self.cursor), "{what}");
        }
        let of = |id: Uuid| -> Vec<Value> {
            let own = news.iter().filter(|change| change["id"] == json!(id));
            own.map(|change| json!([change["deleted"], change["object"]["status"]])).collect()
        };
        assert_eq!(of(self.disputed), of(self.other), "{what}");
        assert_eq!(of(self.disputed).is_empty(), is_hidden, "{what}");
        self.cursor = cursor;
    }

    /// What the owner is told who does something that is not possible now.
    async fn refusal(&self, id: Uuid) -> Value {
        let input = json!({ "defectId": id, "reason": "it is back" });
        let answer = self.owner.user.query(&document("defectReopen"), json!({ "input": input })).await;
        let refusal = answer["data"]["answer"]["userErrors"].clone();
        assert!(refusal[0]["message"].is_string(), "{answer:#}");
        refusal
    }

    /// What a late withdrawal from the owner's tablet is answered, if the repair has begun.
    async fn late_withdrawal(&self, id: Uuid) -> Value {
        let input = json!({ "defectId": id, "reason": "a shadow" });
        let result = self.owner.push_one(&operation("defectWithdraw", input, Some(1))).await;
        json!([result["outcome"], codes(&result), result["conflict"], result["userErrors"]])
    }
}

/// Tells every story of a defect that stands so when companies begin to dispute it.
async fn tell(app: &TestApp, before: &str) {
    let mut staff = BTreeMap::new();
    for login in STAFF {
        staff.insert(login, app.user(login).await);
    }
    let owner = Tablet::of(app, "owner1").await;
    let survivor = Tablet::of(app, "site").await.log("1-101").await;
    for (story, beats) in stories(app, before, survivor) {
        let mut findings = Findings::standing(app, &staff, &owner, before).await;
        let read = defect(&owner.user, findings.disputed, "status").await;
        assert_eq!(read["status"], before, "{story}");
        for (place, beat) in beats.into_iter().enumerate() {
            findings.pass(beat, &format!("{before}, {story}, step {}", place + 1)).await;
            if place == 0 {
                let read = defect(&staff["manager"], findings.disputed, "status").await;
                assert_eq!(read["status"], "DISPUTED", "{story}");
                let read = defect(&owner.user, findings.disputed, "status").await;
                assert_eq!(read["status"], before, "{story}");
            }
        }
        if before != "ASSIGNED" {
            let answers =
                [findings.late_withdrawal(findings.disputed).await, findings.late_withdrawal(findings.other).await];
            assert_eq!(answers[0], answers[1], "{before}, {story}");
        }
    }
}

on_both_databases! {
    async fn a_dispute_before_the_repair_does_not_show(db: TestDb) {
        tell(&opened(&db).await, "ASSIGNED").await;
    }

    async fn a_dispute_during_the_repair_does_not_show(db: TestDb) {
        tell(&opened(&db).await, "IN_PROGRESS").await;
    }

    async fn a_dispute_after_a_failed_repair_does_not_show(db: TestDb) {
        tell(&opened(&db).await, "REWORK").await;
    }
}
