//! Signing in by a link and a code.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::snapshot::fingerprint;

use super::setup::{
    CHANGE, INVITE, MASKED, ask, code, homes, input_of, link_of, refresh, request, sent_code, set_phone, sign_in, text,
    token_of, try_code, wrong,
};

on_both_databases! {
    async fn an_owner_signs_in_by_link_and_code(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let link = link_of(&app, "1-101", "owner1").await;
        let sent = request(&app, &link.token).await;
        assert_eq!((sent["channel"].as_str(), sent["sentTo"].as_str()), (Some("SMS"), Some(MASKED)), "{sent:#}");
        assert_eq!(sent["expiresAt"], "2026-03-02T00:05:00.000Z");
        let right = sent_code(&app).await;
        let answer = try_code(&app, &link.token, &format!("{} {}", &right[..3], &right[3..])).await;
        let viewer = &answer["session"]["viewer"];
        assert_eq!(viewer["id"], json!(app.person_id("owner1")), "{answer:#}");
        assert_eq!(viewer["onlyUnitId"], json!(app.project.unit("1-101")));
        assert_eq!(viewer["homes"], json!([{ "code": "1-101" }]));
        assert_eq!((&viewer["memberships"], &viewer["administrator"]), (&json!([]), &json!(false)));
        // Once.
        assert_eq!(code(&try_code(&app, &link.token, &right).await), "CODE_INVALID");
        // Another device, and the first one goes on by itself.
        let tablet = sign_in(&app, &link.token).await;
        assert_eq!(homes(&app, &tablet).await, Ok(vec!["1-101".to_owned()]));
        let refreshed = refresh(&app, &answer["session"]).await["session"].clone();
        assert_eq!(homes(&app, &refreshed).await, Ok(vec!["1-101".to_owned()]));
        let viewer = ask(&app, &refreshed, "{ viewer { onlyUnitId } }", json!({})).await.expect("a viewer");
        assert_eq!(viewer["viewer"]["onlyUnitId"], json!(app.project.unit("1-101")), "also after a refresh");
    }

    async fn a_session_begun_before_the_opening_sees_the_home_afterwards(db: TestDb) {
        let app = TestApp::start(&db).await;
        let link = link_of(&app, "1-101", "owner1").await;
        let session = sign_in(&app, &link.token).await;
        assert_eq!(homes(&app, &session).await, Ok(Vec::new()));
        app.open_to_owner(app.project.unit("1-101")).await;
        assert_eq!(homes(&app, &session).await, Ok(vec!["1-101".to_owned()]));
        let close = "mutation($ids: [ID!]!) { unitCloseToOwner(input: { unitIds: $ids }) { userErrors { code } } }";
        app.user("manager").await.ok(close, json!({ "ids": [app.project.unit("1-101")] })).await;
        assert_eq!(homes(&app, &session).await, Ok(Vec::new()));
    }

    async fn without_an_address_on_file_no_code_is_sent(db: TestDb) {
        let app = TestApp::start(&db).await;
        for phone in [None, Some("the porter"), Some("+86 21 6234 5678")] {
            set_phone(&app, app.person_id("owner1"), phone).await;
            let link = link_of(&app, "1-101", "owner1").await;
            let before = fingerprint(&app.app.db).await;
            let refused = request(&app, &link.token).await;
            assert_eq!(code(&refused), "NO_CHANNEL", "{phone:?}");
            assert!(refused["sentTo"].is_null() && refused["expiresAt"].is_null());
            assert_eq!(before, fingerprint(&app.app.db).await);
        }
        assert_eq!(app.sent_messages().await, Vec::<Value>::new());
    }

    async fn what_is_no_token_opens_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let link = link_of(&app, "1-101", "owner1").await;
        let other = link_of(&app, "1-102", "owner2").await;
        let long = "x".repeat(10_000);
        let long = long.as_str();
        for token in ["", "x", &link.token[1..], "a\0b", long] {
            assert_eq!(code(&request(&app, token).await), "LINK_INVALID", "{token:.50}");
            assert_eq!(code(&try_code(&app, token, "123456").await), "LINK_INVALID", "{token:.50}");
        }
        // A code is good for its own link.
        request(&app, &link.token).await;
        let right = sent_code(&app).await;
        assert_eq!(code(&try_code(&app, &other.token, &right).await), "CODE_INVALID");
        for typed in ["", "12345", "1234567", "abcdef", long] {
            assert_eq!(code(&try_code(&app, &link.token, typed).await), "CODE_INVALID", "{typed:.50}");
        }
        assert_eq!(code(&try_code(&app, &link.token, &wrong(&right)).await), "CODE_INVALID");
        assert!(try_code(&app, &link.token, &right).await["session"].is_object(), "what is no code costs no try");
    }

    async fn guesses_stand_in_a_document_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let one = "sessionCreateByLink(input: { token: \"x\", code: \"123456\" }) { userErrors { code } }";
        let answer = app.ask(None, &format!("mutation {{ a: {one} b: {one} }}"), json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "FIELD_REPEATED", "{answer}");
    }

    async fn a_link_comes_by_message_where_that_is_wanted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let relations = app.user("relations").await;
        let mut input = input_of(&app, "1-101", "owner1");
        input["send"] = json!(true);
        let made = relations.ok(INVITE, json!({ "input": input })).await["unitInvite"].clone();
        assert_eq!(made["sentTo"], MASKED);
        let messages = app.sent_messages().await;
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["to"], "+8613800000000");
        let message = text(&messages[0]["text"]);
        assert!(message.contains(&format!("/link#{}", token_of(&made["link"]))), "{message}");
        assert!(message.contains("1-101") && message.contains("2026-04-01"), "unit and last day: {message}");
    }

    async fn staff_of_the_project_act_as_staff_and_get_no_link(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let add = json!({ "unitId": app.project.unit("1-201"),
            "add": { "ownershipId": tests::ids::v7(), "personId": app.person_id("worker.a") } });
        manager.ok(CHANGE, json!({ "input": add })).await;
        let refused = manager.refused(INVITE, json!({ "input": input_of(&app, "1-201", "worker.a") })).await;
        assert_eq!(refused, ["ALREADY_MEMBER"]);
        // Who becomes staff later signs in with the password, too.
        let link = link_of(&app, "1-101", "owner1").await;
        let session = sign_in(&app, &link.token).await;
        let mut work = app.app.begin_by_server(app.project.id.into()).await.expect("a unit of work");
        let new = app::people::NewMembership {
            project_id: app.project.id.into(),
            person_id: app.person_id("owner1").into(),
            company_id: app.project.company("PROP").into(),
            role: domain::Role::EscortInspector,
        };
        app::people::add_membership(&mut work, &domain::Caller::operator(), new).await.expect("a role");
        work.commit().await.expect("committed");
        app.app.caller_cache.forget();
        app.open_to_owner(app.project.unit("1-101")).await;
        assert_eq!(homes(&app, &session).await, Ok(Vec::new()));
        assert_eq!(code(&request(&app, &link.token).await), "SIGN_IN_FIRST");
    }
}
