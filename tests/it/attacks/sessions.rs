//! Stolen and lost tokens: a reused refresh token ends its session, a lost answer does not.

mod ended_by_hand;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::entity::{people, sessions};
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tests::on_both_databases;
use tests::tablet::error::TabletError;
use tests::tablet::http::Http;
use tests::tablet::session::Session;
use tests::tablet::wire::{Answer, Broken, Wire};
use uuid::Uuid;

const VIEWER: &str = "{ viewer { id } }";

/// A connection to the server that loses the answers of refreshes, not the requests.
struct LosesRefreshes {
    http: Http,
    left: AtomicUsize,
}

impl Wire for LosesRefreshes {
    async fn post(&self, token: Option<&str>, body: Vec<u8>) -> Result<Answer, Broken> {
        let refreshes = String::from_utf8_lossy(&body).contains("sessionRefresh");
        let answer = self.http.post(token, body).await;
        let lost = |left: usize| left.checked_sub(1);
        match refreshes && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, lost).is_ok() {
            true => Err(Broken("the answer was lost".to_owned())),
            false => answer,
        }
    }

    async fn put(&self, link: &Value, bytes: Vec<u8>) -> Result<u16, Broken> {
        self.http.put(link, bytes).await
    }
}

/// The life of an access token.
const QUARTER_HOUR: i64 = 15 * 60;
const DAY: i64 = 24 * 60 * 60;

/// What `sessionCreate` answers.
async fn sign_in(app: &TestApp, login: &str, device: &str) -> Value {
    let document = "mutation($input: SessionCreateInput!) { sessionCreate(input: $input) {
        session { id accessToken refreshToken accessExpiresAt refreshExpiresAt } deviceToken
        notices { kind message device at } userErrors { code } } }";
    let input = json!({ "login": login, "password": PASSWORD, "device": device });
    let answer = app.ask(None, document, json!({ "input": input })).await;
    let payload = answer["data"]["sessionCreate"].clone();
    assert!(payload["session"].is_object(), "{answer}");
    payload
}

/// The session that `sessionRefresh` answers, or the codes of its refusal.
async fn refresh(app: &TestApp, token: &Value) -> Result<Value, Value> {
    let document = "mutation($token: String!) { sessionRefresh(input: { refreshToken: $token }) {
        session { id accessToken refreshToken accessExpiresAt refreshExpiresAt } userErrors { code } } }";
    let answer = app.ask(None, document, json!({ "token": token })).await;
    let payload = &answer["data"]["sessionRefresh"];
    match payload["session"].is_object() {
        true => Ok(payload["session"].clone()),
        false => Err(payload["userErrors"][0]["code"].clone()),
    }
}

/// Whether the access token of a session is valid.
async fn works(app: &TestApp, session: &Value) -> bool {
    let token = session["accessToken"].as_str().expect("a token");
    app.ask(Some(token), VIEWER, json!({})).await["data"]["viewer"].is_object()
}

async fn refreshed(app: &TestApp, session: &Value) -> Value {
    refresh(app, &session["refreshToken"]).await.expect("the token is good")
}

async fn is_expired(app: &TestApp, session: &Value) -> bool {
    refresh(app, &session["refreshToken"]).await == Err(json!("SESSION_EXPIRED"))
}

