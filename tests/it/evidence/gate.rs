//! The gate before a submission and a signature counts every declared photo that is not uploaded.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::{document, log, refused, run};
use crate::inspections::setup::{Round, mutation};
use crate::photos::pictures::some_jpeg;
use crate::photos::{COMPLETE, CREATE, Shot, put};

async fn ask_for_synced_devices(app: &TestApp) {
    let policy = json!({ "projectId": app.project.id, "requireSyncedDevices": true });
    run(&app.user("manager").await, "projectPolicyUpdate", policy).await;
}

/// Declares a photo of a defect, with or without a device; returns it with its upload.
async fn declare(user: &User<'_>, defect: Uuid, device: Option<Uuid>) -> (Shot, Value) {
    let shot = Shot::jpeg(some_jpeg());
    let mut input = shot.input(defect, "BEFORE");
    input["input"]["deviceId"] = json!(device);
    let upload = user.ok(CREATE, input).await["photoUploadCreate"]["upload"].clone();
    (shot, upload)
}

async fn arrive(app: &TestApp, user: &User<'_>, (shot, upload): &(Shot, Value)) {
    put(app, upload, &shot.bytes).await;
    user.ok(COMPLETE, json!({ "id": shot.id })).await;
}

/// The codes and the message of a refused command on a unit inspection.
async fn refusal_of(round: &Round<'_>, user: &User<'_>, command: &str) -> (Vec<String>, String) {
    let variables = json!({ "input": round.input(command, "1-101").await });
    let codes = user.refused(&mutation(command), variables.clone()).await;
    let answer = user.query(&mutation(command), variables).await;
    (codes, answer["data"]["answer"]["userErrors"][0]["message"].as_str().unwrap_or_default().to_owned())
}

on_both_databases! {
    async fn submission_waits_for_photos_of_unknown_and_of_silent_devices(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101", "1-102"]).await;
        let site = app.user("site").await;
        round.run(&site, "RECORD", "1-101").await;
        ask_for_synced_devices(&app).await;
        let defect = log(&app, &site, "1-101", json!({})).await;
        // A photo of another home does not block this one.
        let elsewhere = log(&app, &site, "1-102", json!({})).await;
        declare(&site, elsewhere, None).await;
        let (nameless, silent, device) = (declare(&site, defect, None).await, v7(), v7());
        let (codes, message) = refusal_of(&round, &site, "SUBMIT").await;
        assert_eq!(codes, ["DEVICES_NOT_SYNCED"]);
        assert!(message.contains("1 missing photos of unknown devices"), "{message}");
        arrive(&app, &site, &nameless).await;

        let of_silent = declare(&site, defect, Some(silent)).await;
        let of_colleague = declare(&app.user("supervisor").await, defect, Some(device)).await;
        let (codes, message) = refusal_of(&round, &site, "SUBMIT").await;
        assert_eq!(codes, ["DEVICES_NOT_SYNCED"]);
        assert!(message.contains(&silent.to_string()) && message.contains(&device.to_string()), "{message}");
        arrive(&app, &site, &of_silent).await;
        let lost = json!({ "photoIds": [of_colleague.0.id], "reason": "the tablet is at the bottom of the lift shaft" });
        run(&app.user("manager").await, "photoWriteOff", lost).await;
        assert_eq!(round.run(&site, "SUBMIT", "1-101").await["status"], "SUBMITTED");
    }

    async fn signature_checks_the_gate_again(db: TestDb) {
        let app = TestApp::start(&db).await;
        let round = Round::open(&app, 1, &["DEVELOPER"], &["1-101"]).await;
        let site = app.user("site").await;
        let defect = log(&app, &site, "1-101", json!({ "inspectionId": round.inspection("1-101") })).await;
        round.bring("1-101", "SUBMITTED").await;
        let photo = declare(&site, defect, None).await;
        // Without the option the person signs regardless.
        let before = round.input("SIGN", "1-101").await;
        ask_for_synced_devices(&app).await;
        let signed = site.refused(&mutation("SIGN"), json!({ "input": before })).await;
        assert_eq!(signed, ["DEVICES_NOT_SYNCED"]);
        arrive(&app, &site, &photo).await;
        assert_eq!(round.run(&site, "SIGN", "1-101").await["status"], "SIGNED");
    }

    async fn owner_reads_the_number_of_missing_photos(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        ask_for_synced_devices(&app).await;
        let site = app.user("site").await;
        let (defect, device) = (log(&app, &site, "1-101", json!({})).await, v7());
        declare(&site, defect, Some(device)).await;
        let review = json!({ "reviewId": v7(), "unitId": app.project.unit("1-101"), "body": "Fine" });
        let owner = app.user("owner1").await;
        assert_eq!(refused(&owner, "unitReview", review.clone()).await, ["DEVICES_NOT_SYNCED"]);
        let answer = owner.query(&document("unitReview"), json!({ "input": review })).await;
        assert!(!answer.to_string().contains(&device.to_string()), "{answer}");
    }
}
