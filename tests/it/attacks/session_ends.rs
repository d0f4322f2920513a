//! A person has a limited number of sessions, and each ended session has a reason.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::sessions;
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

async fn sign_in(app: &TestApp, login: &str) -> Value {
    let document = "mutation($login: String!, $password: String!) {
        sessionCreate(input: { login: $login, password: $password }) { session { id accessToken } } }";
    let answer = app.ask(None, document, json!({ "login": login, "password": PASSWORD })).await;
    answer["data"]["sessionCreate"]["session"].clone()
}

/// Whether the access token of a session is valid.
async fn works(app: &TestApp, session: &Value) -> bool {
    let answer = app.ask(session["accessToken"].as_str(), "{ viewer { id } }", json!({})).await;
    answer["data"]["viewer"].is_object()
}

async fn row(app: &TestApp, session: &Value) -> sessions::Model {
    let id: Uuid = session["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
    let found = sessions::Entity::find_by_id(id).one(app.app.db.read()).await;
    found.expect("the database answers").expect("a session")
}

/// Inserts this many more sessions of the same person, used now.
async fn add_sessions(app: &TestApp, of: &sessions::Model, count: usize) {
    let now = app.app.clock.now().0;
    for _ in 0..count {
        let id = v7();
        let more = sessions::Model {
            id: id.into(),
            access_hash: id.as_bytes().to_vec(),
            refresh_hash: id.as_bytes().to_vec(),
            family_hash: None,
            generation: None,
            ancestor_hash: None,
            successor_salt: None,
            device_hash: None,
            created_at: now,
            last_seen_at: Some(now),
            ..of.clone()
        };
        app.app.db.write(async |tx| store::sessions::insert(tx, more).await).await.expect("written");
    }
}

async fn active(app: &TestApp, login: &str) -> u64 {
    let active = sessions::Entity::find()
        .filter(sessions::Column::PersonId.eq(app.person_id(login)))
        .filter(sessions::Column::RevokedAt.is_null());
    active.count(app.app.db.read()).await.expect("a count")
}

on_both_databases! {
    async fn hundred_and_first_session_ends_the_least_recently_used_one(db: TestDb) {
        let app = TestApp::start(&db).await;
        let first = sign_in(&app, "site").await;
        assert!(works(&app, &first).await);
        // The first use of a token was its last recorded use.
        app.advance_seconds(60);
        let second = sign_in(&app, "site").await;
        add_sessions(&app, &row(&app, &first).await, 98).await;
        assert_eq!(row(&app, &first).await.revoked_at, None, "a hundred are as many as may be");
        let other = sign_in(&app, "supervisor").await;
        let third = sign_in(&app, "site").await;
        assert!(!works(&app, &first).await && works(&app, &second).await && works(&app, &third).await);
        assert_eq!(row(&app, &first).await.ended_reason.map(|reason| reason.as_str()), Some("TOO_MANY"));
        assert_eq!(active(&app, "site").await, 100);
        assert!(works(&app, &other).await, "other people are not affected");
        // More than the limit, as an earlier program left them.
        add_sessions(&app, &row(&app, &second).await, 50).await;
        let last = sign_in(&app, "site").await;
        assert_eq!(active(&app, "site").await, 100);
        assert!(works(&app, &last).await);
    }

    async fn each_ended_session_has_a_reason(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker) = (sign_in(&app, "site").await, sign_in(&app, "worker.a").await);
        let set = app::credentials::operator::set_password(&app.app, "site", "wet paint on door 7").await;
        assert_eq!(set.expect("set"), 1);
        assert_eq!(row(&app, &site).await.ended_reason.map(|reason| reason.as_str()), Some("PASSWORD_CHANGED"));
        let found = store::projects::membership(app.app.db.read(), app.project.id.into(), app.person_id("worker.a").into()).await;
        let id = found.expect("memberships").expect("a role").id;
        let end = "mutation($id: ID!) { membershipEnd(input: { membershipId: $id, reason: \"Left\" }) {
            userErrors { code } } }";
        app.user("root").await.ok(end, json!({ "id": id })).await;
        assert_eq!(row(&app, &worker).await.ended_reason.map(|reason| reason.as_str()), Some("ACCESS_ENDED"));
    }
}