async fn row(app: &TestApp, session: &Value) -> sessions::Model {
    let id: Uuid = session["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let found = sessions::Entity::find_by_id(id).one(app.app.db.read()).await;
    found.expect("the database answers").expect("a session")
}

async fn update_session(app: &TestApp, row: sessions::Model) {
    let update = row.into_active_model().reset_all();
    app.app.db.write(async |tx| update.update(tx).await).await.expect("written");
}

/// Turns a session into one of the program before token families; returns its refresh token.
async fn make_old(app: &TestApp, session: &Value, name: &str) -> Value {
    // 32 bytes in base64, as that program made them.
    let token = format!("{name:A<43}");
    let old = sessions::Model {
        refresh_hash: Sha256::digest(token.as_bytes()).to_vec(),
        family_hash: None,
        generation: None,
        rotated_at: None,
        first_used_at: None,
        last_seen_at: None,
        last_address: None,
        device_hash: None,
        ..row(app, session).await
    };
    update_session(app, old).await;
    json!({ "id": session["id"], "accessToken": session["accessToken"], "refreshToken": token })
}

on_both_databases! {
    async fn reused_refresh_token_ends_its_family_and_the_person_is_notified(db: TestDb) {
        let app = TestApp::start(&db).await;
        for steps in [2, 3, 7] {
            let first = sign_in(&app, "site", "stolen tablet").await["session"].clone();
            let other = sign_in(&app, "site", "other device").await["session"].clone();
            let mut newest = first.clone();
            for _ in 0..steps {
                newest = refreshed(&app, &newest).await;
            }
            assert!(works(&app, &newest).await);
            assert!(is_expired(&app, &first).await, "{steps} steps back");
            assert!(!works(&app, &newest).await, "the newest token may be the thief's");
            assert!(is_expired(&app, &newest).await);
            assert!(works(&app, &other).await, "the person's other device continues");

            let at = app.app.clock.now().to_rfc3339();
            app.advance_seconds(1);
            let next = sign_in(&app, "site", "new").await;
            let expected = json!([{ "kind": "REFRESH_TOKEN_REUSED", "device": "stolen tablet",
                "message": next["notices"][0]["message"], "at": at }]);
            assert_eq!(next["notices"], expected);
            assert!(next["notices"][0]["message"].as_str().is_some_and(|text| text.contains("change your password")));
            // The answer of that sign-in may have been lost: the notice is repeated until a new session is used.
            let again = sign_in(&app, "site", "new").await;
            assert_eq!(again["notices"], expected);
            assert!(works(&app, &again["session"]).await);
            assert_eq!(sign_in(&app, "site", "new").await["notices"], json!([]));
            assert_eq!(sign_in(&app, "supervisor", "new").await["notices"], json!([]));
        }
    }

    async fn refresh_is_repeated_after_a_lost_answer(db: TestDb) {
        let app = TestApp::start(&db).await;
        let first = sign_in(&app, "site", "tablet").await["session"].clone();
        let second = refreshed(&app, &first).await;
        app.advance_seconds(60);
        assert_eq!(refreshed(&app, &first).await, second, "the same tokens, however often");
        assert_eq!(refreshed(&app, &first).await, second);
        assert!(works(&app, &second).await);
        // The new token was used: two clients have the old one.
        assert!(is_expired(&app, &first).await);
        assert!(!works(&app, &second).await);
    }

    async fn previous_token_is_invalid_later_and_after_the_next_refresh(db: TestDb) {
        let app = TestApp::start(&db).await;
        let late = sign_in(&app, "site", "tablet").await["session"].clone();
        let newer = refreshed(&app, &late).await;
        app.advance_seconds(61);
        assert!(is_expired(&app, &late).await);
        assert!(!works(&app, &newer).await);

        let first = sign_in(&app, "site", "tablet").await["session"].clone();
        let second = refreshed(&app, &first).await;
        let third = refreshed(&app, &second).await;
        assert_eq!(refreshed(&app, &second).await, third, "its own answer may be lost as well");
        assert!(is_expired(&app, &first).await);
        assert!(is_expired(&app, &third).await);
    }

    async fn concurrent_refreshes_get_the_same_tokens(db: TestDb) {
        let app = TestApp::start(&db).await;
        let mut session = sign_in(&app, "site", "tablet").await["session"].clone();
        for _ in 0..10 {
            let at_once = (0..8).map(|_| refresh(&app, &session["refreshToken"]));
            let answers = futures::future::join_all(at_once).await;
            let newest = answers[0].clone().expect("a session");
            for answer in answers {
                assert_eq!(answer, Ok(newest.clone()));
            }
            assert!(works(&app, &newest).await);
            session = newest;
        }
    }

    async fn refresh_that_races_the_first_use_makes_no_second_pair(db: TestDb) {
        let app = TestApp::start(&db).await;
        for _ in 0..15 {
            let first = sign_in(&app, "site", "tablet").await["session"].clone();
            let second = refreshed(&app, &first).await;
            let (repeated, used) = tokio::join!(refresh(&app, &first["refreshToken"]), works(&app, &second));
            match repeated {
                // Before the first use: the same tokens, which are valid.
                Ok(same) => {
                    assert_eq!(same, second);
                    assert!(used && works(&app, &second).await);
                }
                // After it: the session has ended.
                Err(code) => {
                    assert_eq!(code, "SESSION_EXPIRED");
                    assert!(!works(&app, &second).await && is_expired(&app, &second).await);
                }
            }
        }
    }

    async fn old_access_token_ends_at_the_refresh(db: TestDb) {
        let app = TestApp::start(&db).await;
        let first = sign_in(&app, "site", "tablet").await["session"].clone();
        // Now the server has recorded its person.
        assert!(works(&app, &first).await);
        let second = refreshed(&app, &first).await;
        assert!(!works(&app, &first).await);
        assert!(works(&app, &second).await);
    }

    async fn session_ends_ninety_days_after_the_sign_in(db: TestDb) {
        let app = TestApp::start(&db).await;
        let mut session = sign_in(&app, "site", "tablet").await["session"].clone();
        let last = app.app.clock.now().plus_seconds(90 * DAY);
        for _ in 0..3 {
            app.advance_seconds(29 * DAY);
            session = refreshed(&app, &session).await;
        }
        assert_eq!(session["refreshExpiresAt"], last.to_rfc3339());
        app.advance_seconds(3 * DAY - 60);
        session = refreshed(&app, &session).await;
        assert_eq!(session["accessExpiresAt"], last.to_rfc3339());
        app.advance_seconds(59);
        assert!(works(&app, &session).await);
        app.advance_seconds(1);
        assert!(!works(&app, &session).await && is_expired(&app, &session).await);
        assert_eq!(sign_in(&app, "site", "tablet").await["notices"], json!([]), "this is no reason for a notice");
    }

    async fn session_of_an_older_database_continues_and_gets_a_family(db: TestDb) {
        let app = TestApp::start(&db).await;
        let session = sign_in(&app, "site", "tablet").await["session"].clone();
        let old = make_old(&app, &session, "one").await;
        assert!(works(&app, &old).await, "it stays signed in");
        let first = refreshed(&app, &old).await;
        assert_eq!(refreshed(&app, &old).await, first, "a lost answer");
        let second = refreshed(&app, &first).await;
        let third = refreshed(&app, &second).await;
        assert!(works(&app, &third).await);
        assert!(is_expired(&app, &old).await && !works(&app, &third).await, "the old token is one of the family");

        let session = sign_in(&app, "site", "tablet").await["session"].clone();
        let old = make_old(&app, &session, "two").await;
        let mut newest = refreshed(&app, &old).await;
        let spent = newest.clone();
        for _ in 0..3 {
            newest = refreshed(&app, &newest).await;
        }
        assert!(is_expired(&app, &spent).await && !works(&app, &newest).await);
    }

    async fn restored_backup_causes_no_false_alarm(db: TestDb) {
        let app = TestApp::start(&db).await;
        let first = sign_in(&app, "site", "tablet").await["session"].clone();
        let backup = row(&app, &first).await;
        let second = refreshed(&app, &first).await;
        let third = refreshed(&app, &second).await;
        update_session(&app, backup.clone()).await;
        for newer in [&second, &third] {
            assert!(is_expired(&app, newer).await);
        }
        assert_eq!(row(&app, &first).await, backup, "nothing has ended");
        assert_eq!(sign_in(&app, "site", "tablet").await["notices"], json!([]));
        assert!(!works(&app, &third).await);
    }

    async fn database_holds_no_token_and_no_salt_of_used_ones(db: TestDb) {
        let app = TestApp::start(&db).await;
        let signed_in = sign_in(&app, "site", "tablet").await;
        let second = refreshed(&app, &signed_in["session"]).await;
        let unused = format!("{:?}", row(&app, &second).await);
        for token in [&second["accessToken"], &second["refreshToken"], &signed_in["deviceToken"]] {
            assert!(!unused.contains(token.as_str().expect("a token")));
        }
        assert!(row(&app, &second).await.successor_salt.is_some());
        assert!(works(&app, &second).await);
        assert_eq!(row(&app, &second).await.successor_salt, None);
    }

    async fn ended_sessions_and_old_attempts_are_removed_by_age(db: TestDb) {
        let app = TestApp::start(&db).await;
        let ended = sign_in(&app, "site", "ended").await["session"].clone();
        let stolen = sign_in(&app, "site", "stolen").await["session"].clone();
        let newer = refreshed(&app, &stolen).await;
        assert!(works(&app, &newer).await && is_expired(&app, &stolen).await);
        let revoke = "mutation { sessionRevoke(input: {}) { revoked } }";
        app.ask(ended["accessToken"].as_str(), revoke, json!({})).await;
        let silent = sign_in(&app, "supervisor", "silent").await["session"].clone();
        let wrong = "mutation { sessionCreate(input: { login: \"unknown\", password: \"wrong\" }) { userErrors { code } } }";
        app.ask(None, wrong, json!({})).await;
        let counts = async || {
            let report = app::session::gc::collect(&app.app).await.expect("collected");
            (report.sessions, report.sign_in_attempts)
        };
        assert_eq!(counts().await, (0, 0), "nothing is old");
        app.advance_seconds(60 * 60 + 1);
        // The wrong password counts for the address at the login, and for the address.
        assert_eq!(counts().await, (0, 2));
        app.advance_seconds(30 * DAY);
        assert_eq!(counts().await, (1, 0), "the ended one; the stolen one stays until its person was notified");
        app.advance_seconds(30 * DAY);
        assert_eq!(counts().await, (1, 0), "the silent one expired 30 days ago");
        let told = sign_in(&app, "site", "new").await;
        assert_eq!(told["notices"].as_array().map(Vec::len), Some(1));
        assert!(works(&app, &told["session"]).await);
        assert_eq!(counts().await, (1, 0), "the stolen one");
        let left = sessions::Entity::find().all(app.app.db.read()).await.expect("sessions");
        assert_eq!(left.len(), 1);
        assert!(is_expired(&app, &silent).await && is_expired(&app, &stolen).await);
    }

    async fn notice_is_in_the_persons_language(db: TestDb) {
        let app = TestApp::start(&db).await;
        let chinese = people::Entity::update_many()
            .col_expr(people::Column::Language, Expr::value("ZH"))
            .filter(people::Column::Id.eq(app.person_id("site")));
        app.app.db.write(async |tx| chinese.exec(tx).await).await.expect("written");
        let first = sign_in(&app, "site", "tablet").await["session"].clone();
        let second = refreshed(&app, &first).await;
        assert!(works(&app, &second).await && is_expired(&app, &first).await);
        let told = sign_in(&app, "site", "tablet").await["notices"][0]["message"].clone();
        assert!(told.as_str().is_some_and(|text| text.contains("更改密码")), "{told}");
    }

    async fn tablet_stays_signed_in_over_lost_answers_of_refreshes(db: TestDb) {
        let app = TestApp::start(&db).await;
        let wire = LosesRefreshes { http: Http::to(&app.url(""), Duration::from_secs(30)), left: AtomicUsize::new(0) };
        let tablet = Session::sign_in(wire, "site", PASSWORD, "tablet").await.expect("signed in");
        assert!(tablet.device_token.is_some() && tablet.notices.is_empty());
        for lost in [0, 1, 2] {
            app.advance_seconds(QUARTER_HOUR);
            tablet.wire.left.store(lost, Ordering::SeqCst);
            let mut answer = tablet.ask(VIEWER, json!({})).await;
            if lost > 1 {
                // The client stops for now, and retries when the network is better.
                assert!(matches!(answer, Err(TabletError::Broken(_))), "{answer:?}");
                app.advance_seconds(50);
                answer = tablet.ask(VIEWER, json!({})).await;
            }
            assert_eq!(answer.expect("signed in still")["viewer"]["id"], json!(app.person_id("site")));
        }
    }

    async fn access_token_lives_a_quarter_of_an_hour(db: TestDb) {
        let app = TestApp::start(&db).await;
        let session = sign_in(&app, "site", "tablet").await["session"].clone();
        assert!(works(&app, &session).await);
        app.advance_seconds(QUARTER_HOUR);
        assert!(!works(&app, &session).await);
    }
}
