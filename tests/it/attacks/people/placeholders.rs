//! A person who cannot sign in does not count as a person for the rules, and keeps no right from others.

use domain::membership::placeholder_login;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::{memberships, people};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;

use super::imports::{file, import, notes};
use super::{END, SET, change, end, membership, person};
use crate::attacks::credentials::setup::{ACCEPT, GOOD, INVITE, accept, code, invited, sign_in, staff};

/// The project's file with more people in one role.
fn with_people(logins: &[&str], company: &str, role: &str) -> Value {
    let mut file = file();
    let entries = logins.iter().map(
        |login| json!({ "login": login, "name": format!("New Person {login}"), "company": company, "role": role }),
    );
    file["people"].as_array_mut().expect("people").extend(entries);
    file
}

/// A delivery manager's import brings a person whose login is not of the project: a placeholder.
async fn place(manager: &User<'_>, login: &str, company: &str, role: &str) {
    import(manager, &with_people(&[login], company, role)).await;
}

/// The active role of a stored login, placeholders too.
async fn role_of(app: &TestApp, login: &str) -> Option<memberships::Model> {
    let person = person(app, login).await?;
    store::projects::membership(app.app.db.read(), app.project.id.into(), person.id).await.expect("memberships")
}

/// The input of the end of a role.
fn ending(row: &memberships::Model) -> Value {
    json!({ "input": { "membershipId": row.id, "reason": "Left the company" } })
}

/// Removes a person's password, as if an administrator's import had created the person without one.
async fn take_password(app: &TestApp, login: &str) {
    let update = people::Entity::update_many()
        .col_expr(people::Column::PasswordHash, Expr::value(None::<String>))
        .filter(people::Column::Login.eq(login));
    app.app.db.write(async |tx| update.exec(tx).await).await.expect("no password");
}

