//! Steps that an owner is not shown, for example holds and disputes, change neither the version nor the times that the
//! owner reads, and later steps do not reveal them either.

use domain::Timestamp;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use crate::evidence::{defect, document, matching, run};
use crate::photos::Shot;
use crate::photos::pictures::some_jpeg;
use crate::sync::{Tablet, codes, describe};

const HOUR: i64 = 3_600;

/// All fields of a defect that steps change.
const READ: &str = "status version updatedAt assignedAt dueAt failedAttempts reopenedCount attempts { late }";

/// A step of the staff: the login, the mutation, and its input without the defect.
pub(super) type Step = (&'static str, &'static str, Value);

fn dispute() -> Step {
    ("lead.a", "defectDispute", json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "the window maker's" }))
}

fn hold() -> Step {
    ("manager", "defectHold", json!({ "reason": "waiting for paint" }))
}

fn resume() -> Step {
    ("manager", "defectResume", json!({}))
}

/// Steps that owners are not shown, in an order in which each is possible.
fn hidden_steps(app: &TestApp) -> Vec<Step> {
    let other = json!({ "outcome": "REASSIGNED", "companyId": app.project.company("B") });
    vec![
        ("lead.a", "defectAssign", json!({ "assigneeId": app.person_id("worker.a") })),
        hold(),
        resume(),
        dispute(),
        ("manager", "defectResolveDispute", json!({ "outcome": "UPHELD" })),
        dispute(),
        ("manager", "defectResolveDispute", other),
        hold(),
        resume(),
    ]
}

async fn take(app: &TestApp, (login, command, mut input): Step, id: Uuid) {
    input["defectId"] = json!(id);
    run(&app.user(login).await, command, input).await;
}

async fn read(app: &TestApp, login: &str, id: Uuid) -> Value {
    defect(&app.user(login).await, id, READ).await
}

fn version(read: &Value) -> i64 {
    read["version"].as_i64().expect("a version")
}

fn moment(value: &Value) -> Timestamp {
    value.as_str().and_then(Timestamp::from_rfc3339).unwrap_or_else(|| panic!("no moment: {value}"))
}

/// An app in which repairs need no photos, with the owner's unit open.
pub(super) async fn opened(db: &tests::database::TestDb) -> TestApp {
    let app = TestApp::start(db).await;
    app.open_to_owner(app.project.unit("1-101")).await;
    let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
    run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
    app
}

