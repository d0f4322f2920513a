//! Passwords: the right to set them, the end of sessions at a change, and the rule for new ones.

use app::project::import::{Format, ImportFile, import_project};
use app::session::authenticate;
use futures::future::join_all;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use store::entity::{events, people};
use tests::app::TestApp;
use tests::fixture::{self, PASSWORD};
use tests::ids::v7;
use tests::on_both_databases;
use uuid::Uuid;

use super::setup::{
    ACCEPT, CHANGE, GOOD, INVITE, RESET, RESET_CREATE, accept, code, invited, reset, sign_in, staff, token_of,
};

const REFRESH: &str = "mutation($token: String!) {
    sessionRefresh(input: { refreshToken: $token }) { session { id } userErrors { code } }
}";

fn of_person(id: uuid::Uuid) -> Value {
    json!({ "input": { "personId": id } })
}

/// Whether the tokens of a session are still valid.
async fn lives(app: &TestApp, session: &Value) -> bool {
    let token = session["accessToken"].as_str().expect("a token");
    let viewer = app.ask(Some(token), "{ viewer { id } }", json!({})).await;
    let refreshed = app.ask(None, REFRESH, json!({ "token": session["refreshToken"] })).await;
    let (reads, refreshes) =
        (viewer["data"]["viewer"].is_object(), refreshed["data"]["sessionRefresh"]["session"].is_object());
    assert_eq!(reads, refreshes, "{viewer} {refreshed}");
    reads
}

fn import_file(document: &Value) -> ImportFile {
    ImportFile { bytes: document.to_string().into_bytes().into(), format: Format::Json, folder: None }
}

async fn hash_of(app: &TestApp, login: &str) -> String {
    let found = people::Entity::find().filter(people::Column::Login.eq(login)).one(app.app.db.read()).await;
    found.expect("people").expect(login).password_hash.expect("a hash")
}

/// The events of resets in the projects.
async fn resets(app: &TestApp) -> Vec<events::Model> {
    let of_resets = events::Entity::find().filter(events::Column::Name.starts_with("PASSWORD_RESET"));
    of_resets.order_by_asc(events::Column::Seq).all(app.app.db.read()).await.expect("events")
}

