//! An inviter probes by own links which logins exist on the server. `x.site` exists, and is unknown to the project.

use app::credentials::newcomer::{UNACCEPTED_SIGN_INS, UNACCEPTED_SIGN_INS_OF_PROJECT};
use domain::membership::placeholder_login;
use domain::unit::UnitKind;
use domain::{Language, Role};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{memberships, one_time_links, people, units};
use tests::app::TestApp;
use tests::fixture::PASSWORD;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::setup::{ACCEPT, GOOD, LINK, accept, code, invited, sign_in, staff};

/// A login that exists, and one that does not.
const LOGINS: [&str; 2] = ["x.site", "nobody.at.all"];
const END: &str = "mutation($input: MembershipEndInput!) { membershipEnd(input: $input) { userErrors { code } } }";
const RENAME: &str = "mutation($input: PersonUpdateInput!) { personUpdate(input: $input) { userErrors { code } } }";

/// The number of people, and the number of links that require a sign-in.
async fn counts(app: &TestApp) -> [u64; 2] {
    let asking = one_time_links::Entity::find().filter(one_time_links::Column::SignInFirstAt.is_not_null());
    let conn = app.app.db.read();
    [people::Entity::find().count(conn).await, asking.count(conn).await].map(|count| count.expect("a count"))
}

fn row(login: &str, password_hash: Option<&str>) -> people::Model {
    people::Model {
        id: v7().into(),
        login: login.to_owned(),
        name: format!("{login} by name"),
        phone: None,
        password_hash: password_hash.map(str::to_owned),
        language: Language::En,
        administrator: false,
        created_at: 1,
        demo: false,
        email: None,
    }
}

/// Inserts people with a password into the database.
async fn known_people(app: &TestApp, logins: &[String]) {
    let rows: Vec<people::ActiveModel> =
        logins.iter().map(|login| row(login, Some("hash")).into_active_model()).collect();
    app.app
        .db
        .write(async |tx| people::Entity::insert_many(rows).exec_without_returning(tx).await)
        .await
        .expect("people");
}

/// So many further links of an inviter ask for a sign-in, as of now.
async fn asked_before(app: &TestApp, inviter: &User<'_>, input: Value, count: u64) {
    let (_, id) = invited(inviter, input).await;
    let id: Uuid = id.as_str().expect("an id").parse().expect("an id");
    let link = one_time_links::Entity::find_by_id(id).one(app.app.db.read()).await.expect("a row").expect("a link");
    let asked = |_| {
        let (id, token_hash) = (v7(), v7().as_bytes().to_vec());
        let sign_in_first_at = Some(app.app.clock.now().0);
        one_time_links::Model { id: id.into(), token_hash, sign_in_first_at, ..link.clone() }.into_active_model()
    };
    let rows: Vec<one_time_links::ActiveModel> = (0..count).map(asked).collect();
    let insert = one_time_links::Entity::insert_many(rows);
    app.app.db.write(async |tx| insert.exec_without_returning(tx).await).await.expect("links");
}

/// Accepts each link without a sign-in: the answers must be equal, and nothing may change.
async fn refused_alike(app: &TestApp, tokens: &[String]) -> Value {
    let before = counts(app).await;
    let mut answers = Vec::new();
    for token in tokens {
        answers.push(accept(app, token, Some(GOOD)).await);
    }
    assert!(answers.iter().all(|answer| answer == &answers[0]), "{answers:#?}");
    assert_eq!(counts(app).await, before, "{answers:#?}");
    answers.swap_remove(0)
}

