//! A repair is not passed while a declared photo is missing, and reused photos are flagged.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::{defect, log, matching, refused, run};
use crate::photos::pictures::some_jpeg;
use crate::photos::{COMPLETE, Shot, put};

async fn report(user: &User<'_>, defect: Uuid, photos: &[Uuid]) {
    run(user, "defectReportFixed", json!({ "defectId": defect, "attemptId": v7(), "photoIds": photos })).await;
}

fn verdict(defect: Uuid, passed: bool) -> Value {
    json!({ "defectId": defect, "verdictId": v7(), "passed": passed, "note": "looked" })
}

on_both_databases! {
    async fn repair_is_not_passed_while_a_declared_photo_is_missing(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker) = (app.user("site").await, app.user("worker.a").await);
        let (failed, arrives, given_up) =
            (log(&app, &site, "1-101", json!({})).await, log(&app, &site, "1-101", json!({})).await, log(&app, &site, "1-101", json!({})).await);
        let mut shots = Vec::new();
        for id in [failed, arrives, given_up] {
            let shot = Shot::jpeg(some_jpeg());
            let upload = shot.declare(&worker, id, "AFTER").await;
            report(&worker, id, &[shot.id]).await;
            assert_eq!(refused(&site, "defectVerify", verdict(id, true)).await, ["PHOTOS_MISSING"]);
            shots.push((shot, upload));
        }
        // A fail needs no photo.
        run(&site, "defectVerify", verdict(failed, false)).await;
        put(&app, &shots[1].1, &shots[1].0.bytes).await;
        worker.ok(COMPLETE, json!({ "id": shots[1].0.id })).await;
        run(&site, "defectVerify", verdict(arrives, true)).await;
        let lost = json!({ "photoIds": [shots[2].0.id], "reason": "the phone fell into the concrete" });
        run(&app.user("manager").await, "photoWriteOff", lost).await;
        run(&site, "defectVerify", verdict(given_up, true)).await;
        for (id, status) in [(failed, "REWORK"), (arrives, "CLOSED"), (given_up, "CLOSED")] {
            assert_eq!(defect(&site, id, "status").await["status"], status);
        }
    }

    async fn repair_passes_without_a_withdrawn_photo_if_the_policy_requires_none(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker, manager) =
            (app.user("site").await, app.user("worker.a").await, app.user("manager").await);
        let id = log(&app, &site, "1-101", json!({})).await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &worker, id, "AFTER").await;
        report(&worker, id, &[shot.id]).await;
        run(&manager, "photoWithdraw", json!({ "photoId": shot.id, "reason": "the wrong wall" })).await;
        assert_eq!(refused(&site, "defectVerify", verdict(id, true)).await, ["PHOTO_REQUIRED"]);
        let policy = json!({ "projectId": app.project.id, "afterPhotoRequired": false });
        run(&manager, "projectPolicyUpdate", policy).await;
        run(&site, "defectVerify", verdict(id, true)).await;
        assert_eq!(defect(&site, id, "status").await["status"], "CLOSED");
    }

    async fn author_cannot_withdraw_a_photo_of_a_reported_repair(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker, manager) =
            (app.user("site").await, app.user("worker.a").await, app.user("manager").await);
        let id = log(&app, &site, "1-101", json!({})).await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &worker, id, "AFTER").await;
        report(&worker, id, &[shot.id]).await;
        let slip = json!({ "photoId": shot.id, "reason": "the wrong wall" });
        assert_eq!(refused(&worker, "photoWithdraw", slip.clone()).await, ["PHOTO_IN_ATTEMPT"]);
        run(&manager, "photoWithdraw", slip).await;
        assert_eq!(refused(&site, "defectVerify", verdict(id, true)).await, ["PHOTO_REQUIRED"]);
        run(&site, "defectVerify", verdict(id, false)).await;
        assert_eq!(defect(&site, id, "status").await["status"], "REWORK");
    }

    async fn reused_photos_are_flagged_to_the_verifier(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, worker, owner) = (app.user("site").await, app.user("worker.a").await, app.user("owner1").await);
        let (honest, lazy, shared, also) = (
            log(&app, &site, "1-101", json!({})).await, log(&app, &site, "1-101", json!({})).await,
            log(&app, &site, "1-101", json!({})).await, log(&app, &site, "1-102", json!({})).await,
        );
        for id in [honest, lazy] {
            Shot::jpeg(some_jpeg()).take(&app, &site, id, "BEFORE").await;
        }
        let mut fixed = Shot::jpeg(some_jpeg());
        fixed.take(&app, &worker, honest, "AFTER").await;
        report(&worker, honest, &[fixed.id]).await;
        assert_eq!(matching(&app, &site, json!({ "reusedPhoto": true })).await, Vec::<Uuid>::new());

        let before = Shot::jpeg(some_jpeg());
        before.take(&app, &worker, lazy, "BEFORE").await;
        let after = Shot { id: v7(), bytes: before.bytes.clone(), content_type: before.content_type };
        after.take(&app, &worker, lazy, "AFTER").await;
        report(&worker, lazy, &[after.id]).await;
        fixed = Shot::jpeg(some_jpeg());
        for id in [shared, also] {
            let copy = Shot { id: v7(), bytes: fixed.bytes.clone(), content_type: fixed.content_type };
            copy.take(&app, &worker, id, "AFTER").await;
            report(&worker, id, &[copy.id]).await;
        }
        let flagged = vec![lazy, shared, also];
        for (login, expected) in [("site", &flagged), ("supervisor", &flagged), ("worker.a", &Vec::new()), ("lead.a", &Vec::new())] {
            let user = app.user(login).await;
            assert_eq!(&matching(&app, &user, json!({ "reusedPhoto": true })).await, expected, "{login}");
            for id in [honest, lazy, shared, also] {
                let told = defect(&user, id, "reusedPhoto reusedPhotos { id }").await;
                assert_eq!(told["reusedPhoto"], json!(expected.contains(&id)), "{login}");
                assert_eq!(told["reusedPhotos"].as_array().expect("photos").is_empty(), !expected.contains(&id), "{login}");
            }
        }
        assert_eq!(matching(&app, &site, json!({ "reusedPhoto": false })).await, [honest]);
        assert_eq!(defect(&owner, lazy, "reusedPhoto").await["reusedPhoto"], json!(false));
        assert_eq!(matching(&app, &owner, json!({ "reusedPhoto": true })).await, Vec::<Uuid>::new());
        let told = defect(&site, lazy, "reusedPhotos { id stage }").await["reusedPhotos"].clone();
        assert_eq!(told, json!([{ "id": before.id, "stage": "BEFORE" }, { "id": after.id, "stage": "AFTER" }]));
        // The wrong photo is withdrawn: the flag disappears.
        let slip = json!({ "photoId": before.id, "reason": "the wrong wall" });
        run(&app.user("manager").await, "photoWithdraw", slip).await;
        assert_eq!(matching(&app, &site, json!({ "reusedPhoto": true })).await, [shared, also]);
        assert_eq!(defect(&site, lazy, "reusedPhoto reusedPhotos { id }").await, json!({ "reusedPhoto": false, "reusedPhotos": [] }));
    }
}
