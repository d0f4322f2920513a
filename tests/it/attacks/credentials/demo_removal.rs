//! The removal of the demo also removes all people who belong to the demo alone, and its unfinished uploads.

use std::collections::BTreeSet;

use demo::remove;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::entity::{devices, memberships, one_time_links, operations, people, photos, sessions};
use tests::app::TestApp;
use tests::fixture::{PASSWORD, document};
use tests::ids::v7;
use tests::on_both_databases;

use super::demo::mark;
use super::setup::{ACCEPT, GOOD, RESET_CREATE, accept, code, invited, sign_in, staff};
use crate::photos::{Shot, put};
use crate::sync::Tablet;

async fn everybody(app: &TestApp) -> Vec<people::Model> {
    people::Entity::find().all(app.app.db.read()).await.expect("people")
}

/// Whether the person of a login is in another project, or an administrator.
fn stays(login: &str) -> bool {
    login.starts_with("x.") || ["root", "boss@dev.example"].contains(&login)
}

async fn logins(app: &TestApp) -> BTreeSet<String> {
    everybody(app).await.into_iter().map(|person| person.login).collect()
}

/// The keys of the uploads in the store.
async fn uploads(app: &TestApp) -> Vec<String> {
    let mut keys = Vec::new();
    for prefix in ["staging/", "checking/"] {
        let page = app.app.objects.list(prefix, None, 1_000).await.expect("the objects");
        keys.extend(page.objects.into_iter().map(|object| object.key));
    }
    keys
}

on_both_databases! {
    async fn no_person_of_the_demo_alone_is_left(db: TestDb) {
        let app = TestApp::start(&db).await;
        mark(&app).await;
        let (manager, guest) = (app.user("manager").await, app.user("x.site").await);
        // An invited person, with a session and a link for a new password.
        for login in ["real@dev.example", "boss@dev.example"] {
            let (token, _) = invited(&manager, staff(&app, login, "DEV", "SITE_ENGINEER")).await;
            assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        }
        let real = everybody(&app).await.into_iter().find(|person| person.login == "real@dev.example").expect("real");
        manager.ok(RESET_CREATE, json!({ "input": { "personId": real.id } })).await;
        let session = sign_in(&app, "real@dev.example", GOOD).await;
        // An administrator, and a person of another project.
        let boss = app::credentials::operator::make_administrator(&app.app, "boss@dev.example", "", None).await;
        boss.expect("an administrator");
        let (token, _) = invited(&manager, staff(&app, "x.site", "DEV", "SITE_ENGINEER")).await;
        guest.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        // A placeholder, a former worker, an open invitation, and the work of a device.
        let mut file = document("HOME", "");
        let ghost = json!({ "login": "ghost", "name": "Ghost", "company": "DEV", "role": "SITE_ENGINEER" });
        file["people"].as_array_mut().expect("people").push(ghost);
        let import = "mutation($content: String!) { projectImport(input: { format: JSON, content: $content }) {
            userErrors { code message } } }";
        manager.ok(import, json!({ "content": file.to_string() })).await;
        assert!(everybody(&app).await.iter().any(|person| person.login.starts_with("ghost~")), "a placeholder");
        let ended = memberships::Entity::update_many()
            .col_expr(memberships::Column::Active, Expr::value(false))
            .filter(memberships::Column::PersonId.eq(app.person_id("worker.a")));
        app.app.db.write(async |tx| ended.exec(tx).await).await.expect("ended");
        invited(&manager, staff(&app, "never.came", "DEV", "SITE_ENGINEER")).await;
        Tablet::of(&app, "site").await.log("1-101").await;

        let expected: BTreeSet<String> = logins(&app).await.into_iter().filter(|login| stays(login)).collect();
        assert!(remove(&app.app).await.expect("removed"));
        assert_eq!(logins(&app).await, expected);

        let conn = app.app.db.read();
        let left: Vec<_> = everybody(&app).await.into_iter().map(|person| person.id).collect();
        let of_others = sessions::Entity::find().filter(sessions::Column::PersonId.is_not_in(left.clone()));
        assert_eq!(of_others.count(conn).await.expect("a count"), 0, "sessions");
        let of_others = operations::Entity::find().filter(operations::Column::PersonId.is_not_in(left));
        assert_eq!(of_others.count(conn).await.expect("a count"), 0, "operations");
        assert_eq!(one_time_links::Entity::find().count(conn).await.expect("a count"), 0, "links");
        assert_eq!(devices::Entity::find().count(conn).await.expect("a count"), 0, "devices");

        // Removed people cannot sign in; the others sign in as before.
        let viewer = app.ask(session["accessToken"].as_str(), "{ viewer { id } }", json!({})).await;
        assert!(viewer["data"]["viewer"].is_null(), "{viewer}");
        for login in ["real@dev.example", "manager", "owner1"] {
            assert!(sign_in(&app, login, if login.contains('@') { GOOD } else { PASSWORD }).await.is_null(), "{login}");
        }
        guest.ok("{ viewer { id } }", json!({})).await;
        assert!(sign_in(&app, "x.site", PASSWORD).await.is_object());
        assert_eq!(sign_in(&app, "boss@dev.example", GOOD).await["viewer"]["administrator"], true);
        // A removed person who is invited again is a new person.
        let mut input = staff(&app, "real@dev.example", "DEV", "SITE_ENGINEER");
        input["input"]["projectId"] = json!(app.other.id);
        input["input"]["companyId"] = json!(app.other.company("DEV"));
        let (token, _) = invited(&app.user("x.manager").await, input).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
    }

    async fn unfinished_uploads_are_removed_with_the_demo(db: TestDb) {
        let app = TestApp::start(&db).await;
        mark(&app).await;
        let tablet = Tablet::of(&app, "site").await;
        let defect = tablet.log("1-101").await;
        let (whole, parted) = (Shot::jpeg(vec![1; 100]), Shot::jpeg(vec![2; 100]));
        let upload = whole.declare(&tablet.user, defect, "BEFORE").await;
        assert!(put(&app, &upload, &whole.bytes).await.is_success());
        parted.declare(&tablet.user, defect, "BEFORE").await;
        let row = photos::Entity::find_by_id(parted.id).one(app.app.db.read()).await.expect("a row").expect("a photo");
        let key = row.staging_key.expect("a key");
        app.app.objects.begin_parts(&key, "image/jpeg").await.expect("an upload in parts");
        // Unfinished uploads of another project stay.
        let other = format!("staging/{}/{}", v7(), v7());
        let bytes = bytes::Bytes::from_static(b"a photo");
        app.app.objects.put(&other, bytes.clone(), "image/jpeg", &Sha256::digest(&bytes).into()).await.expect("put");
        assert_eq!(uploads(&app).await.len(), 2);

        assert!(remove(&app.app).await.expect("removed"));
        assert_eq!(uploads(&app).await, [other]);
        let unfinished = app.app.objects.unfinished_parts("staging/", None, 10).await.expect("the unfinished uploads");
        assert!(unfinished.uploads.is_empty(), "{unfinished:?}");
    }
}