on_both_databases! {
    async fn taken_name_does_not_reveal_a_login(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let mut tokens = Vec::new();
        for login in LOGINS {
            let mut input = staff(&app, login, "DEV", "SITE_ENGINEER");
            input["input"]["name"] = json!("Chen Wei");
            tokens.push(invited(&manager, input).await.0);
        }
        app.user("supervisor").await.ok(RENAME, json!({ "input": { "name": "Chen Wei" } })).await;
        let refused = refused_alike(&app, &tokens).await;
        assert_eq!((code(&refused), &refused["userErrors"][0]["field"]), ("INVALID_VALUE", &json!(["token"])));
        for token in &tokens {
            let link = app.ask(None, LINK, json!({ "token": token })).await;
            assert!(link["data"]["oneTimeLink"].is_object(), "the link stays good: {link}");
        }
    }

    async fn ended_ownership_does_not_reveal_a_login(db: TestDb) {
        let app = TestApp::start(&db).await;
        let relations = app.user("relations").await;
        let unit_id = app.project.unit("1-201");
        let mut tokens = Vec::new();
        for login in LOGINS {
            let input = json!({ "input": { "invitationId": v7(), "projectId": app.project.id, "login": login, "name": "B",
                "ownedUnits": [{ "unitId": unit_id, "kind": "OWNER" }] } });
            tokens.push(invited(&relations, input).await.0);
        }
        let common = units::Entity::update_many()
            .col_expr(units::Column::Kind, Expr::value(UnitKind::Common))
            .filter(units::Column::Id.eq(unit_id));
        app.app.db.write(async |tx| common.exec(tx).await).await.expect("changed");
        assert_eq!(code(&refused_alike(&app, &tokens).await), "LINK_INVALID");
    }

    async fn former_placeholder_of_another_party_does_not_reveal_a_login(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let mut tokens = Vec::new();
        for login in LOGINS {
            let placeholder = row(&placeholder_login(login, app.project.id.into()), None);
            let former = memberships::Model {
                id: v7().into(),
                project_id: app.project.id.into(),
                person_id: placeholder.id,
                company_id: app.project.company("SUP").into(),
                role: Role::SupervisingEngineer,
                active: false,
                added_at: Some(1),
                added_by: None,
                ended_at: Some(2),
                ended_by: None,
                end_reason: None,
            };
            let person = people::Entity::insert(placeholder.into_active_model());
            app.app.db.write(async |tx| person.exec_without_returning(tx).await).await.expect("a placeholder");
            let role = memberships::Entity::insert(former.into_active_model());
            app.app.db.write(async |tx| role.exec_without_returning(tx).await).await.expect("a former role");
            tokens.push(invited(&manager, staff(&app, login, "DEV", "SITE_ENGINEER")).await.0);
        }
        let people = counts(&app).await[0];
        for token in &tokens {
            assert_eq!(code(&accept(&app, token, Some(GOOD)).await), "SIGN_IN_FIRST");
        }
        assert_eq!(counts(&app).await, [people, 2], "both count against the inviter");
    }

    async fn link_that_required_a_sign_in_is_accepted_by_the_signed_in_person(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let (token, _) = invited(&manager, staff(&app, "x.site", "DEV", "SITE_ENGINEER")).await;
        for _ in 0..3 {
            assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "SIGN_IN_FIRST");
        }
        assert_eq!(counts(&app).await[1], 1);
        let of_another = app.user("x.manager").await.refused(ACCEPT, json!({ "input": { "token": token } })).await;
        assert_eq!(of_another, ["SIGN_IN_FIRST"]);
        app.user("x.site").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "LINK_INVALID");
    }

    async fn logins_that_an_inviter_finds_are_counted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, lead) = (app.user("manager").await, app.user("lead.a").await);
        let logins: Vec<String> = (0..UNACCEPTED_SIGN_INS).map(|n| format!("known{n}")).collect();
        known_people(&app, &logins).await;
        let first = logins[1..].iter().map(String::as_str).chain(["x.site"]);
        let mut of_stranger = String::new();
        for login in first {
            let (token, _) = invited(&manager, staff(&app, login, "DEV", "SITE_ENGINEER")).await;
            assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "SIGN_IN_FIRST", "{login}");
            of_stranger = token;
        }
        let mut tokens = Vec::new();
        for login in ["known0", "new.one"] {
            tokens.push(invited(&manager, staff(&app, login, "DEV", "SITE_ENGINEER")).await.0);
        }
        let refused = refused_alike(&app, &tokens).await;
        assert_eq!(code(&refused), "QUOTA_EXCEEDED");
        let message = refused["userErrors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("20 people") && message.contains("sign in if you have a password"), "{message}");
        // Links of other inviters are not affected.
        let (other, _) = invited(&lead, staff(&app, "worker.new", "A", "WORKER")).await;
        assert_eq!(code(&accept(&app, &other, Some(GOOD)).await), "");

        // An acceptance after the sign-in reduces the inviter's count by one.
        app.user("x.site").await.ok(ACCEPT, json!({ "input": { "token": of_stranger } })).await;
        assert_eq!(code(&accept(&app, &tokens[1], Some(GOOD)).await), "");
        assert!(sign_in(&app, "new.one", GOOD).await.is_object());
        assert_eq!(code(&accept(&app, &tokens[0], Some(GOOD)).await), "SIGN_IN_FIRST");
        let (late, _) = invited(&manager, staff(&app, "new.two", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &late, Some(GOOD)).await), "QUOTA_EXCEEDED");
        // The last one expires from the count 24 hours later.
        app.advance_seconds(24 * 60 * 60 + 1);
        assert_eq!(code(&accept(&app, &late, Some(GOOD)).await), "");
    }

    async fn an_inviter_who_invites_another_one_gains_nothing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let site = |login: &str| staff(&app, login, "DEV", "SITE_ENGINEER");
        let (token, _) = invited(&manager, staff(&app, "second", "DEV", "DELIVERY_MANAGER")).await;
        assert_eq!(code(&accept(&app, &token, Some(PASSWORD)).await), "");
        let second = app.newcomer("second").await;
        asked_before(&app, &manager, site("asked"), UNACCEPTED_SIGN_INS - 1).await;
        known_people(&app, &["known".to_owned()]).await;
        let (known, _) = invited(&second, site("x.site")).await;
        assert_eq!(code(&accept(&app, &known, Some(GOOD)).await), "SIGN_IN_FIRST", "the last one");
        let mut tokens = Vec::new();
        for inviter in [&manager, &second] {
            for login in ["known", "new.one"] {
                tokens.push(invited(inviter, site(login)).await.0);
            }
        }
        let refused = refused_alike(&app, &tokens).await;
        assert_eq!(code(&refused), "QUOTA_EXCEEDED");
        let message = refused["userErrors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("20 people") && message.contains("company"), "{message}");
        // A dismissed inviter takes nothing off the count, nor does the next one add to it.
        let role = store::projects::membership(app.app.db.read(), app.project.id.into(), second.id.into()).await;
        let role = role.expect("memberships").expect("a role").id;
        manager.ok(END, json!({ "input": { "membershipId": role, "reason": "Another task" } })).await;
        assert_eq!(code(&refused_alike(&app, &tokens[..2]).await), "QUOTA_EXCEEDED");
        let lead = app.user("lead.a").await;
        let (other, _) = invited(&lead, staff(&app, "worker.new", "A", "WORKER")).await;
        assert_eq!(code(&accept(&app, &other, Some(GOOD)).await), "", "another company has its own count");
        app.advance_seconds(24 * 60 * 60 + 1);
        assert_eq!(code(&accept(&app, &tokens[1], Some(GOOD)).await), "");
    }

    async fn the_companies_of_a_project_have_a_limit_together(db: TestDb) {
        let app = TestApp::start(&db).await;
        let companies = [
            ("manager", "DEV", "SITE_ENGINEER"),
            ("lead.a", "A", "WORKER"),
            ("lead.b", "B", "WORKER"),
            ("supervisor", "SUP", "SUPERVISING_ENGINEER"),
        ];
        let each = UNACCEPTED_SIGN_INS - 1;
        let mut left = UNACCEPTED_SIGN_INS_OF_PROJECT - 1;
        for (login, company, role) in companies {
            let count = each.min(left);
            asked_before(&app, &app.user(login).await, staff(&app, "asked", company, role), count).await;
            left -= count;
        }
        assert_eq!(left, 0);
        let property = app.user("property").await;
        let (known, _) = invited(&property, staff(&app, "x.site", "PROP", "ESCORT_INSPECTOR")).await;
        assert_eq!(code(&accept(&app, &known, Some(GOOD)).await), "SIGN_IN_FIRST", "the last one");
        known_people(&app, &["known".to_owned()]).await;
        let mut tokens = Vec::new();
        for login in ["known", "new.one"] {
            tokens.push(invited(&property, staff(&app, login, "PROP", "ESCORT_INSPECTOR")).await.0);
        }
        let refused = refused_alike(&app, &tokens).await;
        assert_eq!(code(&refused), "QUOTA_EXCEEDED");
        let message = refused["userErrors"][0]["message"].as_str().unwrap_or_default();
        assert!(message.contains("60 people") && message.contains("project"), "{message}");
        // The administrator's own links work on, and other projects have their own count.
        let (of_root, _) = invited(&app.user("root").await, staff(&app, "new.two", "PROP", "ESCORT_INSPECTOR")).await;
        assert_eq!(code(&accept(&app, &of_root, Some(GOOD)).await), "");
        app.user("x.site").await.ok(ACCEPT, json!({ "input": { "token": known } })).await;
        assert_eq!(code(&accept(&app, &tokens[1], Some(GOOD)).await), "", "one is given back");
    }

    async fn links_of_an_administrator_are_not_counted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let root = app.user("root").await;
        let logins: Vec<String> = (0..=UNACCEPTED_SIGN_INS).map(|n| format!("known{n}")).collect();
        known_people(&app, &logins).await;
        for login in &logins {
            let (token, _) = invited(&root, staff(&app, login, "DEV", "SITE_ENGINEER")).await;
            assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "SIGN_IN_FIRST", "{login}");
        }
        let (token, _) = invited(&root, staff(&app, "new.one", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        // Nor against the people of the company, or of the project.
        let (token, _) = invited(&app.user("manager").await, staff(&app, "new.two", "DEV", "SITE_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
    }
}
