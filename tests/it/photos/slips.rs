//! Corrections of photos: declared again with other bytes, withdrawn, or moved; each is recorded.

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::pictures::some_jpeg;
use super::{CREATE, Shot, get, log_defect, put};
use crate::evidence::run;

const WITHDRAW: &str = "mutation($input: PhotoWithdrawInput!) { photoWithdraw(input: $input) {
    photo { state url original: url(size: ORIGINAL) withdrawn { reason person { name } } } userErrors { code } } }";
const UPDATE: &str = "mutation($input: PhotoUpdateInput!) { photoUpdate(input: $input) {
    photo { stage defectId version } userErrors { code } } }";
const EVENTS: &str = "query($id: ID!) { defect(id: $id) { events { name reason data from to }
    photos { id state } photoPairs { before { id } after { id } } } }";

async fn history(user: &User<'_>, defect: Uuid) -> Value {
    user.ok(EVENTS, json!({ "id": defect })).await["defect"].clone()
}

fn last(history: &Value) -> Value {
    history["events"].as_array().and_then(|events| events.last()).expect("an event").clone()
}

on_both_databases! {
    async fn other_bytes_may_be_declared_until_the_upload(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let (defect, other) = (log_defect(&app, &site, "1-101").await, log_defect(&app, &site, "1-101").await);
        let first = Shot::jpeg(some_jpeg());
        let before = first.declare(&site, defect, "BEFORE").await;
        let second = Shot { id: first.id, ..Shot::jpeg(some_jpeg()) };
        let upload = second.declare(&site, defect, "BEFORE").await;
        // Uploads by the former link do not count any more.
        assert_ne!(before["url"], upload["url"]);
        assert_eq!(put(&app, &upload, &second.bytes).await, StatusCode::OK);
        // Its bytes are uploaded: they cannot be declared again.
        assert_eq!(site.refused(CREATE, first.input(defect, "BEFORE")).await, ["ID_REUSED"]);
        assert_eq!(second.complete(&site).await, "RECEIVED");
        app.run_jobs().await;
        assert_eq!(get(&app, &second.read(&site).await["original"]).await.1, second.bytes);
        assert_eq!(site.refused(CREATE, first.input(defect, "BEFORE")).await, ["ID_REUSED"]);
        // Another defect, another stage or another person needs another photo.
        let third = Shot::jpeg(some_jpeg());
        third.declare(&site, defect, "BEFORE").await;
        let changed = Shot { id: third.id, ..Shot::jpeg(some_jpeg()) };
        assert_eq!(site.refused(CREATE, changed.input(other, "BEFORE")).await, ["ID_REUSED"]);
        assert_eq!(app.user("manager").await.refused(CREATE, changed.input(defect, "BEFORE")).await, ["ID_REUSED"]);
    }

    async fn upload_link_is_valid_for_hours(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let upload = shot.declare(&site, defect, "BEFORE").await;
        app.advance_seconds(6 * 60 * 60);
        assert_eq!(put(&app, &upload, &shot.bytes).await, StatusCode::OK);
    }

    async fn withdrawn_photo_is_not_shown_and_stays_in_the_record(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager, worker) = (app.user("site").await, app.user("manager").await, app.user("worker.a").await);
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &site, defect, "BEFORE").await;
        let input = json!({ "input": { "photoId": shot.id, "reason": "The wrong wall" } });
        assert_eq!(worker.refused(WITHDRAW, input.clone()).await, ["NOT_YOUR_PHOTO"]);
        let blank = json!({ "input": { "photoId": shot.id, "reason": "\u{200B}" } });
        assert_eq!(site.refused(WITHDRAW, blank).await, ["TEXT_REQUIRED"]);
        let photo = site.ok(WITHDRAW, input.clone()).await["photoWithdraw"]["photo"].clone();
        assert_eq!((&photo["state"], &photo["url"], &photo["original"]), (&json!("WITHDRAWN"), &Value::Null, &Value::Null));
        assert_eq!(photo["withdrawn"]["reason"], "The wrong wall");
        let told = history(&manager, defect).await;
        assert_eq!(last(&told)["name"], "PHOTO_WITHDRAWN");
        assert_eq!(last(&told)["reason"], "The wrong wall");
        assert_eq!(told["photoPairs"], json!([]));
        assert_eq!(told["photos"][0]["state"], "WITHDRAWN");
        // A repetition changes nothing.
        site.ok(WITHDRAW, input).await;
        assert_eq!(history(&manager, defect).await["events"], told["events"]);
        let read = "mutation($id: ID!) { photoOriginalRead(input: { photoId: $id, reason: \"A dispute\" }) { url } }";
        let url = manager.ok(read, json!({ "id": shot.id })).await["photoOriginalRead"]["url"].clone();
        assert_eq!(get(&app, &url).await.1, shot.bytes);
    }

    async fn only_the_manager_withdraws_a_photo_that_the_owner_can_see(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let (site, manager, owner) = (app.user("site").await, app.user("manager").await, app.user("owner1").await);
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &site, defect, "BEFORE").await;
        assert!(shot.read(&owner).await["url"].is_string());
        let input = json!({ "input": { "photoId": shot.id, "reason": "The wrong wall" } });
        assert_eq!(site.refused(WITHDRAW, input.clone()).await, ["SHOWN_TO_OWNER"]);
        assert_eq!(manager.ok(WITHDRAW, input).await["photoWithdraw"]["photo"]["state"], "WITHDRAWN");
        assert_eq!(shot.read(&owner).await, Value::Null);
    }

    async fn move_of_a_photo_is_recorded_in_both_histories(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, worker) = (app.user("site").await, app.user("worker.a").await);
        let (wrong, right) = (log_defect(&app, &site, "1-101").await, log_defect(&app, &site, "1-102").await);
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &worker, wrong, "BEFORE").await;
        let moved = json!({ "input": { "photoId": shot.id, "defectId": right, "stage": "AFTER" } });
        assert_eq!(site.refused(UPDATE, moved.clone()).await, ["NOT_YOUR_PHOTO"]);
        let photo = worker.ok(UPDATE, moved.clone()).await["photoUpdate"]["photo"].clone();
        assert_eq!((&photo["stage"], &photo["defectId"]), (&json!("AFTER"), &json!(right)));
        for defect in [wrong, right] {
            let told = last(&history(&site, defect).await);
            assert_eq!(told["name"], "PHOTO_UPDATED");
            assert_eq!(told["data"]["defectId"], json!({ "from": wrong, "to": right }));
            assert_eq!(told["data"]["stage"], json!({ "from": "BEFORE", "to": "AFTER" }));
        }
        assert_eq!(history(&site, wrong).await["photos"], json!([]));
        let again = worker.ok(UPDATE, moved).await["photoUpdate"]["photo"]["version"].clone();
        assert_eq!(again, photo["version"], "the same again is no change");
        let nowhere = json!({ "input": { "photoId": shot.id, "defectId": v7() } });
        assert_eq!(worker.refused(UPDATE, nowhere).await, ["NOT_FOUND"]);
    }

    async fn photo_cannot_move_to_a_void_or_merged_defect(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let [from, void, merged] = [
            log_defect(&app, &site, "1-101").await, log_defect(&app, &site, "1-101").await,
            log_defect(&app, &site, "1-101").await,
        ];
        let shot = Shot::jpeg(some_jpeg());
        shot.take(&app, &site, from, "BEFORE").await;
        run(&site, "defectVoid", json!({ "defectId": void, "reason": "NOT_A_DEFECT" })).await;
        run(&site, "defectMerge", json!({ "defectId": merged, "intoDefectId": from })).await;
        for (defect, code) in [(void, "WRONG_STATE"), (merged, "MERGED")] {
            let moved = json!({ "input": { "photoId": shot.id, "defectId": defect } });
            assert_eq!(site.refused(UPDATE, moved).await, [code]);
        }
        // A photo of such a defect can still be withdrawn, or moved away.
        run(&site, "defectVoid", json!({ "defectId": from, "reason": "NOT_A_DEFECT" })).await;
        let away = json!({ "input": { "photoId": shot.id, "defectId": merged } });
        assert_eq!(site.ok(UPDATE, away).await["photoUpdate"]["photo"]["defectId"], json!(merged), "it is back with its survivor void");
    }
}
