//! A request without a token, or with an invalid one, gets nothing.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::samples::ordinary;
use super::shape::Shape;

/// What works without a token.
const OPEN: [&str; 4] = ["apiInfo", "sessionCreate", "sessionRefresh", "oneTimeLink"];
/// What works with the token of a link instead.
const BY_LINK: [&str; 4] = ["invitationAccept", "passwordReset", "sessionCodeRequest", "sessionCreateByLink"];

on_both_databases! {
    async fn anonymous_requests_can_only_sign_in(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (shape, nobody) = (Shape::read(), app.nobody());
        let calls: Vec<_> = shape.queries().into_iter().chain(shape.mutations()).collect();
        assert!(calls.len() > 20, "the schema was read");
        for call in calls.iter().filter(|call| !OPEN.contains(&call.name.as_str())) {
            let give = |path: &Vec<String>, kind: &str| match kind {
                "ID" => Some(json!(v7())),
                _ => ordinary(path, kind),
            };
            let variables = shape.variables(call, &[], &give);
            let codes = nobody.refused(&shape.document(call), variables).await;
            let by_link = BY_LINK.contains(&call.name.as_str());
            assert_eq!(codes, [if by_link { "LINK_INVALID" } else { "UNAUTHENTICATED" }], "{}", call.name);
        }
    }

    async fn exact_version_is_shown_only_to_signed_in_people(db: TestDb) {
        let app = TestApp::start(&db).await;
        let exact = env!("CARGO_PKG_VERSION");
        let numbers: Vec<&str> = exact.split('.').collect();
        let document = "{ apiInfo { version } }";
        let told = app.nobody().ok(document, json!({})).await["apiInfo"]["version"].clone();
        assert_eq!(told, format!("{}.{}", numbers[0], numbers[1]));
        for login in ["manager", "owner1"] {
            assert_eq!(app.user(login).await.ok(document, json!({})).await["apiInfo"]["version"], exact, "{login}");
        }
    }

    async fn data_can_be_read_in_the_request_that_signs_in(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let document = "mutation($login: String!, $password: String!, $other: String!) {
            one: sessionCreate(input: { login: $login, password: $password }) { session { viewer {
                id homes { code } memberships { role company { code } project { code } } } } userErrors { code } }
            two: sessionRefresh(input: { refreshToken: $other }) { session { id viewer { id } } } }";
        for (login, other) in [("lead.a", "owner1"), ("owner1", "lead.a")] {
            let other = sign_in(&app, other).await["refreshToken"].clone();
            let variables = json!({ "login": login, "other": other, "password": tests::fixture::PASSWORD });
            let data = app.ask(None, document, variables).await["data"].clone();
            let homes = if login == "owner1" { json!([{ "code": "1-101" }]) } else { json!([]) };
            let role = json!([{
                "role": "RECTIFICATION_LEAD", "company": { "code": "A" }, "project": { "code": app.project.code },
            }]);
            assert_eq!(data["one"]["session"]["viewer"], json!({
                "id": app.person_id(login), "homes": homes,
                "memberships": if login == "owner1" { json!([]) } else { role },
            }));
            assert!(data["two"]["session"]["id"].is_string() && data["two"]["session"]["viewer"].is_null(), "{data}");
        }
    }

    async fn token_ends_with_its_time_and_with_its_session(db: TestDb) {
        let app = TestApp::start(&db).await;
        let viewer = "{ viewer { id } }";
        let session = sign_in(&app, "site").await;
        let token = session["accessToken"].as_str().expect("a token");
        let me = json!({ "data": { "viewer": { "id": app.person_id("site") } } });
        assert_eq!(app.ask(Some(token), viewer, json!({})).await, me);

        app.advance_seconds(15 * 60 - 1);
        assert_eq!(app.ask(Some(token), viewer, json!({})).await, me);
        app.advance_seconds(1);
        assert_unauthenticated(&app.ask(Some(token), viewer, json!({})).await);

        let renewed = refresh(&app, &session["refreshToken"]).await["session"].clone();
        let token = renewed["accessToken"].as_str().expect("a token");
        assert_eq!(app.ask(Some(token), viewer, json!({})).await, me);
        let revoke = "mutation { sessionRevoke(input: {}) { revoked userErrors { code } } }";
        let gone = app.ask(Some(token), revoke, json!({})).await;
        assert_eq!(gone["data"]["sessionRevoke"], json!({ "revoked": true, "userErrors": [] }));
        assert_unauthenticated(&app.ask(Some(token), viewer, json!({})).await);
        assert_eq!(codes(&refresh(&app, &renewed["refreshToken"]).await), ["SESSION_EXPIRED"]);
        for made_up in ["nonsense", ""] {
            assert_unauthenticated(&app.ask(Some(made_up), viewer, json!({})).await);
        }
    }

    async fn session_of_another_person_cannot_be_ended(db: TestDb) {
        let app = TestApp::start(&db).await;
        let theirs = sign_in(&app, "site").await;
        let revoke = "mutation($id: ID!) { sessionRevoke(input: { sessionId: $id }) { userErrors { code } } }";
        let thief = app.user("supervisor").await;
        let known = thief.query(revoke, json!({ "id": theirs["id"] })).await;
        assert_eq!(known, thief.query(revoke, json!({ "id": v7() })).await);
        let token = theirs["accessToken"].as_str();
        assert!(app.ask(token, "{ viewer { id } }", json!({})).await["data"]["viewer"].is_object());
    }

    async fn wrong_passwords_are_throttled_and_reveal_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let unknown = sign_in_answer(&app, "who.is.this", "wrong").await;
        assert_eq!(codes(&unknown), ["SIGN_IN_FAILED"]);
        for _ in 0..5 {
            assert_eq!(sign_in_answer(&app, "site", "wrong").await, unknown, "as for a login that does not exist");
        }
        // Now even the right password from the same address must wait, and the answer says how long.
        let slowed = sign_in_answer(&app, "SITE", tests::fixture::PASSWORD).await;
        assert_eq!(codes(&slowed), ["SIGN_IN_SLOWED"]);
        assert!(slowed["userErrors"][0]["message"].as_str().is_some_and(|text| text.contains('3')), "{slowed}");
        assert!(sign_in(&app, "supervisor").await["accessToken"].is_string(), "others are not slowed");
        app.advance_seconds(2);
        assert_eq!(codes(&sign_in_answer(&app, "site", "wrong").await), ["SIGN_IN_FAILED"]);
        app.advance_seconds(3);
        assert_eq!(codes(&sign_in_answer(&app, "site", "wrong").await), ["SIGN_IN_SLOWED"], "the wait has doubled");
        app.advance_seconds(1);
        assert!(sign_in(&app, "site").await["accessToken"].is_string());
        assert_eq!(codes(&sign_in_answer(&app, "site", "wrong").await), ["SIGN_IN_FAILED"], "counted from the start");
    }

    async fn concurrent_guesses_are_all_counted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let guesses = (0..20).map(|n| sign_in_answer(&app, "site", ["wrong", "wronger"][n % 2]));
        let answers = futures::future::join_all(guesses).await;
        // Requests beyond the queue are answered 503, without a payload.
        let looked_at = answers.iter().filter(|answer| answer.is_object() && codes(answer) == ["SIGN_IN_FAILED"]).count();
        assert!(looked_at <= 8, "{looked_at} of 20 guesses at once were looked at");
    }

    async fn odd_logins_cause_no_internal_error(db: TestDb) {
        let app = TestApp::start(&db).await;
        let long = "x".repeat(60_000);
        for login in ["", " ", "a\0b", "'; DROP TABLE people; --", "😀", long.as_str()] {
            assert_eq!(codes(&sign_in_answer(&app, login, "wrong").await), ["SIGN_IN_FAILED"], "{:.9?}", login);
        }
        for password in ["", "a\0b", long.as_str()] {
            assert_eq!(codes(&sign_in_answer(&app, "site", password).await), ["SIGN_IN_FAILED"]);
        }
        assert_eq!(codes(&refresh(&app, &json!("a\0b")).await), ["SESSION_EXPIRED"]);
        assert_eq!(codes(&refresh(&app, &json!(long)).await), ["SESSION_EXPIRED"]);
    }
}

