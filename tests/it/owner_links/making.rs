//! Making links: for one owner, for somebody who is new, for a whole building.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{events, people, unit_links};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::setup::{
    CHANGE, INVITE, INVITES, code, code_to, homes, input_of, link_of, ownership_of, request, set_phone, sign_in, text,
    token_of, try_code,
};

on_both_databases! {
    async fn a_link_is_answered_once_and_told_without_a_name(db: TestDb) {
        let app = TestApp::start(&db).await;
        let relations = app.user("relations").await;
        let input = json!({ "input": input_of(&app, "1-101", "owner1") });
        let first = relations.ok(INVITE, input.clone()).await["unitInvite"].clone();
        assert_eq!(first["invite"]["person"]["id"], json!(app.person_id("owner1")));
        assert_eq!((first["codesTo"].as_str(), &first["sentTo"]), (Some("…0000"), &Value::Null));
        assert_eq!(first["invite"]["expiresAt"], "2026-04-01T00:00:00.000Z");
        assert!(text(&first["qrCode"]).starts_with("<svg "));
        let token = token_of(&first["link"]);
        let again = relations.ok(INVITE, input).await["unitInvite"].clone();
        assert_eq!(again["invite"]["id"], first["invite"]["id"]);
        assert_eq!((&again["link"], &again["qrCode"]), (&Value::Null, &Value::Null), "a secret is answered once");
        assert_eq!(code(&request(&app, &token).await), "", "and stays good");
        let told = events::Entity::find().filter(events::Column::Name.eq("UNIT_INVITED"));
        let told = told.all(app.app.db.read()).await.expect("the events");
        let data = json!({ "inviteId": first["invite"]["id"], "personId": app.person_id("owner1"),
            "ownershipId": ownership_of(&app, "1-101", app.person_id("owner1")).await });
        assert_eq!(told.iter().map(|event| &event.data).collect::<Vec<_>>(), [&data]);
        let rows = unit_links::Entity::find().all(app.app.db.read()).await.expect("the links");
        assert!(rows.iter().all(|row| row.token_hash.len() == 32 && row.token_hash != token.as_bytes()));
    }

    async fn who_does_not_deal_with_owners_makes_no_link(db: TestDb) {
        let app = TestApp::start(&db).await;
        for (login, refusal) in [
            ("site", "ROLE_NOT_ALLOWED"),
            ("property", "ROLE_NOT_ALLOWED"),
            ("lead.a", "ROLE_NOT_ALLOWED"),
            ("owner1", "NOT_FOUND"),
            ("x.manager", "NOT_FOUND"),
        ] {
            let user = app.user(login).await;
            let one = json!({ "input": input_of(&app, "1-101", "owner1") });
            assert_eq!(user.refused(INVITE, one).await, [refusal], "{login}");
            let all = json!({ "input": { "buildingId": app.project.building } });
            assert_eq!(user.refused(INVITES, all).await, [refusal], "{login}");
        }
        let manager = app.user("manager").await;
        for (input, refusal) in [
            (input_of(&app, "1-102", "owner1"), "NOT_FOUND"),
            (json!({ "inviteId": v7(), "unitId": app.project.unit("1-101") }), "INVALID_VALUE"),
            (json!({ "inviteId": v7(), "unitId": app.other.unit("1-101"), "personId": app.person_id("x.owner1") }), "NOT_FOUND"),
        ] {
            assert_eq!(manager.refused(INVITE, json!({ "input": input })).await, [refusal], "{input}");
        }
        for input in [json!({}), json!({ "buildingId": app.project.building, "unitIds": [] })] {
            assert_eq!(manager.refused(INVITES, json!({ "input": input })).await, ["INVALID_VALUE"]);
        }
        let mixed = json!({ "unitIds": [app.project.unit("1-101"), app.other.unit("1-101")] });
        assert_eq!(manager.refused(INVITES, json!({ "input": mixed })).await, ["NOT_FOUND"]);
    }

    async fn a_co_owner_and_a_proxy_who_are_new_have_their_own(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let relations = app.user("relations").await;
        for (kind, until, address, channel) in [
            ("CO_OWNER", None, json!({ "phone": "139 1234 5678" }), ("SMS", "+8613912345678")),
            ("PROXY", Some("2026-06-30"), json!({ "email": "Wang@Example.COM" }), ("EMAIL", "Wang@example.com")),
        ] {
            let mut owner = json!({ "ownershipId": v7(), "name": "Wang Li", "kind": kind, "until": until, "language": "ZH" });
            owner.as_object_mut().expect("fields").extend(address.as_object().expect("an address").clone());
            let input = json!({ "inviteId": v7(), "unitId": app.project.unit("1-101"), "newOwner": owner });
            let made = relations.ok(INVITE, json!({ "input": input })).await["unitInvite"].clone();
            let token = token_of(&made["link"]);
            assert_eq!(request(&app, &token).await["channel"], channel.0);
            let session = try_code(&app, &token, &code_to(&app, channel.1).await).await["session"].clone();
            assert_eq!(homes(&app, &session).await, Ok(vec!["1-101".to_owned()]), "{kind}");
            assert_eq!(session["viewer"]["id"], made["invite"]["person"]["id"]);
        }
        // Each with a link and a session of the own.
        let owner = link_of(&app, "1-101", "owner1").await;
        assert_eq!(homes(&app, &sign_in(&app, &owner.token).await).await, Ok(vec!["1-101".to_owned()]));
        let new = people::Entity::find().filter(people::Column::Name.eq("Wang Li"));
        let new = new.all(app.app.db.read()).await.expect("people");
        assert!(new.len() == 2 && new.iter().all(|person| person.password_hash.is_none() && !person.administrator));
        for person in new {
            let input = json!({ "input": { "login": person.login, "password": "" } });
            let document = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) { userErrors { code } } }";
            let answer = app.ask(None, document, input).await;
            assert_eq!(code(&answer["data"]["sessionCreate"]), "SIGN_IN_FAILED", "no way in by a password");
        }
    }

    async fn a_refused_link_leaves_no_person_behind(db: TestDb) {
        let app = TestApp::start(&db).await;
        let relations = app.user("relations").await;
        let unit = app.project.unit("1-101");
        let owner = |more: Value| {
            let mut owner = json!({ "ownershipId": v7(), "name": "Wang Li", "kind": "CO_OWNER" });
            owner.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
            json!({ "inviteId": v7(), "unitId": unit, "newOwner": owner })
        };
        let mut without_address = owner(json!({}));
        without_address["send"] = json!(true);
        let used = ownership_of(&app, "1-102", app.person_id("owner2")).await;
        for (input, refusal) in [
            (without_address, "NO_CHANNEL"),
            (owner(json!({ "name": " " })), "TEXT_REQUIRED"),
            (owner(json!({ "email": "no address" })), "INVALID_VALUE"),
            (owner(json!({ "ownershipId": used })), "ID_REUSED"),
        ] {
            assert_eq!(relations.refused(INVITE, json!({ "input": input })).await, [refusal], "{input}");
        }
        // Without an address the link is made, and said to be of no use yet.
        let made = relations.ok(INVITE, json!({ "input": owner(json!({})) })).await["unitInvite"].clone();
        assert!(made["codesTo"].is_null() && made["link"].is_string());
        assert_eq!(code(&request(&app, &token_of(&made["link"])).await), "NO_CHANNEL");
    }

    async fn a_sheet_has_a_code_for_each_owner_of_the_building(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let add = json!({ "unitId": app.project.unit("1-101"),
            "add": { "ownershipId": v7(), "personId": app.person_id("owner2"), "kind": "CO_OWNER" } });
        manager.ok(CHANGE, json!({ "input": add })).await;
        let before = link_of(&app, "1-102", "owner2").await;
        let relations = app.user("relations").await;
        let input = |replace: bool| json!({ "input": { "buildingId": app.project.building, "replace": replace } });
        let made = relations.ok(INVITES, input(false)).await["unitInvites"].clone();
        let invites = made["invites"].as_array().expect("links").clone();
        let places: Vec<(String, String)> = invites
            .iter()
            .map(|one| (text(&one["invite"]["unit"]["code"]), text(&one["invite"]["person"]["id"])))
            .collect();
        let [one, two] = ["owner1", "owner2"].map(|login| app.person_id(login).to_string());
        let mut expected = vec![("1-101".to_owned(), one), ("1-101".to_owned(), two.clone()), ("1-102".to_owned(), two)];
        expected.sort();
        let mut sorted = places.clone();
        sorted.sort();
        assert_eq!(sorted, expected);
        assert!(places.is_sorted_by_key(|(unit, _)| unit.clone()), "in the order of the places");
        let new: Vec<&Value> = invites.iter().filter(|one| one["link"].is_string()).collect();
        assert_eq!(new.len(), 2, "an open link stays");
        assert_eq!(code(&request(&app, &before.token).await), "");
        let sheet = text(&made["sheet"]);
        assert_eq!((sheet.matches("<svg ").count(), sheet.matches("<section>").count()), (2, 2));
        assert!(!sheet.contains("<script") && sheet.contains("owner1 by name") && !sheet.contains("/link#"));
        for one in new {
            assert_eq!(code(&request(&app, &token_of(&one["link"])).await), "");
        }
        let replaced = relations.ok(INVITES, input(true)).await["unitInvites"].clone();
        assert_eq!(text(&replaced["sheet"]).matches("<svg ").count(), 3);
        assert_eq!(code(&request(&app, &before.token).await), "LINK_INVALID");
        let rows = unit_links::Entity::find().count(app.app.db.read()).await.expect("the links");
        assert_eq!(rows, 6);
    }

    async fn links_of_units_are_sent_to_those_who_can_be_reached(db: TestDb) {
        let app = TestApp::start(&db).await;
        set_phone(&app, app.person_id("owner2"), None).await;
        let units = [app.project.unit("1-101"), app.project.unit("1-102")];
        let input = json!({ "input": { "unitIds": units, "send": true } });
        let made = app.user("manager").await.ok(INVITES, input).await["unitInvites"]["invites"].clone();
        let sent: Vec<Option<&str>> = made.as_array().expect("links").iter().map(|one| one["sentTo"].as_str()).collect();
        assert_eq!(sent, [Some("…0000"), None]);
        assert!(made[1]["codesTo"].is_null() && made[1]["link"].is_string());
        assert_eq!(app.sent_messages().await.len(), 1);
    }
}
