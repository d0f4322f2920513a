//! Declaring, uploading and completing.

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use store::entity::photos;
use tests::app::TestApp;
use tests::on_both_databases;

use super::pictures::{huge_png, jpeg, seen_corners, some_jpeg, with_exif};
use super::{COMPLETE, CREATE, Shot, WEBP_DELAY, get, log_defect, put};

/// The events of a defect's photos, first to last.
async fn events(user: &tests::user::User<'_>, defect: uuid::Uuid) -> Vec<String> {
    let document = "query($id: ID!) { defect(id: $id) { events { name objectKind person { name } reason } } }";
    let data = user.ok(document, json!({ "id": defect })).await;
    let events = data["defect"]["events"].as_array().expect("events").clone();
    let of_photos = events.iter().filter(|event| event["objectKind"] == "PHOTO");
    of_photos
        .map(|event| {
            let words = [&event["name"], &event["person"]["name"], &event["reason"]];
            words.iter().filter_map(|word| word.as_str()).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

async fn row(app: &TestApp, shot: &Shot) -> photos::Model {
    store::photos::load(app.app.db.read(), shot.id.into()).await.expect("the database answers").expect("a photo")
}

async fn objects(app: &TestApp, prefix: &str) -> usize {
    app.app.objects.list(prefix, None, 1000).await.expect("the keys").objects.len()
}

on_both_databases! {
    async fn photo_is_declared_uploaded_completed_and_rendered(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("supervisor").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        // Taken with the tablet on its side.
        let shot = Shot::jpeg(with_exif(&jpeg(2400, 1200), 6));

        let upload = shot.declare(&inspector, defect, "BEFORE").await;
        assert_eq!(upload["expiresAt"], "2026-03-02T12:00:00.000Z");
        let declared = shot.read(&inspector).await;
        assert_eq!((&declared["state"], &declared["url"], &declared["receivedAt"]), (&json!("DECLARED"), &Value::Null, &Value::Null));
        assert_eq!(put(&app, &upload, &shot.bytes).await, StatusCode::OK);
        app.advance_seconds(60);
        assert_eq!(shot.complete(&inspector).await, "RECEIVED");
        let received = shot.read(&inspector).await;
        assert_eq!((&received["state"], &received["url"], &received["original"]), (&json!("RECEIVED"), &Value::Null, &Value::Null));

        app.advance_seconds(60);
        assert_eq!(app.run_jobs().await, 1);
        let mut ready = shot.read(&inspector).await;
        let (kind, large) = get(&app, &ready["url"]).await;
        assert_eq!((kind.as_str(), seen_corners(&large).as_str()), ("image/jpeg", "WRGB"));
        let (_, thumb) = get(&app, &ready["thumb"]).await;
        let sizes = [&large, &thumb].map(|bytes| {
            let picture = image::load_from_memory(bytes).expect("a picture");
            (picture.width(), picture.height())
        });
        assert_eq!(sizes, [(800, 1600), (160, 320)]);
        assert_eq!(get(&app, &ready["original"]).await, ("image/jpeg".to_owned(), shot.bytes.clone()));
        for link in ["url", "thumb", "original"] {
            ready.as_object_mut().expect("a photo").remove(link);
        }
        assert_eq!(ready, json!({
            "id": shot.id, "stage": "BEFORE", "state": "READY", "rejection": null, "contentType": "image/jpeg",
            "byteSize": shot.bytes.len(), "width": 1200, "height": 2400,
            "declaredAt": "2026-03-02T00:00:00.000Z", "receivedAt": "2026-03-02T00:01:00.000Z",
            "readyAt": "2026-03-02T00:02:00.000Z", "declaredBy": { "name": "supervisor by name" },
        }));
        let told = events(&inspector, defect).await;
        assert_eq!(told, ["PHOTO_DECLARED supervisor by name", "PHOTO_RECEIVED supervisor by name", "PHOTO_READY"]);

        // Repetitions change nothing.
        assert_eq!(shot.complete(&inspector).await, "READY");
        assert_eq!(shot.declare(&inspector, defect, "BEFORE").await, Value::Null);
        assert_eq!(app.run_jobs().await, 0);
        assert_eq!(events(&inspector, defect).await.len(), 3);
        // The objects of the upload are removed; the reused link changes nothing.
        assert_eq!(objects(&app, "staging/").await, 0);
        put(&app, &upload, &shot.bytes).await;
        assert_eq!(get(&app, &shot.read(&inspector).await["original"]).await.1, shot.bytes);
    }

    async fn webp_is_returned_on_request_once_it_is_made(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let shot = Shot::jpeg(with_exif(&jpeg(2400, 1200), 6));
        shot.take(&app, &site, defect, "BEFORE").await;
        let document = "query($id: ID!) { photo(id: $id) { large: url(format: WEBP) thumb: url(size: THUMB, format: WEBP)
            original: url(size: ORIGINAL, format: WEBP) } }";
        let links = async || site.ok(document, json!({ "id": shot.id })).await["photo"].clone();
        assert_eq!(get(&app, &links().await["large"]).await.0, "image/jpeg", "not made yet");
        app.advance_seconds(WEBP_DELAY);
        assert_eq!(app.run_jobs().await, 1);
        let made = links().await;
        for (link, size) in [("large", (800, 1600)), ("thumb", (160, 320))] {
            let (kind, bytes) = get(&app, &made[link]).await;
            let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::WebP).expect("a WebP");
            assert_eq!((kind.as_str(), (picture.width(), picture.height())), ("image/webp", size));
            assert_eq!(seen_corners(&bytes), "WRGB");
            assert!(!bytes.windows(4).any(|four| four == b"EXIF"));
        }
        assert_eq!(get(&app, &made["original"]).await, ("image/jpeg".to_owned(), shot.bytes.clone()));
        // Lost, and made again.
        let row = row(&app, &shot).await;
        let key = format!("{}.320.webp", row.object_key.expect("a place"));
        app.app.objects.delete(&key).await.expect("deleted");
        let how = app::photo::verify::Thoroughness { hashed_percent: 0, repair: true };
        let mut found = Vec::new();
        app::photo::verify::verify_objects(&app.app, how, |_, finding| found.extend(finding.cloned())).await.expect("a look");
        assert_eq!(found, [app::photo::verify::Finding::RenditionsMade(shot.id.into())]);
        assert_eq!(get(&app, &made["thumb"]).await.0, "image/webp");
    }

    async fn repeated_declaration_creates_no_second_photo(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let first = shot.declare(&inspector, defect, "BEFORE").await;
        let second = shot.declare(&inspector, defect, "BEFORE").await;
        assert!(first["url"].is_string() && second["url"].is_string() && first["url"] != second["url"]);
        assert_eq!(events(&inspector, defect).await, ["PHOTO_DECLARED site by name"]);

        // The bytes arrived and only the answer was lost: no second upload is needed.
        assert_eq!(put(&app, &second, &shot.bytes).await, StatusCode::OK);
        assert_eq!(shot.declare(&inspector, defect, "BEFORE").await, Value::Null);
        assert_eq!(shot.complete(&inspector).await, "RECEIVED");
        assert_eq!(shot.declare(&inspector, defect, "BEFORE").await, Value::Null);

        // The same id for another photo.
        let other = Shot { id: shot.id, ..Shot::jpeg(some_jpeg()) };
        assert_eq!(inspector.refused(CREATE, other.input(defect, "BEFORE")).await, ["ID_REUSED"]);
        let colleague = app.user("manager").await;
        assert_eq!(colleague.refused(CREATE, shot.input(defect, "BEFORE")).await, ["ID_REUSED"]);
    }

    async fn invalid_declarations_are_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let good = Shot::jpeg(some_jpeg()).input(defect, "BEFORE");
        let project = json!({ "signature": { "projectId": app.project.id } });
        for (field, value, code) in [
            ("byteSize", json!(0), "INVALID_VALUE"),
            ("byteSize", json!(-1), "INVALID_VALUE"),
            ("byteSize", json!(30_000_001), "PHOTO_TOO_LARGE"),
            ("sha256", json!("abc"), "INVALID_VALUE"),
            ("sha256", json!("😀".repeat(64)), "INVALID_VALUE"),
            ("contentType", json!("image/svg+xml"), "PHOTO_TYPE_UNSUPPORTED"),
            ("contentType", json!("x".repeat(10_000)), "PHOTO_TYPE_UNSUPPORTED"),
            ("photoId", json!("4bf5122f-3445-4545-8ead-3e8e4d1a0b5c"), "INVALID_ID"),
            ("stage", json!("PLAN"), "INVALID_VALUE"),
            ("stage", json!("SIGNATURE"), "INVALID_VALUE"),
            ("subject", project, "INVALID_VALUE"),
            ("occurredAt", json!("2026-03-02T00:06:00Z"), "OCCURRED_IN_FUTURE"),
        ] {
            let mut input = good.clone();
            input["input"][field] = value;
            assert_eq!(inspector.refused(CREATE, input).await, [code], "{field}");
        }
    }

    async fn bytes_that_differ_from_the_declaration_never_become_the_photo(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let id = json!({ "id": shot.id });
        let upload = shot.declare(&inspector, defect, "BEFORE").await;
        assert_eq!(inspector.refused(COMPLETE, id.clone()).await, ["PHOTO_NOT_THERE"]);

        // The store itself accepts no other bytes, no other length, and no half of them.
        let mut other = shot.bytes.clone();
        other[100] ^= 1;
        assert!(put(&app, &upload, &other).await.is_client_error());
        assert!(put(&app, &upload, &shot.bytes[1..]).await.is_client_error());
        assert!(put(&app, &upload, b"").await.is_client_error());
        assert_eq!(inspector.refused(COMPLETE, id.clone()).await, ["PHOTO_NOT_THERE"]);

        // A store that accepts anything: the received bytes are read and hashed. Then the same on a store that is known
        // to be strict.
        for probed in [false, true] {
            if probed {
                let traits = app.app.objects.probe().await.expect("a good store");
                assert!(traits.enforces_sha256 && traits.enforces_length);
            }
            for wrong in [other.clone(), shot.bytes[1..].to_vec(), Vec::new()] {
                let staging = row(&app, &shot).await.staging_key.expect("a place for the upload");
                let sha256 = <sha2::Sha256 as sha2::Digest>::digest(&wrong).into();
                app.app.objects.put(&staging, wrong.into(), "image/jpeg", &sha256).await.expect("put");
                assert_eq!(inspector.refused(COMPLETE, id.clone()).await, ["PHOTO_MISMATCH"], "probed: {probed}");
                assert_eq!(shot.read(&inspector).await["state"], "DECLARED");
                assert_eq!(objects(&app, "projects/").await, 2, "only the plans");
                assert_eq!(objects(&app, "staging/").await + objects(&app, "checking/").await, 0);
                // It can be uploaded again.
                assert!(shot.declare(&inspector, defect, "BEFORE").await["url"].is_string());
            }
        }
        let upload = shot.declare(&inspector, defect, "BEFORE").await;
        assert_eq!(put(&app, &upload, &shot.bytes).await, StatusCode::OK);
        assert_eq!(shot.complete(&inspector).await, "RECEIVED");
    }

    async fn equal_content_of_two_photos_is_stored_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let (one, two) = (log_defect(&app, &inspector, "1-101").await, log_defect(&app, &inspector, "1-202").await);
        let before = objects(&app, "projects/").await;
        let first = Shot::jpeg(jpeg(400, 300));
        let second = Shot { id: tests::ids::v7(), ..Shot::jpeg(first.bytes.clone()) };
        first.take(&app, &inspector, one, "BEFORE").await;
        assert_eq!(second.declare(&inspector, two, "BEFORE").await, Value::Null);
        assert_eq!(shot_states(&app, [&first, &second]).await, ["READY", "DECLARED"]);
        let ready = second.take(&app, &inspector, two, "BEFORE").await;
        assert_eq!(get(&app, &ready["original"]).await.1, first.bytes);
        assert_eq!(objects(&app, "projects/").await - before, 3, "an original that has no metadata, and two renditions");

        // In another project the content is unknown, and its existence elsewhere is not revealed.
        let stranger = app.user("x.site").await;
        let theirs = log_defect_of(&app, &stranger).await;
        let third = Shot { id: tests::ids::v7(), ..Shot::jpeg(first.bytes.clone()) };
        assert!(third.declare(&stranger, theirs, "BEFORE").await["url"].is_string());
    }

    async fn content_that_the_store_lost_or_changed_is_restored_by_an_upload(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let first = Shot::jpeg(jpeg(400, 300));
        first.take(&app, &inspector, defect, "BEFORE").await;
        let place = row(&app, &first).await.object_key.expect("a place");
        let mut changed = first.bytes.clone();
        changed[200] ^= 1;
        for lost in [true, false] {
            let again = Shot { id: tests::ids::v7(), ..Shot::jpeg(first.bytes.clone()) };
            let early = Shot { id: tests::ids::v7(), ..Shot::jpeg(first.bytes.clone()) };
            assert_eq!(early.declare(&inspector, defect, "BEFORE").await, Value::Null, "it is there");
            app.app.objects.delete(&place).await.expect("deleted");
            if !lost {
                crate::photos::gc::put_object(&app, &place, &changed).await;
            }
            assert_eq!(inspector.refused(COMPLETE, json!({ "id": early.id })).await, ["PHOTO_NOT_THERE"]);
            let upload = again.declare(&inspector, defect, "BEFORE").await;
            assert_eq!(put(&app, &upload, &again.bytes).await, StatusCode::OK);
            assert_eq!(again.complete(&inspector).await, "RECEIVED");
            app.run_jobs().await;
            for shot in [&first, &again] {
                assert_eq!(get(&app, &shot.read(&inspector).await["original"]).await.1, first.bytes);
            }
            assert_eq!(early.complete(&inspector).await, "RECEIVED");
            app.run_jobs().await;
        }
    }

    async fn concurrent_declarations_all_get_an_upload_link(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let uploads = join_all((0..8).map(|_| shot.declare(&inspector, defect, "BEFORE"))).await;
        assert!(uploads.iter().all(|upload| upload["url"].is_string()), "{uploads:#?}");
        let upload = shot.declare(&inspector, defect, "BEFORE").await;
        assert_eq!(put(&app, &upload, &shot.bytes).await, StatusCode::OK);
        assert_eq!(shot.complete(&inspector).await, "RECEIVED");
    }

    async fn person_who_only_knows_the_hash_must_upload(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let first = Shot::jpeg(jpeg(400, 300));
        first.take(&app, &inspector, defect, "BEFORE").await;
        let again = || Shot { id: tests::ids::v7(), ..Shot::jpeg(first.bytes.clone()) };
        for login in ["supervisor", "worker.a"] {
            let (user, claimed) = (app.user(login).await, again());
            assert!(claimed.declare(&user, defect, "BEFORE").await["url"].is_string(), "{login}");
            assert_eq!(user.refused(COMPLETE, json!({ "id": claimed.id })).await, ["PHOTO_NOT_THERE"], "{login}");
        }
        // A colleague has the bytes; not under another length.
        let colleague = app.user("manager").await;
        assert_eq!(again().declare(&colleague, defect, "BEFORE").await, Value::Null);
        let mut other_length = again().input(defect, "BEFORE");
        other_length["input"]["byteSize"] = json!(5);
        let payload = colleague.ok(CREATE, other_length).await["photoUploadCreate"].clone();
        assert!(payload["upload"]["url"].is_string(), "{payload}");
    }

    async fn concurrent_completions_complete_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let upload = shot.declare(&inspector, defect, "BEFORE").await;
        assert_eq!(put(&app, &upload, &shot.bytes).await, StatusCode::OK);
        let states = join_all((0..8).map(|_| shot.complete(&inspector))).await;
        assert_eq!(states, ["RECEIVED"; 8]);
        assert_eq!(app.run_jobs().await, 1);
        assert_eq!(events(&inspector, defect).await.len(), 3);
    }

    async fn unreachable_store_is_reported_and_nothing_is_half_done(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let shot = Shot::jpeg(some_jpeg());
        let upload = shot.declare(&inspector, defect, "BEFORE").await;
        assert_eq!(put(&app, &upload, &shot.bytes).await, StatusCode::OK);
        app.stop_object_store().await;
        assert_eq!(inspector.refused(COMPLETE, json!({ "id": shot.id })).await, ["STORE_UNAVAILABLE"]);
        assert_eq!(inspector.refused(CREATE, shot.input(defect, "BEFORE")).await, ["STORE_UNAVAILABLE"]);
        assert_eq!(shot.read(&inspector).await["state"], "DECLARED");
        // A new photo can still be declared, and is then listed as missing.
        let later = Shot::jpeg(some_jpeg());
        assert!(later.declare(&inspector, defect, "BEFORE").await["url"].is_string());
    }

    async fn file_that_is_no_photo_is_rejected_with_its_reason(db: TestDb) {
        let app = TestApp::start(&db).await;
        let inspector = app.user("site").await;
        let defect = log_defect(&app, &inspector, "1-101").await;
        let cut = jpeg(800, 600);
        let cut = cut[..cut.len() / 2].to_vec();
        for (bytes, why) in [
            (cut, "BROKEN"),
            (huge_png(50_000, 50_000), "TOO_MANY_PIXELS"),
            (b"a text with the file name photo.jpg".to_vec(), "NOT_AN_IMAGE"),
        ] {
            let shot = Shot::jpeg(bytes);
            let photo = shot.take(&app, &inspector, defect, "BEFORE").await;
            assert_eq!((&photo["state"], &photo["rejection"], &photo["url"]), (&json!("REJECTED"), &json!(why), &Value::Null));
            // A file that may be a picture is readable by its own company.
            assert_eq!(photo["original"].is_string(), why != "NOT_AN_IMAGE");
            let told = events(&inspector, defect).await;
            assert_eq!(told.last(), Some(&format!("PHOTO_REJECTED {why}")));
            // It stays rejected, and is not checked again.
            assert_eq!(shot.complete(&inspector).await, "REJECTED");
            assert_eq!(app.run_jobs().await, 0);
        }
    }
}

async fn shot_states(app: &TestApp, shots: [&Shot; 2]) -> [String; 2] {
    [row(app, shots[0]).await.state.to_string(), row(app, shots[1]).await.state.to_string()]
}

/// Logs a defect in the other project.
async fn log_defect_of(app: &TestApp, user: &tests::user::User<'_>) -> uuid::Uuid {
    let id = tests::ids::v7();
    let input = json!({ "defectId": id, "unitId": app.other.unit("1-101"), "type": "WALL.CRACK" });
    let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) { userErrors { code } } }";
    user.ok(document, json!({ "input": input })).await;
    id
}
