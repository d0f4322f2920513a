//! People hear in their inboxes what concerns their work, at once, each of them once.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::setup::{hears, inbox, refused_to_read, unread};
use crate::evidence::{log, run};
use crate::sync::{Tablet, operation};

const HOUR: i64 = 3_600;

/// The people whose inboxes are looked into.
struct People<'a>(Vec<User<'a>>);

impl<'a> People<'a> {
    async fn of(app: &'a TestApp, logins: &[&str]) -> Self {
        let mut users = Vec::new();
        for login in logins {
            users.push(app.user(login).await);
        }
        Self(users)
    }

    fn get(&self, login: &str) -> &User<'a> {
        self.0.iter().find(|user| user.login == login).unwrap_or_else(|| panic!("{login} is not looked at"))
    }

    /// Runs a command, and looks who has heard what of it: those named, and nobody else.
    async fn hear(&self, (by, command): (&str, &str), input: Value, expected: &[(&str, &str)]) {
        run(self.get(by), command, input).await;
        self.have_heard(command, expected).await;
    }

    async fn have_heard(&self, what: &str, expected: &[(&str, &str)]) {
        for user in &self.0 {
            let told: Vec<String> = hears(user).await;
            let wanted: Vec<&str> =
                expected.iter().filter(|(login, _)| *login == user.login).map(|(_, kind)| *kind).collect();
            assert_eq!(told, wanted, "{what} for {}", user.login);
        }
    }
}

const LOGINS: [&str; 9] =
    ["manager", "site", "relations", "lead.a", "worker.a", "lead.b", "supervisor", "property", "owner1"];