on_both_databases! {
    async fn password_reset_works_once_and_ends_every_session(db: TestDb) {
        let app = TestApp::start(&db).await;
        let sessions = [sign_in(&app, "site", PASSWORD).await, sign_in(&app, "site", PASSWORD).await];
        let manager = app.user("manager").await;
        let earlier = manager.ok(RESET_CREATE, of_person(app.person_id("site"))).await;
        let made = manager.ok(RESET_CREATE, of_person(app.person_id("site"))).await;
        let (earlier, token) =
            (token_of(&earlier["passwordResetCreate"]["link"]), token_of(&made["passwordResetCreate"]["link"]));
        assert_eq!(made["passwordResetCreate"]["expiresAt"], "2026-03-03T00:00:00.000Z", "24 hours");
        assert_eq!(code(&reset(&app, &earlier, GOOD).await), "LINK_INVALID", "a newer link ends the earlier one");
        assert_eq!(code(&reset(&app, &token, "1234567890").await), "INVALID_VALUE");
        let uses = join_all((0..5).map(|_| reset(&app, &token, GOOD))).await;
        let mut codes: Vec<&str> = uses.iter().map(code).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["", "LINK_INVALID", "LINK_INVALID", "LINK_INVALID", "LINK_INVALID"]);
        for session in &sessions {
            assert!(!lives(&app, session).await);
        }
        assert!(sign_in(&app, "site", PASSWORD).await.is_null());
        assert!(sign_in(&app, "site", GOOD).await.is_object());
    }

    async fn password_resets_are_events_of_the_project(db: TestDb) {
        let app = TestApp::start(&db).await;
        for (by, whom, audience) in [("manager", "site", "STAFF"), ("relations", "owner1", "OWNER_DATA")] {
            let before = resets(&app).await.len();
            let made = app.user(by).await.ok(RESET_CREATE, of_person(app.person_id(whom))).await;
            let token = token_of(&made["passwordResetCreate"]["link"]);
            assert_eq!(code(&reset(&app, &token, "1234567890").await), "INVALID_VALUE");
            assert_eq!(resets(&app).await.len(), before + 1, "a refusal is no event");
            reset(&app, &token, GOOD).await;
            let told = resets(&app).await.split_off(before);
            let found: Vec<_> = told.iter().map(|event| (event.name.as_str(), event.person_id.map(Uuid::from))).collect();
            let expected = [("PASSWORD_RESET_CREATED", by), ("PASSWORD_RESET", whom)];
            assert_eq!(found, expected.map(|(name, who)| (name, Some(app.person_id(who)))));
            for event in told {
                assert_eq!((event.visible_to.as_str(), event.object_id), (audience, app.person_id(whom)));
                assert_eq!(event.data, json!({ "resetId": made["passwordResetCreate"]["resetId"] }));
            }
        }
    }

    async fn login_is_not_taken_over_by_a_reset(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let id = |login: &str| of_person(app.person_id(login));
        for (by, whom, expected) in [
            ("manager", "manager", "ROLE_NOT_ALLOWED"),
            ("manager", "supervisor", "ROLE_NOT_ALLOWED"),
            ("manager", "lead.a", "ROLE_NOT_ALLOWED"),
            ("lead.a", "lead.b", "ROLE_NOT_ALLOWED"),
            ("worker.a", "worker.a", "ROLE_NOT_ALLOWED"),
            ("site", "manager", "ROLE_NOT_ALLOWED"),
            ("relations", "site", "ROLE_NOT_ALLOWED"),
            ("owner1", "owner2", "NOT_FOUND"),
            ("manager", "x.site", "NOT_FOUND"),
            ("manager", "root", "NOT_FOUND"),
            ("root", "root", "ROLE_NOT_ALLOWED"),
        ] {
            let refused = app.user(by).await.refused(RESET_CREATE, id(whom)).await;
            assert_eq!(refused, [expected], "{by} for {whom}");
        }
        for (by, whom) in [("lead.a", "worker.a"), ("relations", "owner1"), ("root", "manager"), ("root", "x.manager")] {
            app.user(by).await.ok(RESET_CREATE, id(whom)).await;
        }
        // A link to a person of the own project alone becomes invalid when the person gets a role in another project.
        let made = manager.ok(RESET_CREATE, id("site")).await;
        let token = token_of(&made["passwordResetCreate"]["link"]);
        let elsewhere = json!({ "input": { "invitationId": v7(), "projectId": app.other.id, "login": "site", "name": "Site",
            "companyId": app.other.company("DEV"), "role": "SITE_ENGINEER" } });
        let (invitation, _) = invited(&app.user("x.manager").await, elsewhere).await;
        app.user("site").await.ok(ACCEPT, json!({ "input": { "token": invitation } })).await;
        assert_eq!(code(&reset(&app, &token, GOOD).await), "LINK_INVALID");
        assert_eq!(manager.refused(RESET_CREATE, id("site")).await, ["ROLE_NOT_ALLOWED"]);
        assert!(sign_in(&app, "site", PASSWORD).await.is_object(), "the password is the old one");
    }

    async fn reset_link_ends_with_the_right_of_its_maker_and_with_time(db: TestDb) {
        let app = TestApp::start(&db).await;
        let lead = app.user("lead.a").await;
        let make = async || {
            let made = lead.ok(RESET_CREATE, of_person(app.person_id("worker.a"))).await;
            (token_of(&made["passwordResetCreate"]["link"]), made["passwordResetCreate"]["resetId"].clone())
        };
        let (expired, _) = make().await;
        app.advance_seconds(24 * 60 * 60);
        assert_eq!(code(&reset(&app, &expired, GOOD).await), "LINK_INVALID");
        let (revoked, id) = make().await;
        let revoke = "mutation($id: ID!) { passwordResetRevoke(input: { resetId: $id }) { revoked userErrors { code } } }";
        // For a person who may not reset the password, it is answered like an unknown one.
        for login in ["lead.b", "manager", "site", "worker.a", "x.manager"] {
            let user = app.user(login).await;
            for id in [id.clone(), json!(v7())] {
                assert_eq!(user.refused(revoke, json!({ "id": id })).await, ["NOT_FOUND"], "{login}");
            }
        }
        lead.ok(revoke, json!({ "id": id })).await;
        assert_eq!(code(&reset(&app, &revoked, GOOD).await), "LINK_INVALID");
        let (token, _) = make().await;
        let promoted = people::Entity::update_many()
            .col_expr(people::Column::Administrator, Expr::value(true))
            .filter(people::Column::Login.eq("worker.a"));
        app.app.db.write(async |tx| promoted.exec(tx).await).await.expect("an administrator");
        assert_eq!(code(&reset(&app, &token, GOOD).await), "LINK_INVALID", "an administrator's password cannot be reset by others");
        assert!(sign_in(&app, "worker.a", PASSWORD).await.is_object());
    }

    async fn password_change_ends_all_other_sessions_and_open_resets(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (own, other) = (sign_in(&app, "site", PASSWORD).await, sign_in(&app, "site", PASSWORD).await);
        let made = app.user("manager").await.ok(RESET_CREATE, of_person(app.person_id("site"))).await;
        let token = own["accessToken"].as_str();
        let change = async |current: &str, new: &str| {
            let input = json!({ "input": { "currentPassword": current, "newPassword": new } });
            app.ask(token, CHANGE, input).await["data"]["passwordChange"].clone()
        };
        for weak in [
            "short",
            "Password123",
            "qwertyuiop",
            "handover-demo",
            "change-me-now",
            "          ",
            "aaaaaaaaaaaaaaaa",
            "\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}\u{200B}",
            "ｐａｓｓｗｏｒｄ１２３",
            "Password123!",
            "P@ssw0rd123",
            "pass word123",
            "Handover Demo 7",
        ] {
            assert_eq!(code(&change(PASSWORD, weak).await), "INVALID_VALUE", "{weak}");
        }
        assert_eq!(code(&change("a wrong password", GOOD).await), "PASSWORD_WRONG");
        assert!(lives(&app, &other).await, "nothing has ended so far");
        let other = sign_in(&app, "site", PASSWORD).await;
        assert_eq!(change(PASSWORD, GOOD).await["changed"], true);
        assert!(!lives(&app, &other).await);
        let viewer = app.ask(token, "{ viewer { id } }", json!({})).await;
        assert!(viewer["data"]["viewer"].is_object(), "the session of the request continues: {viewer}");
        let link = token_of(&made["passwordResetCreate"]["link"]);
        assert_eq!(code(&reset(&app, &link, "some other words").await), "LINK_INVALID");
        assert!(sign_in(&app, "site", GOOD).await.is_object());
    }

    async fn stolen_session_cannot_be_used_to_guess_the_password(db: TestDb) {
        let app = TestApp::start(&db).await;
        let session = sign_in(&app, "site", PASSWORD).await;
        let token = session["accessToken"].as_str();
        let mut codes = Vec::new();
        for n in 0..8 {
            let input = json!({ "input": { "currentPassword": format!("guess number {n}"), "newPassword": GOOD } });
            let answer = app.ask(token, CHANGE, input).await;
            codes.push(code(&answer["data"]["passwordChange"]).to_owned());
        }
        assert_eq!(codes[..4], ["PASSWORD_WRONG"; 4]);
        assert_eq!(codes[7], "SIGN_IN_SLOWED", "{codes:?}");
        // The person can still sign in, and changes the password in a session that was not stolen.
        let own = sign_in(&app, "site", PASSWORD).await;
        let input = json!({ "input": { "currentPassword": PASSWORD, "newPassword": GOOD } });
        let answer = app.ask(own["accessToken"].as_str(), CHANGE, input).await;
        assert_eq!(code(&answer["data"]["passwordChange"]), "", "{answer}");
    }

    async fn refused_import_hashes_no_password(db: TestDb) {
        let app = TestApp::start(&db).await;
        let mut document = fixture::document("HOME", "");
        let staff = document["people"].as_array_mut().expect("people");
        staff.extend((0..400).map(|n| {
            json!({ "login": format!("new{n}"), "name": "New", "company": "DEV", "role": "SITE_ENGINEER",
                "password": format!("password number {n}") })
        }));
        let manager = authenticate::load(&app.app, app.person_id("manager").into(), None).await.expect("read").expect("a caller");
        let answer = import_project(&app.app, &manager, import_file(&document)).await;
        assert_eq!(app.app.imported_hashes.load(Ordering::Relaxed), 0, "{answer:?}");
        let none = people::Entity::find().filter(people::Column::Login.like("new%"));
        let new = none.all(app.app.db.read()).await.expect("people");
        assert!(new.iter().all(|person| person.password_hash.is_none()), "a manager's import sets no password");
    }

    async fn each_person_runs_one_import_at_a_time(db: TestDb) {
        let app = TestApp::start(&db).await;
        let document = fixture::document("HOME", "");
        let load = async |login: &str| {
            let caller = authenticate::load(&app.app, app.person_id(login).into(), None).await;
            caller.expect("read").expect("a caller")
        };
        let (manager, root) = (load("manager").await, load("root").await);
        let (first, second, of_another) = tokio::join!(
            import_project(&app.app, &manager, import_file(&document)),
            import_project(&app.app, &manager, import_file(&document)),
            import_project(&app.app, &root, import_file(&document)),
        );
        assert!(first.is_ok() && of_another.is_ok(), "{first:?} {of_another:?}");
        let refused = format!("{:?}", second.expect_err("the first is being done"));
        assert!(refused.contains("ImportRunning"), "{refused}");
        import_project(&app.app, &manager, import_file(&document)).await.expect("the first has ended");
    }

    async fn weak_passwords_are_refused_by_every_mutation(db: TestDb) {
        let app = TestApp::start(&db).await;
        let root = authenticate::load(&app.app, app.person_id("root").into(), None).await.expect("read").expect("a caller");
        for weak in ["short", "1234567890", "new.person", "new.person7", "P@ssw0rd123"] {
            let mut document = fixture::document("HOME", "");
            document["people"].as_array_mut().expect("people").push(json!({ "login": "new.person", "name": "New",
                "company": "DEV", "role": "SITE_ENGINEER", "password": weak }));
            let refused = import_project(&app.app, &root, import_file(&document)).await.expect_err("refused");
            assert!(format!("{refused:?}").contains("\"people\", \"10\", \"password\""), "{refused:?}");
            let (token, _) =
                invited(&app.user("manager").await, staff(&app, "new.person", "DEV", "SITE_ENGINEER")).await;
            assert_eq!(code(&accept(&app, &token, Some(weak)).await), "INVALID_VALUE", "{weak}");
            let set = app::credentials::operator::set_password(&app.app, "site", weak).await;
            let made = app::credentials::operator::make_administrator(&app.app, "new.person", "New", Some(weak)).await;
            let of_site = !weak.starts_with("new.person");
            assert_eq!((set.is_err(), made.is_err()), (of_site, true), "{weak}");
        }
        assert_eq!(app.app.imported_hashes.load(Ordering::Relaxed), 0);
    }

    async fn old_hash_is_renewed_at_the_next_sign_in(db: TestDb) {
        let app = TestApp::start(&db).await;
        // Argon2id with m=8192, t=1: a password of a version with lower parameters, and too short for the present rule.
        let old = "$argon2id$v=19$m=8192,t=1,p=1$c29tZSBzYWx0IGhlcmU$fXlCZ7MCsBZ2sJP19c7ehIIGvEeeEDv0D9JIQUoxdOg";
        let update = people::Entity::update_many()
            .col_expr(people::Column::PasswordHash, Expr::value(old))
            .filter(people::Column::Login.eq("site"));
        app.app.db.write(async |tx| update.exec(tx).await).await.expect("an old hash");
        assert!(sign_in(&app, "site", "wrong one").await.is_null());
        assert_eq!(hash_of(&app, "site").await, old, "only the right password makes a new hash");
        assert!(sign_in(&app, "site", "short").await.is_object(), "a short password of before keeps working");
        let new = hash_of(&app, "site").await;
        assert!(new != old && !app::password::is_outdated(&new), "{new}");
        assert!(sign_in(&app, "site", "short").await.is_object());
        assert_eq!(hash_of(&app, "site").await, new, "once");
    }

    async fn invitations_and_links_require_a_sign_in(db: TestDb) {
        let app = TestApp::start(&db).await;
        let nobody = app.nobody();
        let change = json!({ "input": { "currentPassword": PASSWORD, "newPassword": GOOD } });
        for (document, input) in [
            (INVITE, staff(&app, "friend", "DEV", "SITE_ENGINEER")),
            (RESET_CREATE, of_person(app.person_id("site"))),
            (CHANGE, change),
        ] {
            assert_eq!(nobody.refused(document, input).await, ["UNAUTHENTICATED"]);
        }
        assert_eq!(nobody.refused(RESET, json!({ "input": { "token": "x", "password": GOOD } })).await, ["LINK_INVALID"]);
    }
}