on_both_databases! {
    async fn owner_reads_the_same_before_and_after_a_hidden_step(db: TestDb) {
        let app = opened(&db).await;
        let (site, owner) = (Tablet::of(&app, "site").await, Tablet::of(&app, "owner1").await);
        let id = site.log("1-101").await;
        let words = json!({ "commentId": v7(), "visibility": "OWNER", "body": "soon" });
        take(&app, ("site", "defectComment", words), id).await;
        Shot::jpeg(some_jpeg()).take(&app, &site.user, id, "BEFORE").await;
        let (_, cursor) = owner.pull(&Value::Null, &Value::Null).await;
        let (shown, mut staffs) = (read(&app, "owner1", id).await, read(&app, "manager", id).await);
        assert_eq!(shown, staffs);
        for step in hidden_steps(&app) {
            app.advance_seconds(HOUR);
            let what = step.1;
            take(&app, step, id).await;
            assert_eq!(read(&app, "owner1", id).await, shown, "{what}");
            assert_eq!(owner.pull(&cursor, &Value::Null).await, (Vec::new(), cursor.clone()), "{what}");
            let now = read(&app, "manager", id).await;
            assert_eq!(version(&now), version(&staffs) + 1, "{what}");
            staffs = now;
        }
        assert!(moment(&staffs["dueAt"]) > moment(&shown["dueAt"]), "the contractor has more time");
        // The next shown step counts as one, and moves no due time.
        take(&app, ("manager", "defectUpdate", json!({ "description": "beside the door" })), id).await;
        let next = read(&app, "owner1", id).await;
        assert_eq!(version(&next), version(&shown) + 1);
        for field in ["dueAt", "assignedAt"] {
            assert_eq!(next[field], shown[field], "{field}");
        }
        assert_ne!(next["updatedAt"], shown["updatedAt"]);
        assert!(!owner.pull(&cursor, &Value::Null).await.0.is_empty());
    }

    async fn lists_of_owners_use_the_due_time_that_owners_read(db: TestDb) {
        let app = opened(&db).await;
        let site = Tablet::of(&app, "site").await;
        let first = site.log("1-101").await;
        app.advance_seconds(HOUR);
        let second = site.log("1-101").await;
        take(&app, hold(), first).await;
        app.advance_seconds(2 * HOUR);
        take(&app, resume(), first).await;
        let order = "query($id: ID!, $unit: ID!) {
            project(id: $id) { defects(first: 10, orderBy: { field: DUE_AT }) { nodes { id } } }
            unit(id: $unit) { defects(first: 10, orderBy: { field: DUE_AT }) { nodes { id } } } }";
        let before = moment(&read(&app, "owner1", first).await["dueAt"]).plus_seconds(1).to_rfc3339();
        for (login, order_of_ids, due_before) in
            [("owner1", [first, second], vec![first]), ("manager", [second, first], vec![])]
        {
            let user = app.user(login).await;
            let ids = json!({ "id": app.project.id, "unit": app.project.unit("1-101") });
            let lists = user.ok(order, ids).await;
            let nodes = json!(order_of_ids.map(|id| json!({ "id": id })));
            assert_eq!((&lists["project"]["defects"]["nodes"], &lists["unit"]["defects"]["nodes"]), (&nodes, &nodes), "{login}");
            assert_eq!(matching(&app, &user, json!({ "dueBefore": before })).await, due_before, "{login}");
        }
    }

    async fn due_time_after_a_verdict_does_not_reveal_a_hold(db: TestDb) {
        let app = opened(&db).await;
        let id = Tablet::of(&app, "site").await.log("1-101").await;
        let shown = read(&app, "owner1", id).await;
        take(&app, hold(), id).await;
        app.advance_seconds(50 * HOUR);
        take(&app, resume(), id).await;
        take(&app, ("lead.a", "defectReportFixed", json!({ "attemptId": v7() })), id).await;
        app.advance_seconds(HOUR);
        let fail = json!({ "verdictId": v7(), "passed": false, "note": "still cracked" });
        take(&app, ("site", "defectVerify", fail), id).await;
        let after = read(&app, "owner1", id).await;
        // Only the time of the verdict counts.
        assert_eq!(moment(&after["dueAt"]), moment(&shown["dueAt"]).plus_seconds(HOUR));
        assert_eq!(version(&after), version(&shown) + 2);
        // A due time that a person sets is shown to the owner as well.
        let named = moment(&after["dueAt"]).plus_seconds(7 * HOUR).to_rfc3339();
        let assigned = json!({ "companyId": app.project.company("A"), "dueAt": named });
        take(&app, ("site", "defectAssign", assigned), id).await;
        for login in ["owner1", "manager"] {
            assert_eq!(moment(&read(&app, login, id).await["dueAt"]).to_rfc3339(), named, "{login}");
        }
    }

    async fn repair_after_a_hold_is_late_by_the_due_time_that_the_owner_reads(db: TestDb) {
        let app = opened(&db).await;
        let id = Tablet::of(&app, "site").await.log("1-101").await;
        take(&app, hold(), id).await;
        app.advance_seconds(120 * 24 * HOUR);
        take(&app, resume(), id).await;
        take(&app, ("lead.a", "defectReportFixed", json!({ "attemptId": v7() })), id).await;
        for (login, late) in [("owner1", true), ("manager", false)] {
            assert_eq!(read(&app, login, id).await["attempts"], json!([{ "late": late }]), "{login}");
        }
    }

    async fn owners_version_is_the_one_that_the_owners_commands_are_compared_with(db: TestDb) {
        let app = opened(&db).await;
        let owner = Tablet::of(&app, "owner1").await;
        let id = owner.log("1-101").await;
        let hidden = [hold(), resume(), hold(), resume()];
        for step in hidden.clone() {
            take(&app, step, id).await;
        }
        assert_eq!(version(&read(&app, "owner1", id).await), 1);
        take(&app, ("manager", "defectUpdate", json!({ "description": "the staff's words" })), id).await;
        for step in hidden {
            take(&app, step, id).await;
        }
        assert_eq!(version(&read(&app, "owner1", id).await), 2);
        // An owner with an older version is shown the other text, and nothing else.
        let stale = json!({ "defectId": id, "reason": "a shadow", "expectedVersion": 1 });
        let answer = owner.user.query(&document("defectWithdraw"), json!({ "input": stale })).await;
        let told = &answer["data"]["answer"]["userErrors"][0];
        assert_eq!(told["code"], "STALE_VERSION");
        let message = told["message"].as_str().expect("words");
        assert!(message.contains('2') && !message.contains("10"), "{message}");
        let result = owner.push_one(&describe(id, "the owner's words", 1)).await;
        assert_eq!((&result["outcome"], codes(&result)), (&json!("CONFLICT"), vec!["FIELD_CHANGED"]), "{result:#}");
        // An owner with the newest version is not refused because of hidden steps.
        let result = owner.push_one(&describe(id, "the owner's words", 2)).await;
        assert_eq!(result["outcome"], "APPLIED", "{result:#}");
        assert_eq!(result["object"]["version"], 3);
        take(&app, hold(), id).await;
        let withdrawn = json!({ "defectId": id, "reason": "a shadow", "expectedVersion": 3 });
        run(&owner.user, "defectWithdraw", withdrawn).await;
        assert_eq!(read(&app, "manager", id).await["status"], "VOID");
    }

    async fn version_of_a_project_reveals_no_change_of_its_policy_to_owners(db: TestDb) {
        let app = opened(&db).await;
        let read = async |login: &str| {
            let document = "query($id: ID!) { project(id: $id) { version } }";
            app.user(login).await.ok(document, json!({ "id": app.project.id })).await["project"]["version"].clone()
        };
        let (shown, staffs) = (read("owner1").await, read("manager").await);
        let policy = json!({ "projectId": app.project.id, "escalateAfterFailedAttempts": 5 });
        run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
        assert_eq!(read("owner1").await, shown);
        assert_ne!(read("manager").await, staffs);
    }
}
