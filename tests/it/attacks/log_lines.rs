//! The log's lines on sign-ins, sessions and changes of people: person and network, and no secret.

use serde_json::{Value, json};
use store::db::Backend;
use tests::app::TestApp;
use tests::database::{TestDb, run};
use tests::fixture::PASSWORD;
use tests::ids::v7;
use uuid::Uuid;

use crate::transport::logging::{Log, listen};

/// The only fields of such a line besides its message.
const FIELDS: [&str; 12] = [
    "message",
    "person",
    "by",
    "address",
    "known_device",
    "seconds",
    "reason",
    "count",
    "project",
    "company",
    "role",
    "unit",
];

/// The lines with this message, without it.
fn lines(log: &Log, message: &str) -> Vec<Value> {
    let lines = log.lines().into_iter().filter(|line| line["fields"]["message"] == message);
    lines
        .map(|mut line| {
            let mut fields = line["fields"].take();
            for name in fields.as_object().into_iter().flat_map(|fields| fields.keys()) {
                assert!(FIELDS.contains(&name.as_str()), "{message} contains {name}");
            }
            fields.as_object_mut().expect("fields").remove("message");
            fields
        })
        .collect()
}

/// Runs one test on both databases, each on one thread with a captured log.
macro_rules! logged {
    ($name:ident, $body:ident) => {
        mod $name {
            use super::*;

            #[tokio::test]
            async fn sqlite() {
                let (log, _guard) = listen();
                run(Backend::Sqlite, move |db| $body(db, log)).await;
            }

            #[tokio::test]
            async fn postgres() {
                let (log, _guard) = listen();
                run(Backend::Postgres, move |db| $body(db, log)).await;
            }
        }
    };
}

logged!(sign_ins_and_sessions_write_who_and_from_where, sign_ins);
logged!(changes_of_people_write_who_and_from_where, changes);

logged!(an_import_that_changes_people_writes_who, changes_by_import);

async fn changes_by_import(db: TestDb, log: Log) {
    let app = TestApp::start(&db).await;
    let root = app.user("root").await;
    let mut file = tests::fixture::document("HOME", "");
    let people = file["people"].as_array_mut().expect("people").iter_mut();
    for person in people {
        match person["login"].as_str() {
            Some("site") => person["role"] = json!("CUSTOMER_RELATIONS"),
            Some("relations") => person["name"] = json!("Ana Silva"),
            _ => {}
        }
    }
    let import = "mutation($content: String!) { projectImport(input: { format: JSON, content: $content }) {
        userErrors { code message } } }";
    for _ in 0..2 {
        root.ok(import, json!({ "content": file.to_string() })).await;
    }
    let (by, project, company) = (root.id, app.project.id, app.project.company("DEV"));
    let role = json!({ "person": app.person_id("site"), "by": by, "project": project, "company": company,
        "role": "CUSTOMER_RELATIONS" });
    assert_eq!(lines(&log, "role changed by an import"), [role]);
    let updated = json!({ "person": app.person_id("relations"), "by": by, "project": project });
    assert_eq!(lines(&log, "person updated by an import"), [updated]);
    assert!(!log.text().contains("Ana Silva"));
}