on_both_databases! {
    async fn the_life_of_a_defect_is_heard_by_those_who_have_to_do_with_it(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let people = People::of(&app, &LOGINS).await;
        let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
        people.hear(("manager", "projectPolicyUpdate"), policy, &[]).await;
        let id = log(&app, people.get("site"), "1-101", json!({})).await;
        people.have_heard("defectLog", &[("lead.a", "ASSIGNED")]).await;
        let on = |mut more: Value| {
            more["defectId"] = json!(id);
            more
        };
        let worker = json!({ "assigneeId": app.person_id("worker.a") });
        people.hear(("lead.a", "defectAssign"), on(worker), &[("worker.a", "ASSIGNED")]).await;
        people.hear(("worker.a", "defectStart"), on(json!({})), &[]).await;
        let fixed = || on(json!({ "attemptId": v7() }));
        people.hear(("worker.a", "defectReportFixed"), fixed(), &[]).await;
        let sent_back = [("worker.a", "SENT_BACK"), ("lead.a", "SENT_BACK")];
        let verdict = |passed: bool| on(json!({ "verdictId": v7(), "passed": passed, "note": "looked at" }));
        people.hear(("supervisor", "defectVerify"), verdict(false), &sent_back).await;
        let dispute = on(json!({ "disputeId": v7(), "ground": "NOT_OURS", "reason": "the window maker's" }));
        people.hear(("lead.a", "defectDispute"), dispute, &[("manager", "DISPUTED"), ("site", "DISPUTED")]).await;
        people.hear(("manager", "defectResolveDispute"), on(json!({ "outcome": "UPHELD" })), &sent_back).await;
        people.hear(("worker.a", "defectReportFixed"), fixed(), &[]).await;
        let accepted = [("worker.a", "VERIFIED"), ("site", "VERIFIED")];
        people.hear(("supervisor", "defectVerify"), verdict(true), &accepted).await;
        people.hear(("site", "defectReopen"), on(json!({ "reason": "it is back" })), &sent_back).await;
        let other = on(json!({ "companyId": app.project.company("B") }));
        people.hear(("manager", "defectAssign"), other, &[("lead.b", "ASSIGNED")]).await;
    }

    async fn an_owner_hears_that_the_own_finding_is_repaired(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let people = People::of(&app, &LOGINS).await;
        let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
        run(people.get("manager"), "projectPolicyUpdate", policy).await;
        let id = log(&app, people.get("owner1"), "1-101", json!({})).await;
        people.have_heard("defectLog", &[("lead.a", "ASSIGNED")]).await;
        run(people.get("worker.a"), "defectReportFixed", json!({ "defectId": id, "attemptId": v7() })).await;
        let passed = json!({ "defectId": id, "verdictId": v7(), "passed": true });
        let accepted = [("owner1", "VERIFIED"), ("worker.a", "VERIFIED")];
        people.hear(("supervisor", "defectVerify"), passed, &accepted).await;
        let entries = inbox(people.get("owner1")).await;
        assert_eq!((entries.len(), &entries[0]["defect"]["id"]), (1, &json!(id)));
    }

    async fn due_times_are_heard_as_the_rules_of_escalation_say(db: TestDb) {
        let app = TestApp::start(&db).await;
        let people = People::of(&app, &LOGINS).await;
        let id = log(&app, people.get("site"), "1-101", json!({})).await;
        let worker = json!({ "defectId": id, "assigneeId": app.person_id("worker.a") });
        run(people.get("lead.a"), "defectAssign", worker).await;
        people.have_heard("assigned", &[("lead.a", "ASSIGNED"), ("worker.a", "ASSIGNED")]).await;
        // Due in seven days.
        for (hours, expected) in [
            (7 * 24 - 24, &[("lead.a", "DUE_SOON"), ("worker.a", "DUE_SOON")][..]),
            (24, &[("lead.a", "OVERDUE"), ("site", "ESCALATED")]),
            (24, &[("supervisor", "ESCALATED"), ("manager", "ESCALATED")]),
            (48, &[("manager", "ESCALATED"), ("relations", "ESCALATED")]),
            (96, &[("manager", "ESCALATED")]),
        ] {
            app.advance_seconds(hours * HOUR);
            app::defect::escalate::escalate_due_defects(&app.app).await.expect("a round of escalation");
            people.have_heard(&format!("after {hours} more hours"), expected).await;
        }
    }

    async fn a_comment_is_heard_by_those_whom_it_names(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let people = People::of(&app, &LOGINS).await;
        let id = log(&app, people.get("site"), "1-101", json!({})).await;
        people.have_heard("defectLog", &[("lead.a", "ASSIGNED")]).await;
        let comment = |body: &str, visibility: &str| {
            json!({ "defectId": id, "commentId": v7(), "body": body, "visibility": visibility })
        };
        let named = comment("@worker.a, @Supervisor by name: look at it. @site too; mail to x@manager", "SHARED");
        let expected = [("worker.a", "MENTIONED"), ("supervisor", "MENTIONED")];
        people.hear(("site", "defectComment"), named, &expected).await;
        let entries = inbox(people.get("worker.a")).await;
        assert!(entries[0]["comment"]["body"].as_str().is_some_and(|body| body.contains("look at it")));
        let for_owner = comment("@owner1 we come on Monday", "OWNER");
        people.hear(("site", "defectComment"), for_owner, &[("owner1", "MENTIONED")]).await;
        let by_owner = comment("@site thank you", "OWNER");
        people.hear(("owner1", "defectComment"), by_owner, &[("site", "MENTIONED")]).await;
    }

    async fn the_author_of_an_edit_hears_that_it_was_settled(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (ana, sun) = (Tablet::of(&app, "site").await, Tablet::of(&app, "supervisor").await);
        let id = ana.log("1-101").await;
        let describe = |words: &str| operation("defectUpdate", json!({ "defectId": id, "description": words }), Some(1));
        for (settle, note) in [("pendingEditDismiss", "not so"), ("pendingEditApply", "so it is")] {
            assert_ne!(ana.push_one(&describe(&format!("first, {note}"))).await["outcome"], "REJECTED");
            let kept = sun.push_one(&describe(&format!("second, {note}"))).await;
            assert_eq!(kept["outcome"], "CONFLICT", "{kept:#}");
            let edit = kept["pendingEdit"]["id"].clone();
            run(&app.user("manager").await, settle, json!({ "pendingEditId": edit, "note": note })).await;
            assert_eq!(unread(&sun.user).await, ["EDIT_SETTLED"], "{settle}");
            assert_eq!(inbox(&sun.user).await[0]["pendingEdit"]["id"], edit);
            hears(&sun.user).await;
            assert!(unread(&ana.user).await.is_empty(), "{settle}");
        }
    }

    async fn a_person_hears_once_of_a_device_that_is_behind(db: TestDb) {
        let app = TestApp::start(&db).await;
        let worker = app.user("worker.a").await;
        let waiting = json!([{ "unitId": app.project.unit("1-101"), "operations": 2, "photos": 0, "photoBytes": 0 }]);
        let device = v7();
        let report = |waiting: &Value| {
            json!({ "projectId": app.project.id, "deviceId": device, "deviceName": "phone", "waiting": waiting })
        };
        run(&worker, "deviceReport", report(&waiting)).await;
        let told = async || app::inbox::notify_of_late_devices(&app.app).await.expect("a look at the devices");
        app.advance_seconds(23 * HOUR);
        assert_eq!(told().await, 0);
        app.advance_seconds(HOUR);
        assert_eq!((told().await, told().await), (1, 0), "once");
        assert_eq!(unread(&worker).await, ["DEVICE_BEHIND"]);
        assert_eq!(inbox(&worker).await[0]["deviceId"], json!(device));
        // Heard of again, and silent again.
        run(&worker, "deviceReport", report(&waiting)).await;
        assert_eq!(told().await, 0);
        app.advance_seconds(25 * HOUR);
        assert_eq!(told().await, 1);
        run(&worker, "deviceReport", report(&json!([]))).await;
        app.advance_seconds(48 * HOUR);
        assert_eq!(told().await, 0, "it holds nothing any more");
        assert!(unread(&app.user("lead.a").await).await.is_empty());
    }

    async fn entries_come_by_changes_to_their_person_alone_and_so_does_that_they_were_read(db: TestDb) {
        let app = TestApp::start(&db).await;
        let readers = ["lead.a", "worker.a", "lead.b"];
        let mut tablets = Vec::new();
        for login in readers {
            let tablet = Tablet::of(&app, login).await;
            let (_, cursor) = tablet.pull(&Value::Null, &Value::Null).await;
            tablets.push((tablet, cursor));
        }
        log(&app, &app.user("site").await, "1-101", json!({})).await;
        let mut entries = Vec::new();
        for (tablet, cursor) in &mut tablets {
            let (news, next) = tablet.pull(cursor, &Value::Null).await;
            let own: Vec<Value> = news.into_iter().filter(|change| change["kind"] == "INBOX_ENTRY").collect();
            assert_eq!(own.len(), usize::from(tablet.user.login == "lead.a"), "{}", tablet.user.login);
            entries.extend(own);
            *cursor = next;
        }
        assert_eq!(entries[0]["object"]["__typename"], "InboxEntry");
        assert!(entries[0]["unitId"].is_null());
        let id: Uuid = entries[0]["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        hears(&app.user("lead.a").await).await;
        for (tablet, cursor) in &tablets {
            let (news, next) = tablet.pull(cursor, &Value::Null).await;
            if tablet.user.login == "lead.a" {
                assert_eq!(news.iter().map(|change| &change["id"]).collect::<Vec<_>>(), [&json!(id)]);
            } else {
                assert_eq!((news, &next), (Vec::new(), cursor), "{}", tablet.user.login);
            }
        }
        // By its id it is found by its person alone, too.
        let node = "query($id: ID!) { node(id: $id) { id } }";
        for (login, found) in [("lead.a", true), ("worker.a", false), ("manager", false), ("lead.b", false)] {
            let answer = app.user(login).await.ok(node, json!({ "id": id })).await;
            assert_eq!(answer["node"].is_object(), found, "{login}");
        }
    }

    async fn what_is_read_is_the_own_and_all_of_it_or_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, lead) = (app.user("site").await, app.user("lead.a").await);
        log(&app, &site, "1-101", json!({})).await;
        log(&app, &site, "1-102", json!({})).await;
        let ids: Vec<Uuid> =
            inbox(&lead).await.iter().map(|entry| entry["id"].as_str().expect("an id").parse().expect("a UUID")).collect();
        for login in ["manager", "worker.a", "lead.b", "x.manager"] {
            assert_eq!(refused_to_read(&app.user(login).await, &ids).await, ["NOT_FOUND"], "{login}");
        }
        assert_eq!(refused_to_read(&lead, &[ids[0], v7()]).await, ["NOT_FOUND"]);
        assert_eq!(unread(&lead).await.len(), 2);
        hears(&lead).await;
        assert!(unread(&lead).await.is_empty());
        let first: Vec<Value> = inbox(&lead).await.iter().map(|entry| entry["readAt"].clone()).collect();
        app.advance_seconds(60);
        let again = "mutation($ids: [ID!]!) { messageMarkRead(input: { entryIds: $ids }) {
            entries { readAt } userErrors { code } } }";
        lead.ok(again, json!({ "ids": ids })).await;
        let second: Vec<Value> = inbox(&lead).await.iter().map(|entry| entry["readAt"].clone()).collect();
        assert_eq!(first, second, "read once");
    }
}
