//! The reason of a role's end is personal: it is read by the person, and by those who may end such a role.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;

use super::{END, SET, log_defect, membership, on_defect};
use crate::attacks::credentials::setup::{ACCEPT, invited, staff};

const ENDED: &str = "CANARY-dismissed-for-theft";
const CHANGED: &str = "CANARY-unfit-for-the-task";

/// The person's view of the project's events and members, and of the defect's events.
async fn read(app: &TestApp, login: &str, defect: uuid::Uuid) -> String {
    let document = "query($project: ID!, $defect: ID!) {
        project(id: $project) {
            events(first: 100) { nodes { name reason data from to } }
            members(first: 100) { nodes { id role until endReason } }
        }
        defect(id: $defect) { events { name reason data } }
    }";
    app.user(login).await.ok(document, json!({ "project": app.project.id, "defect": defect })).await.to_string()
}

on_both_databases! {
    async fn reason_of_a_roles_end_is_read_by_permitted_people_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (lead, other, root) = (app.user("lead.a").await, app.user("lead.b").await, app.user("root").await);
        let defect = log_defect(&app.user("site").await, &app, "1-101").await;
        on_defect(&lead, "defectAssign", defect, json!({ "assigneeId": app.person_id("worker.a") })).await;
        let ended = json!({ "input": { "membershipId": membership(&app, "worker.a").await.id, "reason": ENDED } });
        let told = lead.ok(END, ended.clone()).await["membershipEnd"]["member"]["endReason"].clone();
        assert_eq!(told, ENDED);
        let changed = json!({ "input": { "membershipId": membership(&app, "worker.b").await.id,
            "role": "RECTIFICATION_LEAD", "reason": CHANGED } });
        other.ok(SET, changed).await;
        // The person is back in the project, and reads the reason of the own role's end.
        let (token, _) = invited(&lead, staff(&app, "worker.a", "A", "WORKER")).await;
        app.user("worker.a").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;

        for (login, of_a, of_b) in [
            ("lead.a", true, false),
            ("worker.a", true, false),
            ("lead.b", false, true),
            ("worker.b", false, true),
            ("manager", false, false),
            ("site", false, false),
            ("relations", false, false),
            ("supervisor", false, false),
            ("property", false, false),
            ("escort", false, false),
            ("owner1", false, false),
            ("x.manager", false, false),
        ] {
            let text = read(&app, login, defect).await;
            assert_eq!((text.contains(ENDED), text.contains(CHANGED)), (of_a, of_b), "{login}: {text}");
            // The event itself is read by all staff.
            let is_staff = !["owner1", "x.manager"].contains(&login);
            assert_eq!(text.contains("MEMBERSHIP_ENDED"), is_staff, "{login}: {text}");
        }
        // The reason of the defect's event is the same one.
        let of_defect = "query($defect: ID!) { defect(id: $defect) { events { name reason } } }";
        for (login, expected) in [("lead.a", json!(ENDED)), ("manager", Value::Null)] {
            let read = app.user(login).await.ok(of_defect, json!({ "defect": defect })).await["defect"]["events"].clone();
            let mut named = read.as_array().expect("events").iter().filter(|event| event["name"] == "DEFECT_ASSIGNEE_SET");
            assert_eq!(named.next_back().map(|event| &event["reason"]), Some(&expected), "{login}");
        }
        // Ending it again shows the reason to an administrator, and to no other person.
        let again = root.ok(END, ended.clone()).await["membershipEnd"]["member"]["endReason"].clone();
        assert_eq!(again, ENDED);
        assert_eq!(app.user("manager").await.refused(END, ended).await, ["NOT_YOUR_COMPANY"]);
    }

    async fn company_without_people_hides_the_reasons_of_their_ends(db: TestDb) {
        let app = TestApp::start(&db).await;
        let ended = json!({ "input": { "membershipId": membership(&app, "supervisor").await.id, "reason": ENDED } });
        app.user("root").await.ok(END, ended.clone()).await;
        // The manager may name the first person of the company, and reads nothing of earlier ones.
        let told = app.user("manager").await.ok(END, ended).await["membershipEnd"]["member"].clone();
        assert_eq!(told["endReason"], Value::Null, "{told}");
    }
}
