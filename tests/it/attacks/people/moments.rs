//! An earlier time of occurrence does not restore an earlier role: a single mutation counts for the present company, or
//! is refused.

use reqwest::StatusCode;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::memberships;
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::snapshot::fingerprint;

use super::{OWN, document, end, events_named, log_defect, on_defect, set};
use crate::attacks::credentials::setup::{ACCEPT, invited, staff};
use crate::inspections::setup::Round;
use crate::photos::pictures::some_jpeg;
use crate::photos::{CREATE, Shot, put};
use crate::sync::{Tablet, log_input, operation, outcomes};

const OPEN: &str = "mutation($input: UnitOpenToOwnerInput!) { unitOpenToOwner(input: $input) {
    results { unitId userErrors { code field } } } }";

/// The variables of a command with a time of occurrence.
fn done_at(mut input: Value, at: domain::Timestamp) -> Value {
    input["occurredAt"] = json!(at.to_rfc3339());
    json!({ "input": input })
}

/// A new defect of a unit, found at a moment.
fn found_at(app: &TestApp, unit: &str, at: domain::Timestamp) -> Value {
    done_at(log_input(app, v7(), unit), at)
}

on_both_databases! {
    async fn work_for_a_former_company_is_refused_as_a_single_mutation(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&site, &app, "1-101").await;
        let of_manager = log_defect(&app.user("manager").await, &app, "1-101").await;
        let round = Round::open(&app, 1, &["DEVELOPER", "SUPERVISOR"], &["1-101"]).await;
        let then = app.app.clock.now();
        app.advance_seconds(60);
        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        let changed = app.app.clock.now();
        app.advance_seconds(60);
        let site = app.user("site").await;
        let words = |visibility: &str| json!({ "defectId": defect, "commentId": v7(), "body": "wet", "visibility": visibility });
        for (command, input) in [
            ("defectLog", log_input(&app, v7(), "1-101")),
            ("defectComment", words("INTERNAL")),
            ("defectHold", json!({ "defectId": defect, "reason": "no paint" })),
            ("defectHold", json!({ "defectId": of_manager, "reason": "no paint" })),
            ("photoUploadCreate", Shot::jpeg(some_jpeg()).input(defect, "BEFORE")["input"].clone()),
            ("unitInspectionStart", json!({ "inspectionId": round.inspection("1-101") })),
        ] {
            assert_eq!(site.refused(&document(command), done_at(input, then)).await, ["INVALID_VALUE"], "{command}");
        }
        let answer = site.query(&document("defectLog"), found_at(&app, "1-101", then)).await;
        assert_eq!(answer["data"]["defectLog"]["userErrors"][0]["field"], json!(["occurredAt"]), "{answer}");
        // Work since then, or without a time, counts for the supervisor.
        on_defect(&site, "defectComment", defect, json!({ "commentId": v7(), "body": "dry", "visibility": "INTERNAL" })).await;
        site.ok(&document("defectLog"), found_at(&app, "1-101", changed)).await;
        // A clock that shows a time before any role prevents nothing.
        let early = domain::Timestamp::from_rfc3339("2026-02-20T08:00:00Z").expect("a moment");
        site.ok(&document("defectLog"), found_at(&app, "1-101", early)).await;
    }

    async fn repeated_command_for_a_former_company_is_answered_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&site, &app, "1-101").await;
        let then = app.app.clock.now();
        let words = json!({ "defectId": defect, "commentId": v7(), "body": "wet", "visibility": "INTERNAL" });
        let done = [("defectLog", found_at(&app, "1-101", then)), ("defectComment", done_at(words, then))];
        for (command, input) in &done {
            site.ok(&document(command), input.clone()).await;
        }
        let (shot, edited) = (Shot::jpeg(some_jpeg()), Shot::jpeg(some_jpeg()));
        let declared = |shot: &Shot| done_at(shot.input(defect, "BEFORE")["input"].clone(), then);
        for one in [&shot, &edited] {
            site.ok(CREATE, declared(one)).await;
        }
        app.advance_seconds(60);
        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        app.advance_seconds(60);
        let site = app.user("site").await;
        site.token().await;
        let before = fingerprint(&app.app.db).await;
        for (command, input) in &done {
            site.ok(&document(command), input.clone()).await;
        }
        assert_eq!(fingerprint(&app.app.db).await, before, "nothing is done a second time");
        // A photo is answered with a link for its bytes, also if its bytes differ now.
        let other_bytes = Shot { id: edited.id, ..Shot::jpeg(some_jpeg()) };
        for one in [&shot, &other_bytes] {
            let payload = site.ok(CREATE, declared(one)).await["photoUploadCreate"].clone();
            assert_eq!(payload["photo"]["id"], json!(one.id));
            assert_eq!(put(&app, &payload["upload"], &one.bytes).await, StatusCode::OK);
        }
        let declarations = events_named(&app, "PHOTO_DECLARED").await;
        assert_eq!(declarations.iter().filter(|event| event.object_id == shot.id).count(), 1);
        // A new photo of that time is still refused.
        let late = declared(&Shot::jpeg(some_jpeg()));
        assert_eq!(site.refused(CREATE, late).await, ["INVALID_VALUE"]);
    }

    async fn clock_of_1970_is_no_time_at_another_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        let then = app.app.clock.now();
        app.advance_seconds(60);
        set(&app, "site", Some("SUP"), "SUPERVISING_ENGINEER").await;
        app.advance_seconds(60);
        let tablet = Tablet::of(&app, "site").await;
        // A role from before the record of beginnings: it held at any time before its end.
        let ended = memberships::Entity::update_many()
            .col_expr(memberships::Column::AddedAt, Expr::value(None::<i64>))
            .filter(memberships::Column::PersonId.eq(tablet.user.id))
            .filter(memberships::Column::Active.eq(false));
        app.app.db.write(async |tx| ended.exec(tx).await).await.expect("a role without a beginning");
        assert_eq!(tablet.user.refused(&document("defectLog"), found_at(&app, "1-101", then)).await, ["INVALID_VALUE"]);
        let early = domain::Timestamp::from_rfc3339("1970-01-01T00:00:00Z").expect("a moment");
        tablet.user.ok(&document("defectLog"), found_at(&app, "1-101", early)).await;
        let pushed = |at: domain::Timestamp| {
            let mut log = operation("defectLog", log_input(&app, v7(), "1-101"), None);
            log["occurredAt"] = json!(at.to_rfc3339());
            log
        };
        let results = tablet.push(&[pushed(early), pushed(then)]).await;
        assert_eq!(outcomes(&results), ["APPLIED", "CONFLICT"], "{results:#?}");
        assert_eq!(results[1]["pendingEdit"]["reason"], "RIGHT_LOST");
    }

    async fn units_are_not_opened_at_a_time_of_a_former_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        let [closed, open, unowned] = ["1-101", "1-102", "1-201"].map(|unit| app.project.unit(unit));
        let then = app.app.clock.now();
        app.advance_seconds(60);
        set(&app, "supervisor", Some("DEV"), "DELIVERY_MANAGER").await;
        app.open_to_owner(open).await;
        app.advance_seconds(60);
        let manager = app.user("supervisor").await;
        let units = json!({ "unitIds": [closed, open, unowned] });
        let input = done_at(units.clone(), then);
        assert_eq!(manager.refused(OPEN, input.clone()).await, ["INVALID_VALUE", "NO_OWNER"]);
        let results = manager.read(OPEN, input).await["unitOpenToOwner"]["results"].clone();
        assert_eq!(results, json!([
            { "unitId": closed, "userErrors": [{ "code": "INVALID_VALUE", "field": ["occurredAt"] }] },
            { "unitId": open, "userErrors": [] },
            { "unitId": unowned, "userErrors": [{ "code": "NO_OWNER", "field": [] }] },
        ]));
        let results = manager.read(OPEN, json!({ "input": units })).await["unitOpenToOwner"]["results"].clone();
        assert_eq!(results[0]["userErrors"], json!([]), "without a time it is the company's of now");
    }

    async fn another_role_in_the_same_company_is_accepted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let then = app.app.clock.now();
        app.advance_seconds(60);
        set(&app, "site", None, "DELIVERY_MANAGER").await;
        app.user("site").await.ok(&document("defectLog"), found_at(&app, "1-101", then)).await;
    }

    async fn former_owner_logs_nothing_for_a_company_and_former_staff_nothing_as_an_owner(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (relations, root) = (app.user("relations").await, app.user("root").await);
        app.open_to_owner(app.project.unit("1-101")).await;
        log_defect(&app.user("owner1").await, &app, "1-101").await;
        let then = app.app.clock.now();
        app.advance_seconds(3_600);
        let (token, _) = invited(&root, staff(&app, "owner1", "SUP", "SUPERVISING_ENGINEER")).await;
        app.user("owner1").await.ok(ACCEPT, json!({ "input": { "token": token } })).await;
        let owner = app.user("owner1").await;
        assert_eq!(owner.refused(&document("defectLog"), found_at(&app, "1-101", then)).await, ["INVALID_VALUE"]);
        log_defect(&owner, &app, "1-101").await;
        // The other way round.
        let home = app.project.unit("1-201");
        let buys = json!({ "unitId": home, "add": { "ownershipId": v7(), "personId": app.person_id("worker.a") } });
        relations.ok(OWN, json!({ "input": buys })).await;
        end(&app, "worker.a").await;
        app.open_to_owner(home).await;
        let worker = app.user("worker.a").await;
        assert_eq!(worker.refused(&document("defectLog"), found_at(&app, "1-201", then)).await, ["INVALID_VALUE"]);
        log_defect(&worker, &app, "1-201").await;
    }
}