async fn changes(db: TestDb, log: Log) {
    let app = TestApp::start(&db).await;
    let (manager, site, owner) = (app.user("manager").await, app.user("site").await, app.person_id("owner1"));
    let of_site = store::projects::membership(app.app.db.read(), app.project.id.into(), site.id.into()).await;
    let of_site = of_site.expect("memberships").expect("a role");
    let update = "mutation { personUpdate(input: { name: \"Ana Silva\", phone: \"+351 1\" }) { userErrors { code } } }";
    site.ok(update, json!({})).await;
    let set = "mutation($id: ID!) { membershipSet(input: { membershipId: $id, role: CUSTOMER_RELATIONS,
        reason: \"a private reason\" }) { member { id } userErrors { code } } }";
    let set = manager.ok(set, json!({ "id": of_site.id })).await["membershipSet"]["member"]["id"].clone();
    let end = "mutation($id: ID!) { membershipEnd(input: { membershipId: $id, reason: \"a private reason\" }) {
        userErrors { code } } }";
    for _ in 0..2 {
        manager.ok(end, json!({ "id": set })).await;
    }
    let unit = app.project.unit("1-101");
    let owned = store::members::ownership_of(app.app.db.read(), unit.into(), owner.into()).await;
    let owned = owned.expect("ownerships").expect("an ownership").id;
    let sale = "mutation($input: UnitOwnershipChangeInput!) { unitOwnershipChange(input: $input) {
        userErrors { code } } }";
    let buyer = app.person_id("owner2");
    let input = json!({ "unitId": unit, "end": { "ownershipId": owned, "reason": "SOLD" },
        "add": { "ownershipId": v7(), "personId": buyer } });
    for _ in 0..2 {
        manager.ok(sale, json!({ "input": input })).await;
    }

    let (project, by, address) = (app.project.id, manager.id, "127.0.0.1");
    let role = |role: &str| json!({ "person": site.id, "by": by, "address": address, "project": project, "company": of_site.company_id, "role": role });
    assert_eq!(lines(&log, "person updated"), [json!({ "person": site.id, "address": address })]);
    assert_eq!(lines(&log, "role changed"), [role("CUSTOMER_RELATIONS")]);
    assert_eq!(lines(&log, "role ended"), [role("CUSTOMER_RELATIONS")]);
    let of = |person: Uuid| json!({ "person": person, "by": by, "address": address, "project": project, "unit": unit });
    assert_eq!(lines(&log, "ownership ended"), [of(owner)]);
    assert_eq!(lines(&log, "ownership begun"), [of(buyer)]);
    for secret in ["Ana Silva", "+351 1", "a private reason"] {
        assert!(!log.text().contains(secret), "the log contains {secret}");
    }
}

async fn sign_ins(db: TestDb, log: Log) {
    let app = TestApp::start(&db).await;
    let site = app.person_id("site").to_string();
    let sign_in = async |login: &str, password: &str| {
        let document = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
            session { id accessToken refreshToken } deviceToken } }";
        let input = json!({ "login": login, "password": password, "device": "Ana's own tablet" });
        app.ask(None, document, json!({ "input": input })).await["data"]["sessionCreate"].clone()
    };
    let refresh = async |token: &Value| {
        let document = "mutation($t: String!) { sessionRefresh(input: { refreshToken: $t }) { session {
            accessToken refreshToken } } }";
        app.ask(None, document, json!({ "t": token })).await["data"]["sessionRefresh"]["session"].clone()
    };

    let first = sign_in("site", PASSWORD).await;
    for _ in 0..6 {
        sign_in("site", "wrong-password-of-site").await;
    }
    sign_in("no.such.login", "wrong-password-of-site").await;
    let session = &first["session"];
    let second = refresh(&session["refreshToken"]).await;
    app.ask(second["accessToken"].as_str(), "{ viewer { id } }", json!({})).await;
    refresh(&session["refreshToken"]).await;
    app.advance_seconds(10);
    let third = sign_in("site", PASSWORD).await;
    let end = "mutation($id: ID!) { sessionEnd(input: { sessionId: $id }) { endedCount } }";
    let id = third["session"]["id"].clone();
    app.user("root").await.ok(end, json!({ "id": id })).await;

    let here = json!("127.0.0.1");
    let by_site = |line: &Value| line["person"] == json!(site);
    let signed_in = lines(&log, "signed in");
    assert_eq!(signed_in.iter().filter(|line| by_site(line)).count(), 2);
    assert!(signed_in.iter().all(|line| line["address"] == here && line["known_device"] == json!(false)));
    let failed = lines(&log, "sign-in failed");
    assert_eq!(failed.iter().filter(|line| by_site(line)).count(), 5, "{failed:?}");
    assert_eq!(failed.last(), Some(&json!({ "address": here })), "a login that does not exist has no person");
    assert_eq!(lines(&log, "sign-in slowed"), [json!({ "address": here, "seconds": 3 })]);
    let reused = lines(&log, "refresh token reused: its session ended");
    assert_eq!(reused, [json!({ "person": site, "address": here })]);
    let root = app.person_id("root").to_string();
    let ended = json!({
        "person": site, "by": root, "address": here, "reason": "ENDED_BY_ADMINISTRATOR", "count": 1,
    });
    assert_eq!(lines(&log, "sessions ended"), [ended]);

    let text = log.text();
    let tokens = [&session["accessToken"], &session["refreshToken"], &second["refreshToken"], &first["deviceToken"]];
    let tokens = tokens.map(|token| token.as_str().expect("a token"));
    let secrets = [PASSWORD, "wrong-password", "no.such.login", "Ana's own tablet"];
    for secret in secrets.iter().chain(&tokens) {
        assert!(!text.contains(*secret), "the log contains {secret}");
    }
}