fn assert_unauthenticated(answer: &Value) {
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("UNAUTHENTICATED"), "{answer}");
    assert!(answer["data"].is_null(), "{answer}");
}

fn codes(payload: &Value) -> Vec<String> {
    let errors = payload["userErrors"].as_array().unwrap_or_else(|| panic!("a payload: {payload}"));
    errors.iter().map(|error| error["code"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn sign_in(app: &TestApp, login: &str) -> Value {
    let answer = sign_in_answer(app, login, tests::fixture::PASSWORD).await;
    assert!(answer["session"].is_object(), "{answer}");
    answer["session"].clone()
}

async fn sign_in_answer(app: &TestApp, login: &str, password: &str) -> Value {
    let document = "mutation($login: String!, $password: String!) {
        sessionCreate(input: { login: $login, password: $password }) {
            session { id accessToken refreshToken } userErrors { code message field }
        }
    }";
    app.ask(None, document, json!({ "login": login, "password": password })).await["data"]["sessionCreate"].clone()
}

async fn refresh(app: &TestApp, token: &Value) -> Value {
    let document = "mutation($token: String!) {
        sessionRefresh(input: { refreshToken: $token }) {
            session { accessToken refreshToken } userErrors { code }
        }
    }";
    app.ask(None, document, json!({ "token": token })).await["data"]["sessionRefresh"].clone()
}
