//! Assignment: a due time needs a company, and the event of a beginning names the person who takes the repair on.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use uuid::Uuid;

use crate::evidence::{defect, log, refused, run};

/// The assignee, and the assignee in the event of the beginning.
async fn named(app: &TestApp, id: Uuid) -> (Value, Value) {
    let read = defect(&app.user("site").await, id, "status assignee { id } events { name data }").await;
    assert_eq!(read["status"], "IN_PROGRESS");
    let events = read["events"].as_array().expect("events");
    let started = events.iter().find(|event| event["name"] == "DEFECT_STARTED").expect("it was begun");
    (read["assignee"]["id"].clone(), started["data"]["assigneeId"].clone())
}

on_both_databases! {
    async fn due_time_without_a_company_is_refused_by_the_persons_rights(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let id = log(&app, &site, "1-101", json!({})).await;
        let before = defect(&site, id, "dueAt version").await;
        let due = "2026-03-20T00:00:00.000Z";
        for (login, code) in [
            ("manager", "COMPANY_REQUIRED"),
            ("site", "COMPANY_REQUIRED"),
            ("supervisor", "COMPANY_REQUIRED"),
            ("lead.a", "ROLE_NOT_ALLOWED"),
            ("worker.a", "ROLE_NOT_ALLOWED"),
        ] {
            let user = app.user(login).await;
            let alone = json!({ "defectId": id, "dueAt": due });
            assert_eq!(refused(&user, "defectAssign", alone.clone()).await, [code], "{login}");
            // An assignee is no substitute for a company.
            let mut with_person = alone;
            with_person["assigneeId"] = json!(app.person_id("worker.a"));
            assert_eq!(refused(&user, "defectAssign", with_person).await, [code], "{login}");
        }
        assert_eq!(defect(&site, id, "dueAt version").await, before);
        let whole = json!({ "defectId": id, "companyId": app.project.company("A"), "dueAt": due });
        run(&app.user("manager").await, "defectAssign", whole).await;
        assert_eq!(defect(&site, id, "dueAt").await["dueAt"], due);
    }

    async fn event_of_a_beginning_names_the_person_who_takes_the_repair_on(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, lead, worker) = (app.user("site").await, app.user("lead.a").await, app.user("worker.a").await);
        let me = json!(worker.id);
        let nobody = Value::Null;
        // A worker takes on a repair without an assignee.
        let taken = log(&app, &site, "1-101", json!({})).await;
        run(&worker, "defectStart", json!({ "defectId": taken })).await;
        assert_eq!(named(&app, taken).await, (me.clone(), me.clone()));
        // The lead begins it without taking it on.
        let led = log(&app, &site, "1-101", json!({})).await;
        run(&lead, "defectStart", json!({ "defectId": led })).await;
        assert_eq!(named(&app, led).await, (nobody.clone(), nobody.clone()));
        // An assignee stays, whoever begins, and the event then names no person.
        for (assignee, starter) in [(&worker, &lead), (&lead, &worker), (&worker, &worker)] {
            let id = log(&app, &site, "1-101", json!({})).await;
            run(&lead, "defectAssign", json!({ "defectId": id, "assigneeId": assignee.id })).await;
            run(starter, "defectStart", json!({ "defectId": id })).await;
            assert_eq!(named(&app, id).await, (json!(assignee.id), nobody.clone()), "{} by {}", assignee.login, starter.login);
        }
    }
}
