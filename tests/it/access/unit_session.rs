//! A session of one unit, begun by an owner's link: of a person who owns two homes and has work in both, it reads and
//! does nothing of the other one, by whatever field, id or list of the schema.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::dataset::Dataset;
use super::fixture::Fixture;
use super::leak_tests::{documents, no_limits, read_all};
use super::people::Users;
use crate::owner_links::setup::{code, homes, link_of, request, sent_code, set_phone, try_code};
use crate::refusals::shape::Shape;

/// What the owner of the home itself did in the other home.
struct Traces {
    /// Texts and ids of it.
    secrets: Vec<(&'static str, String)>,
    finding: Uuid,
    /// The entry of the person's inbox about it.
    entry: Uuid,
}

/// Makes the owner of the first home a co-owner of the neighbour's, who finds, signs and pushes something there, and is
/// mentioned there.
async fn traces(own: Fixture<'_>, next: Fixture<'_>) -> Traces {
    let (app, unit) = (own.app, next.unit_id());
    let add = json!({ "ownershipId": v7(), "personId": app.person_id("owner1"), "kind": "CO_OWNER" });
    own.run("manager", "unitOwnershipChange", json!({ "unitId": unit, "add": add })).await;
    let finding = next.log("owner1", "WALL.CRACK", "<canary of a finding>", &json!({})).await;
    let comment = json!({ "commentId": v7(), "body": "@owner1 <canary of a mention>", "visibility": "OWNER" });
    next.on(finding, "site", "defectComment", comment).await;
    let entry = next.entry_of("owner1", finding).await;
    let photo = next.signature_photo("owner1").await;
    let review = v7();
    let input = json!({ "reviewId": review, "unitId": unit, "rating": 2, "body": "<canary of a review>",
        "signaturePhotoId": photo });
    next.run("owner1", "unitReview", input).await;
    // An edit that waits, because nothing was closed that could be opened again.
    let stale = v7();
    let reopen = json!({ "defectId": finding, "reason": "<canary of an edit>" });
    let operation = json!({ "operationId": stale, "command": { "defectReopen": reopen } });
    let pushed = next.push("owner1", "a phone", v7(), &operation).await;
    assert_eq!(pushed[0]["outcome"], "CONFLICT", "{pushed:#}");
    let waiting = json!([{ "unitId": unit, "operations": 987_654, "photos": 0, "photoBytes": 0 }]);
    let report = json!({ "deviceId": v7(), "projectId": next.project.id, "waiting": waiting });
    next.run("owner1", "deviceReport", report).await;
    let secrets = vec![
        ("a finding", "<canary of a finding>".to_owned()),
        ("an edit", "<canary of an edit>".to_owned()),
        ("a comment", "<canary of a mention>".to_owned()),
        ("an entry of the inbox", entry.to_string()),
        ("a review", "<canary of a review>".to_owned()),
        ("the unit", unit.to_string()),
        ("the finding's id", finding.to_string()),
        ("the review's id", review.to_string()),
        ("the picture of the signature", photo.to_string()),
        ("an operation", stale.to_string()),
        ("what a device holds", "\"waitingOperations\":987654".to_owned()),
    ];
    Traces { secrets, finding, entry }
}

/// A session by link of the owner of the first home.
async fn by_link(app: &TestApp) -> Value {
    set_phone(app, app.person_id("owner1"), Some("+86 138 0000 0000")).await;
    let link = link_of(app, "1-101", "owner1").await;
    assert_eq!(code(&request(app, &link.token).await), "");
    try_code(app, &link.token, &sent_code(app).await).await["session"].clone()
}

on_both_databases! {
    async fn a_session_of_one_unit_reads_nothing_of_the_other(db: TestDb) {
        let app = TestApp::start_with(&db, no_limits()).await;
        let users = Users::of(&app).await;
        let dataset = Dataset::create(&app, &users).await;
        let (own, next) = (dataset.history("own").fixture, dataset.history("next").fixture);
        let Traces { secrets, .. } = traces(own, next).await;
        let documents = documents(&dataset, &Shape::read());
        // The negative control: with the password the same person reads both homes.
        let whole = read_all(&app, users.get("owner1"), &documents).await.text;
        let unread: Vec<&str> = secrets.iter().filter(|secret| !whole.contains(&secret.1)).map(|secret| secret.0).collect();
        assert_eq!(unread, Vec::<&str>::new(), "a canary that nobody finds proves nothing");
        assert!(!dataset.leaks("owner1", &whole).is_empty(), "what only the neighbour might read before");

        let session = by_link(&app).await;
        let token = session["accessToken"].as_str().expect("a token");
        let user = User::by_token(&app, "owner1", app.person_id("owner1"), token);
        let read = read_all(&app, &user, &documents).await.text;
        let leaks: Vec<&str> = secrets.iter().filter(|secret| read.contains(&secret.1)).map(|secret| secret.0).collect();
        assert_eq!(leaks, Vec::<&str>::new());
        assert_eq!(dataset.leaks("owner1", &read), Vec::<&str>::new());
        assert_eq!(homes(&app, &session).await, Ok(vec!["1-101".to_owned()]));
        assert!(read.contains(&own.unit_id().to_string()), "its own unit is there");
    }

    async fn a_session_of_one_unit_does_nothing_elsewhere(db: TestDb) {
        let app = TestApp::start(&db).await;
        let users = Users::of(&app).await;
        let own = Fixture { app: &app, users: &users, project: &app.project, prefix: "", unit: "1-101", owner: "owner1" };
        let next = Fixture { unit: "1-102", owner: "owner2", ..own };
        let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
        own.run("manager", "projectPolicyUpdate", policy).await;
        let units = [app.project.unit("1-101"), app.project.unit("1-102")];
        own.run("manager", "unitOpenToOwner", json!({ "unitIds": units })).await;
        let Traces { finding, entry, .. } = traces(own, next).await;
        let session = by_link(&app).await;
        let token = session["accessToken"].as_str().expect("a token");
        let user = User::by_token(&app, "owner1", app.person_id("owner1"), token);
        let shape = Shape::read();
        let whole = own.session("owner1").await;
        for (name, input, refusal) in [
            ("defectLog", json!({ "defectId": v7(), "unitId": units[1], "type": "WALL.CRACK" }), "NOT_FOUND"),
            ("defectComment", json!({ "defectId": finding, "commentId": v7(), "body": "mine", "visibility": "OWNER" }), "NOT_FOUND"),
            ("unitReview", json!({ "reviewId": v7(), "unitId": units[1], "body": "fine" }), "NOT_FOUND"),
            ("sessionEnd", json!({ "sessionId": whole }), "NOT_FOUND"),
            ("messageMarkRead", json!({ "entryIds": [entry] }), "NOT_FOUND"),
            ("messagePreferenceSet", json!({ "digestAt": "09:00" }), "UNIT_SESSION"),
            ("passwordChange", json!({ "currentPassword": PASSWORD, "newPassword": "wet paint on door 7" }), "UNIT_SESSION"),
            ("personUpdate", json!({ "phone": "+86 139 9999 9999" }), "UNIT_SESSION"),
            ("personUpdate", json!({ "name": "Somebody else" }), "UNIT_SESSION"),
            ("personUpdate", json!({ "email": "somebody@else.example" }), "UNIT_SESSION"),
            ("addressCodeRequest", json!({ "channel": "SMS" }), "UNIT_SESSION"),
            ("addressConfirm", json!({ "channel": "SMS", "token": "token", "code": "123456" }), "UNIT_SESSION"),
        ] {
            let call = shape.mutations().into_iter().find(|call| call.name == name).expect("a mutation");
            let codes = user.refused(&shape.document(&call), json!({ "input": input })).await;
            assert_eq!(codes, [refusal], "{name}");
        }
        // What a device pushes of the other unit is kept nowhere.
        let operation = json!({ "operationId": v7(), "command": { "defectComment": {
            "defectId": finding, "commentId": v7(), "body": "mine", "visibility": "OWNER" } } });
        let input = json!({ "input": { "deviceId": v7(), "operations": [operation] } });
        let pushed = user.query(crate::sync::PUSH, input).await["data"]["syncPush"]["results"][0].clone();
        assert_eq!((&pushed["outcome"], &pushed["pendingEdit"]), (&json!("REJECTED"), &Value::Null), "{pushed:#}");
        // In the own unit it works as any owner's.
        let log = shape.mutations().into_iter().find(|call| call.name == "defectLog").expect("a mutation");
        let input = json!({ "defectId": v7(), "unitId": units[0], "type": "WALL.CRACK" });
        user.ok(&shape.document(&log), json!({ "input": input })).await;
        let language = "mutation { personUpdate(input: { language: ZH }) { userErrors { code } } }";
        user.ok(language, json!({})).await;
        // The inbox and its count are those of this unit, and the preferences are those of the whole account.
        let inbox = "{ viewer { unreadCount inbox(first: 100) { nodes { id } } messagePreferences { digestAt } } }";
        let empty = json!({ "unreadCount": 0, "inbox": { "nodes": [] }, "messagePreferences": null });
        assert_eq!(user.ok(inbox, json!({})).await["viewer"], empty);
        let read = users.get("owner1").ok(inbox, json!({})).await["viewer"].clone();
        assert_eq!((&read["unreadCount"], &read["messagePreferences"]["digestAt"]), (&json!(1), &json!("07:30")));
        let sessions = user.ok("{ sessions(first: 100) { nodes { id current } } }", json!({})).await;
        assert_eq!(sessions["sessions"]["nodes"], json!([{ "id": session["id"], "current": true }]));
        // To end "all other sessions" is to end those of this unit.
        let end = "mutation($id: ID!) { sessionEnd(input: { personId: $id }) { endedCount userErrors { code } } }";
        let ended = user.ok(end, json!({ "id": app.person_id("owner1") })).await;
        assert_eq!(ended["sessionEnd"]["endedCount"], 0);
        let viewer = users.get("owner1").ok("{ viewer { onlyUnitId homes { code } } }", json!({})).await;
        assert_eq!(viewer["viewer"]["homes"].as_array().map(Vec::len), Some(2), "the password opens both");
    }
}
