//! A person lists and ends the own sessions; an administrator also those of others.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::{is_expired, row, sign_in, works};

const LIST: &str = "query($person: ID) { sessions(personId: $person) { nodes {
    id device createdAt lastSeenAt lastAddress expiresAt current } } }";
const END: &str = "mutation($input: SessionEndInput!) { sessionEnd(input: $input) {
    endedCount userErrors { code field } } }";

on_both_databases! {
    async fn person_lists_and_ends_the_own_sessions(db: TestDb) {
        let app = TestApp::start(&db).await;
        let tablet = sign_in(&app, "site", "tablet").await["session"].clone();
        app.advance_seconds(60);
        let phone = sign_in(&app, "site", "phone").await["session"].clone();
        let gone = sign_in(&app, "site", "signed out").await["session"].clone();
        sign_in(&app, "supervisor", "another person's").await;
        let revoke = "mutation { sessionRevoke(input: {}) { revoked } }";
        app.ask(gone["accessToken"].as_str(), revoke, json!({})).await;
        app.advance_seconds(60);
        let ask = |session: &Value, document, variables| {
            let token = session["accessToken"].as_str().expect("a token").to_owned();
            let app = &app;
            async move { app.ask(Some(&token), document, variables).await["data"].clone() }
        };
        let list = ask(&phone, LIST, json!({})).await["sessions"]["nodes"].clone();
        let (now, at) = (app.app.clock.now(), |seconds| app.app.clock.now().plus_seconds(seconds).to_rfc3339());
        assert_eq!(list, json!([
            { "id": phone["id"], "device": "phone", "createdAt": at(-60), "lastSeenAt": now.to_rfc3339(),
              "lastAddress": "127.0.0.1", "expiresAt": phone["refreshExpiresAt"], "current": true },
            { "id": tablet["id"], "device": "tablet", "createdAt": at(-120), "lastSeenAt": at(-120),
              "lastAddress": "127.0.0.1", "expiresAt": tablet["refreshExpiresAt"], "current": false },
        ]));

        let one = json!({ "input": { "sessionId": tablet["id"] } });
        let ended = ask(&phone, END, one.clone()).await["sessionEnd"].clone();
        assert_eq!(ended, json!({ "endedCount": 1, "userErrors": [] }));
        assert!(!works(&app, &tablet).await && is_expired(&app, &tablet).await);
        assert_eq!(ask(&phone, END, one).await["sessionEnd"]["endedCount"], 0, "ending again is no error");

        let others = [sign_in(&app, "site", "a").await, sign_in(&app, "site", "b").await];
        let all = json!({ "input": { "personId": app.person_id("site") } });
        assert_eq!(ask(&phone, END, all).await["sessionEnd"], json!({ "endedCount": 2, "userErrors": [] }));
        for other in &others {
            assert!(!works(&app, &other["session"]).await);
        }
        assert!(works(&app, &phone).await, "the session of the request continues");
    }

    async fn sessions_of_others_are_for_administrators_alone(db: TestDb) {
        let app = TestApp::start(&db).await;
        let victim = sign_in(&app, "site", "tablet").await["session"].clone();
        let (thief, root) = (app.user("supervisor").await, app.user("root").await);
        let person = app.person_id("site");
        for input in [json!({ "sessionId": victim["id"] }), json!({ "personId": person })] {
            assert_eq!(thief.refused(END, json!({ "input": input })).await, ["NOT_FOUND"]);
        }
        for unknown in [json!({ "sessionId": v7() }), json!({ "personId": v7() })] {
            assert_eq!(thief.refused(END, json!({ "input": unknown })).await, ["NOT_FOUND"]);
            assert_eq!(root.refused(END, json!({ "input": unknown })).await, ["NOT_FOUND"]);
        }
        for neither in [json!({}), json!({ "sessionId": victim["id"], "personId": person })] {
            assert_eq!(root.refused(END, json!({ "input": neither })).await, ["INVALID_VALUE"]);
        }
        for hidden in [json!(person), json!(v7())] {
            assert_eq!(thief.ok(LIST, json!({ "person": hidden })).await["sessions"], Value::Null);
        }
        assert_eq!(root.ok(LIST, json!({ "person": v7() })).await["sessions"], Value::Null);
        assert!(works(&app, &victim).await);

        let listed = root.ok(LIST, json!({ "person": person })).await["sessions"]["nodes"].clone();
        assert_eq!(listed[0]["id"], victim["id"]);
        let ended = root.ok(END, json!({ "input": { "personId": person } })).await;
        assert_eq!(ended["sessionEnd"]["endedCount"], 1);
        assert!(!works(&app, &victim).await && is_expired(&app, &victim).await);
        assert_eq!(row(&app, &victim).await.ended_reason.map(|reason| reason.as_str()), Some("ENDED_BY_ADMINISTRATOR"));
    }
}
