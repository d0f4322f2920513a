//! Large uploads in parts: begun, interrupted, continued, joined, and checked as a whole.

use std::time::Duration;

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;
use tests::user::User;
use uuid::Uuid;

use super::attachments::clip_with;
use super::gc::let_two_days_pass;
use super::{COMPLETE, CREATE, Shot, get, log_defect, put};

/// A clip of 20 MB: three parts.
fn large() -> Shot {
    let seed = tests::ids::v7();
    let pictures: Vec<u8> = seed.as_bytes().iter().copied().cycle().take(20_000_000).collect();
    Shot { content_type: "video/mp4", ..Shot::jpeg(clip_with(30_000, &pictures)) }
}

async fn declare(user: &User<'_>, shot: &Shot, defect: Uuid) -> (Value, Vec<Value>) {
    let payload = user.ok(CREATE, shot.input(defect, "BEFORE")).await["photoUploadCreate"].clone();
    (payload["upload"].clone(), payload["parts"].as_array().expect("parts").clone())
}

fn bytes_of<'a>(shot: &'a Shot, part: &Value) -> &'a [u8] {
    let number = |name: &str| usize::try_from(part[name].as_u64().expect("a number")).expect("small");
    &shot.bytes[number("offset")..number("offset") + number("byteSize")]
}

async fn put_part(app: &TestApp, shot: &Shot, part: &Value) {
    assert_eq!(put(app, &part["upload"], bytes_of(shot, part)).await, StatusCode::OK);
}

fn numbers(parts: &[Value]) -> Vec<u64> {
    parts.iter().filter_map(|part| part["number"].as_u64()).collect()
}

on_both_databases! {
    async fn multipart_upload_continues_after_any_interruption(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let (shot, refused) = (large(), |shot: &Shot| json!({ "id": shot.id }));
        let (whole, parts) = declare(&site, &shot, defect).await;
        assert!(whole["url"].is_string(), "the one link is there for who cannot do parts");
        assert_eq!(numbers(&parts), [1, 2, 3]);
        assert_eq!(parts.iter().map(|part| bytes_of(&shot, part).len()).sum::<usize>(), shot.bytes.len());
        put_part(&app, &shot, &parts[2]).await;
        put_part(&app, &shot, &parts[0]).await;
        // Neither less nor more bytes than the part has.
        for wrong in [&shot.bytes[..100], &shot.bytes[..9_000_000]] {
            // The store answers by the head alone; a client that is still sending may find the connection closed.
            let link = parts[1]["upload"]["url"].as_str().expect("a link");
            let sent = app.client().put(link).body(wrong.to_vec()).send().await;
            assert!(sent.is_err() || sent.is_ok_and(|answer| answer.status().is_client_error()));
        }
        assert_eq!(site.refused(COMPLETE, refused(&shot)).await, ["PHOTO_NOT_THERE"]);

        let (_, left) = declare(&site, &shot, defect).await;
        assert_eq!(numbers(&left), [2]);
        put_part(&app, &shot, &left[0]).await;
        put_part(&app, &shot, &left[0]).await;
        assert_eq!(declare(&site, &shot, defect).await, (Value::Null, vec![]), "all is there");
        // Two tablets of one person concurrently.
        let both = join_all([shot.complete(&site), shot.complete(&site)]).await;
        assert!(both.iter().all(|state| state == "RECEIVED"), "{both:?}");
        app.run_jobs().await;
        let photo = shot.read(&site).await;
        assert_eq!((&photo["state"], &get(&app, &photo["original"]).await.1), (&json!("KEPT"), &shot.bytes));
        assert_eq!(declare(&site, &shot, defect).await, (Value::Null, vec![]));
        // A photo with known bytes needs no upload.
        let twin = Shot { id: tests::ids::v7(), bytes: shot.bytes.clone(), ..shot };
        assert_eq!(declare(&site, &twin, defect).await, (Value::Null, vec![]));
        assert_eq!(twin.complete(&site).await, "RECEIVED");
    }

    async fn large_file_may_be_uploaded_at_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = large();
        let (whole, _) = declare(&site, &shot, defect).await;
        assert_eq!(put(&app, &whole, &shot.bytes).await, StatusCode::OK);
        assert_eq!(declare(&site, &shot, defect).await, (Value::Null, vec![]));
        assert_eq!(shot.complete(&site).await, "RECEIVED");
    }

    async fn parts_with_other_bytes_never_become_the_clip(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = large();
        let (_, parts) = declare(&site, &shot, defect).await;
        for part in &parts {
            let mut bytes = bytes_of(&shot, part).to_vec();
            bytes[0] ^= u8::from(part["number"] == json!(2));
            assert_eq!(put(&app, &part["upload"], &bytes).await, StatusCode::OK);
        }
        assert_eq!(site.refused(COMPLETE, json!({ "id": shot.id })).await, ["PHOTO_MISMATCH"]);
        let (whole, again) = declare(&site, &shot, defect).await;
        assert_eq!((whole["url"].is_string(), numbers(&again)), (true, vec![1, 2, 3]));
        for part in &again {
            put_part(&app, &shot, part).await;
        }
        assert_eq!(shot.complete(&site).await, "RECEIVED");
    }

    async fn collector_completes_parts_or_removes_them_after_their_time(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let (whole, half) = (large(), large());
        for part in &declare(&site, &whole, defect).await.1 {
            put_part(&app, &whole, part).await;
        }
        put_part(&app, &half, &declare(&site, &half, defect).await.1[0]).await;
        let collected = async |hours: u64| {
            let done = app::photo::gc::collect(&app.app, Duration::from_secs(hours * 60 * 60)).await;
            done.map(|done| (done.completed, done.uploads_removed)).expect("the garbage collection succeeds")
        };
        assert_eq!(collected(48).await, (1, 0));
        assert_eq!(declare(&site, &half, defect).await.1.len(), 2, "the rest is waited for");
        let_two_days_pass(&app).await;
        assert_eq!(collected(48).await, (0, 1));
        let site = app.user("site").await;
        assert_eq!(whole.read(&site).await["state"], "RECEIVED");
        let (_, parts) = declare(&site, &half, defect).await;
        assert_eq!(numbers(&parts), [1, 2, 3]);
        for part in &parts {
            put_part(&app, &half, part).await;
        }
        assert_eq!(half.complete(&site).await, "RECEIVED");
    }

    async fn large_photo_can_be_declared_without_the_store(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        app.stop_object_store().await;
        let shot = large();
        let (whole, parts) = declare(&site, &shot, defect).await;
        assert_eq!((whole["url"].is_string(), parts.len()), (true, 0));
        assert_eq!(shot.read(&site).await["state"], "DECLARED");
        assert_eq!(site.refused(CREATE, shot.input(defect, "BEFORE")).await, ["STORE_UNAVAILABLE"]);
    }

    async fn signature_must_be_a_picture(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        for kind in ["video/mp4", "image/heic"] {
            let mut input = Shot { content_type: kind, ..large() }.input(app.project.id, "SIGNATURE");
            input["input"]["subject"] = json!({ "signature": { "projectId": app.project.id } });
            assert_eq!(site.refused(CREATE, input).await, ["PHOTO_TYPE_UNSUPPORTED"], "{kind}");
        }
    }
}