on_both_databases! {
    async fn manager_who_cannot_sign_in_does_not_count_as_another_manager(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, root) = (app.user("manager").await, app.user("root").await);
        place(&manager, "stand.in", "DEV", "DELIVERY_MANAGER").await;
        let last = ending(&membership(&app, "manager").await);
        assert_eq!(root.refused(END, last.clone()).await, ["LAST_MANAGER"]);
        let demoted = change(&app, "manager", None, "SITE_ENGINEER").await;
        assert_eq!(root.refused(SET, demoted).await, ["LAST_MANAGER"]);
        // Nor does one whom an administrator's import created without a password.
        set_manager(&app, "site").await;
        take_password(&app, "site").await;
        assert_eq!(root.refused(END, last.clone()).await, ["LAST_MANAGER"]);
        // The role of a person who cannot sign in may be ended while there is another manager.
        root.ok(END, ending(&membership(&app, "site").await)).await;
        let (token, _) = invited(&manager, staff(&app, "stand.in", "DEV", "DELIVERY_MANAGER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        root.ok(END, last).await;
        assert_eq!(role_of(&app, "stand.in").await.expect("a role").role.as_str(), "DELIVERY_MANAGER");
    }

    async fn only_the_named_first_person_of_a_company_is_added(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        end(&app, "supervisor").await;
        for login in ["new.supervisor", "x.site"] {
            place(&manager, login, "SUP", "SUPERVISING_ENGINEER").await;
            let other = staff(&app, "friend", "SUP", "SUPERVISING_ENGINEER");
            assert_eq!(manager.refused(INVITE, other.clone()).await, ["NOT_YOUR_COMPANY"]);
            let (token, _) = invited(&manager, staff(&app, login, "SUP", "SUPERVISING_ENGINEER")).await;
            if login == "x.site" {
                app.user(login).await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
            } else {
                assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
                assert!(sign_in(&app, login, GOOD).await.is_object());
            }
            let row = role_of(&app, login).await.expect("a role");
            assert_eq!(row.company_id, app.project.company("SUP").into(), "{login}");
            assert_eq!(role_of(&app, &placeholder_login(login, app.project.id.into())).await, None, "{login}");
            // From now on the supervisor's people are managed by the supervisor.
            assert_eq!(manager.refused(INVITE, other).await, ["NOT_YOUR_COMPANY"]);
            assert_eq!(manager.refused(END, ending(&row)).await, ["NOT_YOUR_COMPANY"]);
            app.user("root").await.ok(END, ending(&row)).await;
        }
    }

    async fn manager_ends_the_own_placeholder_to_name_another_person(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        end(&app, "supervisor").await;
        place(&manager, "x.site", "SUP", "SUPERVISING_ENGINEER").await;
        let stand_in = role_of(&app, &placeholder_login("x.site", app.project.id.into())).await.expect("a role");
        manager.ok(END, ending(&stand_in)).await;
        let (token, _) = invited(&manager, staff(&app, "other", "SUP", "SUPERVISING_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        // The person who was named before is added as an owner, and gets no role by it.
        let home = json!({ "input": { "invitationId": v7(), "projectId": app.project.id, "login": "x.site", "name": "E",
            "ownedUnits": [{ "unitId": app.project.unit("1-201"), "kind": "OWNER" }] } });
        let (token, _) = invited(&manager, home).await;
        app.user("x.site").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        assert_eq!(role_of(&app, "x.site").await, None);
    }

    async fn placeholder_gives_no_role_once_its_company_has_people(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, root) = (app.user("manager").await, app.user("root").await);
        end(&app, "supervisor").await;
        place(&manager, "x.site", "SUP", "SUPERVISING_ENGINEER").await;
        let (token, _) = invited(&root, staff(&app, "other", "SUP", "SUPERVISING_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        let stand_in = role_of(&app, &placeholder_login("x.site", app.project.id.into())).await.expect("a role");
        assert_eq!(manager.refused(END, ending(&stand_in)).await, ["NOT_YOUR_COMPANY"]);
        let again = staff(&app, "x.site", "SUP", "SUPERVISING_ENGINEER");
        assert_eq!(manager.refused(INVITE, again).await, ["NOT_YOUR_COMPANY"]);
        // Nor by an invitation to something else.
        let home = json!({ "input": { "invitationId": v7(), "projectId": app.project.id, "login": "x.site", "name": "E",
            "ownedUnits": [{ "unitId": app.project.unit("1-201"), "kind": "OWNER" }] } });
        let (token, _) = invited(&manager, home).await;
        app.user("x.site").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        assert_eq!(role_of(&app, "x.site").await, None);
    }

    async fn import_gives_no_role_to_an_owner_whose_placeholder_has_or_had_it(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (manager, root) = (app.user("manager").await, app.user("root").await);
        end(&app, "supervisor").await;
        place(&manager, "x.site", "SUP", "SUPERVISING_ENGINEER").await;
        let stand_in = role_of(&app, &placeholder_login("x.site", app.project.id.into())).await.expect("a role");
        manager.ok(END, ending(&stand_in)).await;
        place(&manager, "x.manager", "SUP", "SUPERVISING_ENGINEER").await;
        let (token, _) = invited(&root, staff(&app, "other", "SUP", "SUPERVISING_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        // Both people of the file are added, as owners.
        let owners = [("x.site", "1-201"), ("x.manager", "1-202")];
        for (login, unit) in owners {
            let home = json!({ "input": { "invitationId": v7(), "projectId": app.project.id, "login": login, "name": "E",
                "ownedUnits": [{ "unitId": app.project.unit(unit), "kind": "OWNER" }] } });
            let (token, _) = invited(&manager, home).await;
            app.user(login).await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        }
        let placeholder = placeholder_login("x.manager", app.project.id.into());
        let held = role_of(&app, &placeholder).await;
        assert!(held.is_some(), "the placeholder keeps what the manager may not give");
        // The company has people by now, so the manager cannot add to it by an import either.
        let file = with_people(&owners.map(|(login, _)| login), "SUP", "SUPERVISING_ENGINEER");
        let told = notes(&import(&manager, &file).await);
        for index in [10, 11] {
            let start = format!("people[{index}].login: ignored: This can be done only");
            assert!(told.iter().any(|note| note.starts_with(&start)), "{start}: {told:#?}");
        }
        for (login, _) in owners {
            assert_eq!(role_of(&app, login).await, None, "{login}");
        }
        assert_eq!(role_of(&app, &placeholder).await, held);
        // An administrator may.
        import(&root, &file).await;
        assert_eq!(role_of(&app, "x.manager").await.expect("a role").company_id, app.project.company("SUP").into());
    }

    async fn only_one_of_an_open_invitation_and_a_placeholder_gives_a_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        end(&app, "supervisor").await;
        let mut tokens = Vec::new();
        for login in ["first", "second"] {
            tokens.push(invited(&manager, staff(&app, login, "SUP", "SUPERVISING_ENGINEER")).await.0);
        }
        place(&manager, "third", "SUP", "SUPERVISING_ENGINEER").await;
        for token in &tokens {
            assert_eq!(code(&accept(&app, token, Some(GOOD)).await), "LINK_INVALID");
        }
        let stand_in = role_of(&app, &placeholder_login("third", app.project.id.into())).await.expect("a role");
        manager.ok(END, ending(&stand_in)).await;
        assert_eq!(code(&accept(&app, &tokens[0], Some(GOOD)).await), "");
        assert_eq!(code(&accept(&app, &tokens[1], Some(GOOD)).await), "LINK_INVALID");
        assert_eq!((role_of(&app, "first").await.is_some(), person(&app, "second").await), (true, None));
    }

    async fn person_named_by_an_administrator_is_not_replaced(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        for login in ["supervisor", "lead.b", "worker.b"] {
            take_password(&app, login).await;
        }
        for (login, company, role) in [
            ("supervisor", "SUP", "SUPERVISING_ENGINEER"),
            ("friend", "SUP", "SUPERVISING_ENGINEER"),
            ("lead.b", "B", "RECTIFICATION_LEAD"),
            ("friend", "B", "RECTIFICATION_LEAD"),
        ] {
            let refused = manager.refused(INVITE, staff(&app, login, company, role)).await;
            assert_eq!(refused, ["NOT_YOUR_COMPANY"], "{login} for {company}");
        }
        let row = membership(&app, "supervisor").await;
        assert_eq!(manager.refused(END, ending(&row)).await, ["NOT_YOUR_COMPANY"]);
        // The administrator sends a link to that person.
        let (token, _) = invited(&app.user("root").await, staff(&app, "supervisor", "SUP", "SUPERVISING_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        assert!(sign_in(&app, "supervisor", GOOD).await.is_object());
    }
}

/// Makes a person of the developer a delivery manager, as an administrator.
async fn set_manager(app: &TestApp, login: &str) {
    super::set(app, login, None, "DELIVERY_MANAGER").await;
}
