//! Ownerships begin and end by commands. A person who has left is shown without a phone. A person changes only the own
//! name.

use futures::future::join;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{OWN, end, events_named, log_defect};

const UNIT: &str = "query($id: ID!) { unit(id: $id) {
    owners { id kind from until person { name phone } } formerOwners { id from until endReason person { name phone } } } }";
const OPEN: &str = "mutation($input: UnitOpenToOwnerInput!) { unitOpenToOwner(input: $input) { userErrors { code } } }";
const CLOSE: &str =
    "mutation($input: UnitCloseToOwnerInput!) { unitCloseToOwner(input: $input) { userErrors { code } } }";
const UPDATE: &str = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) {
    person { id name phone } userErrors { code message field } } }";

/// The owners of a unit as the manager reads them.
async fn owners(app: &TestApp, unit: &str) -> Value {
    app.user("manager").await.ok(UNIT, json!({ "id": app.project.unit(unit) })).await["unit"].clone()
}

fn change(app: &TestApp, unit: &str, more: &Value) -> Value {
    let mut input = json!({ "unitId": app.project.unit(unit) });
    for (field, value) in more.as_object().into_iter().flatten() {
        input[field] = value.clone();
    }
    json!({ "input": input })
}

on_both_databases! {
    async fn sale_ends_the_sellers_access_and_begins_the_buyers(db: TestDb) {
        let app = TestApp::start(&db).await;
        for unit in ["1-101", "1-102"] {
            app.open_to_owner(app.project.unit(unit)).await;
        }
        let (seller, buyer) = (app.user("owner1").await, app.user("owner2").await);
        let document = "query($id: ID!) { unit(id: $id) { code } }";
        let unit = json!({ "id": app.project.unit("1-101") });
        assert_eq!(seller.ok(document, unit.clone()).await["unit"]["code"], "1-101");
        assert_eq!(buyer.ok(document, unit.clone()).await["unit"], Value::Null);
        let old = owners(&app, "1-101").await["owners"][0]["id"].clone();
        let new = v7();
        let sale = change(&app, "1-101", &json!({
            "end": { "ownershipId": old, "reason": "SOLD", "until": "2026-03-01", "note": "contract 17" },
            "add": { "ownershipId": new, "personId": app.person_id("owner2"), "from": "2026-03-02" },
        }));
        let relations = app.user("relations").await;
        relations.ok(OWN, sale.clone()).await;
        relations.ok(OWN, sale).await;
        assert_eq!(app.user("owner1").await.ok(document, unit.clone()).await["unit"], Value::Null);
        assert_eq!(buyer.ok(document, unit).await["unit"]["code"], "1-101");
        // The seller remains in the record by name, without a phone.
        assert_eq!(owners(&app, "1-101").await, json!({
            "owners": [{ "id": new, "kind": "OWNER", "from": "2026-03-02", "until": null,
                "person": { "name": "owner2 by name", "phone": "+86 138 0000 0000" } }],
            "formerOwners": [{ "id": old, "from": null, "until": "2026-03-01", "endReason": "SOLD",
                "person": { "name": "owner1 by name", "phone": null } }],
        }));
        let (ended, added) = (events_named(&app, "OWNERSHIP_ENDED").await, events_named(&app, "OWNERSHIP_ADDED").await);
        assert_eq!((ended.len(), added.len()), (1, 1), "once, however often it is sent");
        assert_eq!((ended[0].person_id, ended[0].reason.as_deref()), (Some(relations.id.into()), Some("contract 17")));
        // Only people who see owners read the ownerships.
        for (login, seen) in [("property", true), ("site", false), ("lead.a", false), ("supervisor", false)] {
            let events = "query($id: ID!) { project(id: $id) { events(first: 100) { nodes { name } } } }";
            let read = app.user(login).await.ok(events, json!({ "id": app.project.id })).await.to_string();
            assert_eq!(read.contains("OWNERSHIP_ENDED"), seen, "{login}");
        }
    }

    async fn unit_is_not_opened_while_its_last_ownership_ends(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, relations) = (app.user("manager").await, app.user("relations").await);
        let units = json!({ "input": { "unitIds": [app.project.unit("1-101")], "reason": "the notice is out" } });
        for _ in 0..8 {
            let owner = owners(&app, "1-101").await["owners"][0]["id"].clone();
            let end = change(&app, "1-101", &json!({ "end": { "ownershipId": owner, "reason": "ERROR" } }));
            let (ended, opened) = join(relations.query(OWN, end), manager.query(OPEN, units.clone())).await;
            assert!(ended.get("errors").is_none() && opened.get("errors").is_none(), "{ended:#} {opened:#}");
            manager.ok(CLOSE, units.clone()).await;
            // A person who remains in the project by another home.
            let add = json!({ "add": { "ownershipId": v7(), "personId": app.person_id("owner2") } });
            relations.ok(OWN, change(&app, "1-101", &add)).await;
        }
        let mut told = Vec::new();
        for name in ["OWNERSHIP_ENDED", "OWNERSHIP_ADDED", "UNIT_OPENED_TO_OWNER"] {
            let events = events_named(&app, name).await.into_iter().filter(|event| event.project_id == app.project.id.into());
            told.extend(events.map(|event| (event.seq, event.name)));
        }
        told.sort();
        let mut is_owned = true;
        for (seq, name) in told {
            match name.as_str() {
                "OWNERSHIP_ENDED" => is_owned = false,
                "OWNERSHIP_ADDED" => is_owned = true,
                _ => assert!(is_owned, "opened without an owner, {seq}"),
            }
        }
    }

    async fn ownership_cannot_be_given_to_oneself_or_beyond_the_right(db: TestDb) {
        let app = TestApp::start(&db).await;
        let own = owners(&app, "1-101").await["owners"][0]["id"].clone();
        let other = owners(&app, "1-102").await["owners"][0]["id"].clone();
        let add = |login: &str| json!({ "add": { "ownershipId": v7(), "personId": app.person_id(login) } });
        let begin = |day: &str| {
            json!({ "add": { "ownershipId": v7(), "personId": app.person_id("owner2"), "from": day } })
        };
        let stop = |id: &Value, until: Option<&str>| json!({ "end": { "ownershipId": id, "reason": "ERROR", "until": until } });
        let cases = [
            ("manager", add("manager"), "OWN_ROLE"),
            ("relations", add("relations"), "OWN_ROLE"),
            ("site", add("owner2"), "ROLE_NOT_ALLOWED"),
            ("lead.a", stop(&own, None), "ROLE_NOT_ALLOWED"),
            ("property", stop(&own, None), "ROLE_NOT_ALLOWED"),
            ("owner1", stop(&own, None), "NOT_FOUND"),
            ("x.manager", stop(&own, None), "NOT_FOUND"),
            ("manager", stop(&other, None), "NOT_FOUND"),
            ("manager", stop(&own, Some("2026-03-03")), "INVALID_VALUE"),
            ("manager", stop(&own, Some("1900-01-01")), "INVALID_VALUE"),
            ("manager", begin("2026-03-03"), "INVALID_VALUE"),
            ("relations", begin("1900-01-01"), "INVALID_VALUE"),
            ("manager", add("owner1"), "ALREADY_OWNER"),
            ("manager", add("x.owner1"), "NOT_FOUND"),
            ("manager", json!({}), "INVALID_VALUE"),
        ];
        for (who, input, code) in cases {
            let refused = app.user(who).await.refused(OWN, change(&app, "1-101", &input)).await;
            assert_eq!(refused, [code], "{who} {input}");
        }
        // An ownership cannot end before the day of its beginning.
        let (relations, new) = (app.user("relations").await, v7());
        let bought = json!({ "add": { "ownershipId": new, "personId": app.person_id("owner2"), "from": "2026-02-20" } });
        relations.ok(OWN, change(&app, "1-101", &bought)).await;
        let end = |day: &str| change(&app, "1-101", &stop(&json!(new), Some(day)));
        assert_eq!(relations.refused(OWN, end("2026-02-19")).await, ["INVALID_VALUE"]);
        relations.ok(OWN, end("2026-02-20")).await;
        // If one half is refused, the other half is not applied.
        let half = json!({ "end": stop(&own, None)["end"], "add": add("x.owner1")["add"] });
        assert_eq!(app.user("manager").await.refused(OWN, change(&app, "1-101", &half)).await, ["NOT_FOUND"]);
    }

    async fn former_members_are_shown_by_name_and_without_a_phone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let worker = app.user("worker.a").await;
        worker.ok(UPDATE, json!({ "input": { "phone": "+86 139 1111 2222" } })).await;
        let site = app.user("site").await;
        let defect = log_defect(&worker, &app, "1-101").await;
        let document = "query($id: ID!) { defect(id: $id) { raisedBy { name phone } } }";
        let raised = |data: Value| data["defect"]["raisedBy"].clone();
        assert_eq!(raised(site.ok(document, json!({ "id": defect })).await)["phone"], "+86 139 1111 2222");
        end(&app, "worker.a").await;
        let now = raised(site.ok(document, json!({ "id": defect })).await);
        assert_eq!(now, json!({ "name": "worker.a by name", "phone": null }));
        let members = "query($id: ID!) { project(id: $id) { members(first: 100) { nodes { person { name } } } } }";
        let listed = site.ok(members, json!({ "id": app.project.id })).await.to_string();
        assert!(!listed.contains("worker.a by name"), "{listed}");
        // The person still reads the own phone.
        let worker = app.user("worker.a").await;
        let own = worker.ok(UPDATE, json!({ "input": { "language": "ZH" } })).await["personUpdate"]["person"].clone();
        assert_eq!(own["phone"], "+86 139 1111 2222");
    }

    async fn person_changes_the_own_name_phone_and_language_with_an_event(db: TestDb) {
        let app = TestApp::start(&db).await;
        tests::fixture::another(&app.app, "MORE").await;
        let site = app.user("site").await;
        let input = json!({ "input": { "name": " Ana Silva ", "phone": "+351 1", "language": "ZH" } });
        let person = site.ok(UPDATE, input.clone()).await["personUpdate"]["person"].clone();
        assert_eq!(person, json!({ "id": site.id, "name": "Ana Silva", "phone": "+351 1" }));
        site.ok(UPDATE, input).await;
        let told = events_named(&app, "PERSON_UPDATED").await;
        assert_eq!(told.len(), 2, "one in each of the person's two projects, once");
        for event in &told {
            assert_eq!((event.person_id, event.object_id), (Some(site.id.into()), site.id));
            assert_eq!(event.data["name"], json!({ "from": "site by name", "to": "Ana Silva" }));
            assert!(!event.data.to_string().contains("+351"), "events stay for ever: no phone");
        }
        // Messages are in the new language, and null removes the phone.
        let answer = site.query(UPDATE, json!({ "input": { "name": "" } })).await;
        assert_eq!(answer["data"]["personUpdate"]["userErrors"][0]["message"], "此项必填。");
        for (field, value, code) in [
            ("phone", json!("call me"), "INVALID_VALUE"),
            ("phone", json!("1".repeat(41)), "TEXT_TOO_LONG"),
            ("name", json!("x".repeat(201)), "TEXT_TOO_LONG"),
            ("name", json!("a\u{0}b"), "TEXT_INVALID"),
        ] {
            let input = json!({ "input": { field: value } });
            assert_eq!(site.refused(UPDATE, input).await, [code], "{field}");
        }
        let cleared = site.ok(UPDATE, json!({ "input": { "phone": null } })).await;
        assert_eq!(cleared["personUpdate"]["person"]["phone"], Value::Null);
    }
}
