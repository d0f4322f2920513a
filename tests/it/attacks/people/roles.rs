//! Roles and companies change by commands with events, within rights, and never by the person itself.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;

use super::{END, SET, change, end, events_named, membership, set};
use crate::attacks::credentials::setup::{ACCEPT, GOOD, accept, code, invited, staff};

on_both_databases! {
    async fn change_of_a_role_records_person_old_and_new_role_and_reason(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        let old = membership(&app, "site").await;
        let input = change(&app, "site", None, "CUSTOMER_RELATIONS").await;
        let member = manager.ok(SET, input.clone()).await["membershipSet"]["member"].clone();
        assert_eq!((&member["role"], &member["company"]["code"]), (&json!("CUSTOMER_RELATIONS"), &json!("DEV")));
        assert!(member["since"].is_string() && member["until"].is_null(), "{member}");
        // A repetition, as after a lost answer: the same membership, and nothing else happens.
        let again = manager.ok(SET, input).await["membershipSet"]["member"].clone();
        assert_eq!(again, member);
        let told = events_named(&app, "MEMBERSHIP_CHANGED").await;
        assert_eq!(told.len(), 1);
        let event = &told[0];
        assert_eq!((event.person_id, event.object_id), (Some(manager.id.into()), app.person_id("site")));
        assert_eq!(event.reason.as_deref(), Some("Another task"));
        assert_eq!((event.from_status.as_deref(), event.to_status.as_deref()), (Some("SITE_ENGINEER"), Some("CUSTOMER_RELATIONS")));
        assert_eq!(event.data["from"], json!({ "membershipId": old.id, "companyId": old.company_id, "role": "SITE_ENGINEER" }));
        // The new role applies from the next request.
        let viewer = app.user("site").await.ok("{ viewer { memberships { role } } }", json!({})).await;
        assert_eq!(viewer["viewer"]["memberships"], json!([{ "role": "CUSTOMER_RELATIONS" }]));
        // The old membership is history.
        let stale = json!({ "input": { "membershipId": old.id, "role": "SITE_ENGINEER", "reason": "back" } });
        assert_eq!(manager.refused(SET, stale).await, ["ENDED"]);
    }

    async fn people_are_not_changed_beyond_the_own_right(db: TestDb) {
        let app = TestApp::start(&db).await;
        let cases = [
            ("manager", "supervisor", None, "SUPERVISING_ENGINEER", "NOT_YOUR_COMPANY"),
            ("manager", "site", Some("SUP"), "SUPERVISING_ENGINEER", "NOT_YOUR_COMPANY"),
            ("manager", "manager", None, "SITE_ENGINEER", "OWN_ROLE"),
            ("manager", "site", None, "WORKER", "ROLE_NOT_OF_COMPANY"),
            ("site", "relations", None, "DELIVERY_MANAGER", "ROLE_NOT_ALLOWED"),
            ("site", "site", None, "DELIVERY_MANAGER", "ROLE_NOT_ALLOWED"),
            ("lead.a", "worker.b", None, "RECTIFICATION_LEAD", "NOT_YOUR_COMPANY"),
            ("lead.a", "worker.a", Some("B"), "WORKER", "NOT_YOUR_COMPANY"),
            ("lead.a", "lead.a", None, "WORKER", "OWN_ROLE"),
            ("worker.a", "worker.a", None, "RECTIFICATION_LEAD", "ROLE_NOT_ALLOWED"),
            ("x.manager", "site", None, "CUSTOMER_RELATIONS", "NOT_FOUND"),
            ("owner1", "site", None, "CUSTOMER_RELATIONS", "NOT_FOUND"),
            ("root", "site", None, "SUPERVISING_ENGINEER", "ROLE_NOT_OF_COMPANY"),
            ("root", "site", None, "OWNER", "ROLE_NOT_OF_COMPANY"),
            ("root", "manager", None, "SITE_ENGINEER", "LAST_MANAGER"),
        ];
        for (who, whom, company, role, code) in cases {
            let input = change(&app, whom, company, role).await;
            assert_eq!(app.user(who).await.refused(SET, input).await, [code], "{who} makes {whom} {role}");
        }
        let blank = json!({ "input": { "membershipId": membership(&app, "site").await.id, "reason": " " } });
        assert_eq!(app.user("manager").await.refused(SET, blank).await, ["TEXT_REQUIRED"]);
        let foreign = app.other.company("SUP");
        let id = membership(&app, "site").await.id;
        let input = json!({ "input": { "membershipId": id, "companyId": foreign, "reason": "over there" } });
        assert_eq!(app.user("root").await.refused(SET, input).await, ["NOT_FOUND"]);
        // Within the right it succeeds.
        app.user("lead.a").await.ok(SET, change(&app, "worker.a", None, "RECTIFICATION_LEAD").await).await;
        app.user("root").await.ok(SET, change(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await).await;
    }

    async fn manager_cannot_move_own_people_to_another_party(db: TestDb) {
        let app = TestApp::start(&db).await;
        let manager = app.user("manager").await;
        // Without any supervisor the manager may add the first one, but not the own engineer.
        end(&app, "supervisor").await;
        let others = [("SUP", "SUPERVISING_ENGINEER"), ("A", "WORKER"), ("B", "WORKER"), ("PROP", "PROPERTY_MANAGER")];
        for login in ["lead.a", "worker.a", "lead.b", "worker.b", "property", "escort"] {
            end(&app, login).await;
        }
        for (company, role) in others {
            let input = change(&app, "site", Some(company), role).await;
            assert_eq!(manager.refused(SET, input).await, ["ROLE_NOT_ALLOWED"], "{company}");
        }
        // Nor after the end of the role, by an invitation.
        end(&app, "site").await;
        for (company, role) in others {
            let (token, _) = invited(&manager, staff(&app, "site", company, role)).await;
            let accept = json!({ "input": { "token": token } });
            assert_eq!(app.user("site").await.refused(ACCEPT, accept).await, ["LINK_INVALID"], "{company}");
        }
        let (token, _) = invited(&manager, staff(&app, "site", "DEV", "CUSTOMER_RELATIONS")).await;
        app.user("site").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        assert_eq!(membership(&app, "site").await.role.as_str(), "CUSTOMER_RELATIONS");
        // A new person belongs to no party, and an administrator may do the rest.
        let (token, _) = invited(&manager, staff(&app, "new.supervisor", "SUP", "SUPERVISING_ENGINEER")).await;
        assert_eq!(code(&accept(&app, &token, Some(GOOD)).await), "");
        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        end(&app, "site").await;
        let (token, _) = invited(&app.user("root").await, staff(&app, "site", "PROP", "PROPERTY_MANAGER")).await;
        app.user("site").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        assert_eq!(membership(&app, "site").await.role.as_str(), "PROPERTY_MANAGER");
    }

    async fn last_delivery_manager_cannot_be_ended(db: TestDb) {
        let app = TestApp::start(&db).await;
        let end = json!({ "input": { "membershipId": membership(&app, "manager").await.id, "reason": "leaves" } });
        assert_eq!(app.user("root").await.refused(END, end.clone()).await, ["LAST_MANAGER"]);
        assert_eq!(app.user("manager").await.refused(END, end.clone()).await, ["OWN_ROLE"]);
        set(&app, "site", None, "DELIVERY_MANAGER").await;
        app.user("site").await.ok(END, end.clone()).await;
        // Ending an ended role changes nothing.
        let again = app.user("site").await.ok(END, end).await["membershipEnd"]["member"].clone();
        assert_eq!(again["endReason"], "leaves");
        assert_eq!(events_named(&app, "MEMBERSHIP_ENDED").await.len(), 1);
    }

    async fn one_of_two_delivery_managers_who_end_each_other_remains(db: TestDb) {
        let app = TestApp::start(&db).await;
        set(&app, "site", None, "DELIVERY_MANAGER").await;
        set(&app, "relations", None, "DELIVERY_MANAGER").await;
        let people = ["manager", "site", "relations"];
        let mut users = Vec::new();
        let mut ends = Vec::new();
        for login in people {
            let user = app.user(login).await;
            user.ok("{ viewer { id } }", json!({})).await;
            users.push(user);
            let id = membership(&app, login).await.id;
            ends.push(json!({ "input": { "membershipId": id, "reason": "you first" } }));
        }
        // Each ends the next one, all concurrently.
        let attempts = users.iter().enumerate().map(|(n, user)| user.query(END, ends[(n + 1) % 3].clone()));
        let answers: Vec<Value> = futures::future::join_all(attempts).await;
        let left = store::members::holders_of(app.app.db.read(), app.project.id.into(), domain::Role::DeliveryManager).await;
        assert!(!left.expect("the managers").is_empty(), "{answers:#?}");
    }
}
