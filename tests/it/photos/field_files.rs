//! Files of real devices: their bytes decide the media type, damage is reported, and files that an older version
//! refused are checked again.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use store::entity::photos;
use tests::app::TestApp;
use tests::on_both_databases;

use super::attachments::{clip_with, heic};
use super::gc::{cleaned, row};
use super::pictures::{chunk, jpeg, scan_start, some_jpeg};
use super::{CREATE, Shot, get, log_defect, put};

const DAMAGE: &str = "query($id: ID!) { photo(id: $id) { damaged state rejection } }";

/// A JPEG with unique bytes, whose picture is at the end.
fn own_jpeg(width: u32, height: u32) -> Vec<u8> {
    let whole = jpeg(width, height);
    let comment = [&[0xFF, 0xFE, 0, 18][..], tests::ids::v7().as_bytes()].concat();
    [&whole[..2], &comment, &whole[2..]].concat()
}

fn shot(bytes: Vec<u8>, content_type: &'static str) -> Shot {
    Shot { content_type, ..Shot::jpeg(bytes) }
}

on_both_databases! {
    async fn media_type_of_a_photo_is_detected_from_its_bytes(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        for (bytes, declared, state, kind) in [
            (some_jpeg(), "image/heic", "READY", "image/jpeg"),
            (some_jpeg(), "IMAGE/PNG; q=1", "READY", "image/jpeg"),
            (some_jpeg(), "video/mp4", "READY", "image/jpeg"),
            (heic(), "image/jpg", "KEPT", "image/heic"),
            (heic(), "image/heif-sequence", "KEPT", "image/heif"),
            (clip_with(1_000, tests::ids::v7().as_bytes()), "image/pjpeg", "KEPT", "video/mp4"),
            (clip_with(61_000, tests::ids::v7().as_bytes()), "video/quicktime", "KEPT", "video/quicktime"),
        ] {
            let photo = shot(bytes, declared).take(&app, &site, defect, "BEFORE").await;
            assert_eq!((&photo["state"], &photo["contentType"]), (&json!(state), &json!(kind)), "{declared}");
            assert_eq!(get(&app, &photo["original"]).await.0, kind);
        }
        // A signed picture must be displayable.
        let input = shot(heic(), "image/jpeg");
        let mut signature = input.input(defect, "SIGNATURE");
        signature["input"]["subject"] = json!({ "signature": { "projectId": app.project.id } });
        let upload = site.ok(CREATE, signature).await["photoUploadCreate"]["upload"].clone();
        put(&app, &upload, &input.bytes).await;
        input.complete(&site).await;
        app.run_jobs().await;
        assert_eq!(input.read(&site).await["rejection"], "NOT_AN_IMAGE");
    }

    async fn damage_is_reported_and_half_a_file_is_readable_by_its_own_company(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (site, manager) = (app.user("site").await, app.user("manager").await);
        let supervisor = app.user("supervisor").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let whole = own_jpeg(640, 480);
        let unended = Shot::jpeg(whole[..whole.len() - 2].to_vec());
        assert_eq!(unended.take(&app, &site, defect, "BEFORE").await["state"], "READY");
        let told = site.ok(DAMAGE, json!({ "id": unended.id })).await["photo"]["damaged"].clone();
        assert_eq!(told, json!(false), "all pixels are there");
        let whole = own_jpeg(640, 480);
        let start = scan_start(&whole);
        let cut = start + (whole.len() - start) * 19 / 20;
        let damaged = Shot::jpeg(whole[..cut].to_vec());
        assert!(damaged.take(&app, &site, defect, "BEFORE").await["url"].is_string());
        let told = site.ok(DAMAGE, json!({ "id": damaged.id })).await["photo"].clone();
        assert_eq!(told, json!({ "damaged": true, "state": "READY", "rejection": null }));

        let whole = own_jpeg(640, 480);
        let half = Shot::jpeg(whole[..whole.len() / 2].to_vec());
        let photo = half.take(&app, &site, defect, "BEFORE").await;
        assert_eq!((&photo["rejection"], &photo["url"]), (&json!("BROKEN"), &Value::Null));
        assert_eq!(get(&app, &photo["original"]).await.1, half.bytes);
        assert!(half.read(&manager).await["original"].is_string());
        assert_eq!(half.read(&supervisor).await["original"], Value::Null);
        let page = Shot::jpeg(b"<script>alert(1)</script>".to_vec());
        assert_eq!(page.take(&app, &site, defect, "BEFORE").await["original"], Value::Null);
        // An unusable photo blocks nothing.
        let write_off = "mutation($id: ID!) { photoWriteOff(input: { photoIds: [$id], reason: \"Taken again\" }) {
            results { userErrors { code } photo { state } } userErrors { code } } }";
        let done = manager.ok(write_off, json!({ "id": half.id })).await["photoWriteOff"]["results"][0].clone();
        assert_eq!(done["photo"]["state"], "WRITTEN_OFF");
    }

    async fn too_many_pixels_are_refused_before_the_upload(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let types = app.nobody().ok("{ apiInfo { photoTypes { contentType maxPixels } } }", json!({})).await;
        let types = types["apiInfo"]["photoTypes"].as_array().expect("types").clone();
        let most = |kind: &str| types.iter().find(|one| one["contentType"] == kind).expect("a type")["maxPixels"].clone();
        assert_eq!((most("image/jpeg"), most("video/mp4")), (json!(250_000_000), Value::Null));
        let mut input = Shot::jpeg(some_jpeg()).input(defect, "BEFORE");
        (input["input"]["width"], input["input"]["height"]) = (json!(25_000), json!(10_001));
        assert_eq!(site.refused(CREATE, input.clone()).await, ["PHOTO_TOO_MANY_PIXELS"]);
        input["input"]["height"] = json!(10_000);
        assert!(site.ok(CREATE, input).await["photoUploadCreate"]["upload"]["url"].is_string());
    }

    async fn photo_that_an_older_version_refused_is_checked_again_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        let (good, bad) = (Shot::jpeg(own_jpeg(64, 48)), Shot::jpeg(chunk(b"junk", b"junk")));
        for shot in [&good, &bad] {
            shot.take(&app, &site, defect, "BEFORE").await;
        }
        // As the version before left them.
        let back = photos::Entity::update_many()
            .col_expr(photos::Column::State, "REJECTED".into())
            .col_expr(photos::Column::Rejection, "BROKEN".into())
            .col_expr(photos::Column::ReaderVersion, Option::<i32>::None.into())
            .filter(photos::Column::Id.is_in([good.id, bad.id]));
        app.app.db.write(async |tx| back.exec(tx).await).await.expect("changed");
        assert_eq!(cleaned(&app).await.photos_rescued, 1);
        let told = site.ok(DAMAGE, json!({ "id": good.id })).await["photo"].clone();
        assert_eq!(told, json!({ "damaged": false, "state": "READY", "rejection": null }));
        let still = row(&app, bad.id).await;
        assert_eq!((still.state.as_str(), still.reader_version), ("REJECTED", Some(app::photo::render::READER_VERSION)));
        assert_eq!(cleaned(&app).await.photos_rescued, 0);
    }
}
