//! Files without renditions: kept as received, if they are as declared.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::on_both_databases;

use super::pictures::chunk;
use super::{Shot, get, log_defect};

/// A box of an MP4 or a HEIC.
fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len() + 8).expect("short").to_be_bytes().to_vec();
    bytes.extend_from_slice(kind);
    bytes.extend_from_slice(body);
    bytes
}

/// A clip of this many milliseconds, filmed at 2026-03-02T01:02:03Z; its index is at the end, as phones write it.
fn clip(milliseconds: u32) -> Vec<u8> {
    clip_with(milliseconds, tests::ids::v7().as_bytes())
}

/// The same with these frames and samples.
pub(super) fn clip_with(milliseconds: u32, pictures: &[u8]) -> Vec<u8> {
    let filmed = 3_855_258_123_u32; // Seconds since 1904.
    let mut header = vec![0; 4];
    for number in [filmed, filmed, 1_000, milliseconds] {
        header.extend_from_slice(&number.to_be_bytes());
    }
    header.resize(100, 0);
    [boxed(b"ftyp", b"mp42\0\0\0\0mp42isom"), boxed(b"mdat", pictures), boxed(b"moov", &boxed(b"mvhd", &header))]
        .concat()
}

pub(crate) fn heic() -> Vec<u8> {
    [boxed(b"ftyp", b"heic\0\0\0\0mif1heic"), boxed(b"mdat", tests::ids::v7().as_bytes())].concat()
}

fn shot(bytes: Vec<u8>, content_type: &'static str) -> Shot {
    Shot { content_type, ..Shot::jpeg(bytes) }
}

on_both_databases! {
    async fn clips_and_heic_are_kept_as_received(db: TestDb) {
        let app = TestApp::start(&db).await;
        app.open_to_owner(app.project.unit("1-101")).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        for (kept, duration) in [
            (shot(clip(60_000), "video/mp4"), json!(60_000)),
            (shot(clip(1), "video/quicktime"), json!(1)),
            (shot(heic(), "image/heic"), Value::Null),
            (shot(heic(), "image/heif"), Value::Null),
        ] {
            let photo = kept.take(&app, &site, defect, "BEFORE").await;
            let (state, kind) = (photo["state"].as_str(), kept.content_type);
            assert_eq!((state, &photo["url"], &photo["thumb"]), (Some("KEPT"), &Value::Null, &Value::Null), "{kind}");
            assert_eq!(get(&app, &photo["original"]).await, (kind.to_owned(), kept.bytes.clone()));
            let document = "query($id: ID!) { photo(id: $id) { durationMs takenAt takenLocal } }";
            let told = site.ok(document, json!({ "id": kept.id })).await["photo"].clone();
            assert_eq!(told["durationMs"], duration, "{kind}");
            let filmed = if duration.is_null() { Value::Null } else { json!("2026-03-02T01:02:03.000Z") };
            assert_eq!(told["takenAt"], filmed, "{kind}");
            // The GPS position is in it, so owners cannot read it.
            assert_eq!(kept.read(&app.user("owner1").await).await, Value::Null);
        }
    }

    async fn file_that_is_no_picture_and_no_clip_is_rejected(db: TestDb) {
        let app = TestApp::start(&db).await;
        let site = app.user("site").await;
        let defect = log_defect(&app, &site, "1-101").await;
        // An index that is larger than allowed, in a file that declares it and in one that lacks it.
        let hostile = [boxed(b"ftyp", b"mp42\0\0\0\0mp42isom"), boxed(b"moov", &vec![0; 9_000_000])].concat();
        let mut cut = boxed(b"ftyp", b"mp42\0\0\0\0mp42isom");
        cut.extend_from_slice(b"\xFF\xFF\xFF\xF0moov");
        for (bytes, content_type, why) in [
            (clip(61_001), "video/mp4", "TOO_LONG"),
            (clip(u32::MAX - 1), "video/mp4", "TOO_LONG"),
            (clip(100)[..40].to_vec(), "video/mp4", "BROKEN"),
            (hostile, "video/mp4", "BROKEN"),
            (cut, "video/quicktime", "BROKEN"),
            (b"<html>".to_vec(), "video/mp4", "NOT_AN_IMAGE"),
            (boxed(b"ftyp", b""), "image/heic", "NOT_AN_IMAGE"),
            (b"\0".to_vec(), "image/heif", "NOT_AN_IMAGE"),
            (chunk(b"ftyp", b"heic"), "image/heif", "NOT_AN_IMAGE"),
        ] {
            let length = bytes.len();
            let photo = shot(bytes, content_type).take(&app, &site, defect, "BEFORE").await;
            assert_eq!((&photo["state"], &photo["rejection"]), (&json!("REJECTED"), &json!(why)), "{length} {content_type}");
            // A file that may be a picture or a clip is readable by its own company.
            assert_eq!(photo["original"].is_string(), why != "NOT_AN_IMAGE");
        }
    }

    async fn server_lists_the_accepted_media_types(db: TestDb) {
        let app = TestApp::start(&db).await;
        let document = "{ apiInfo { photoTypes { contentType renditions maxBytes maxSeconds } } }";
        let told = app.nobody().ok(document, json!({})).await["apiInfo"]["photoTypes"].clone();
        let types = told.as_array().expect("types");
        let made = types.iter().filter(|kind| kind["renditions"] == json!(true));
        let made: Vec<&str> = made.filter_map(|kind| kind["contentType"].as_str()).collect();
        assert_eq!(made, ["image/jpeg", "image/png", "image/webp"]);
        let clips = json!({
            "contentType": "video/mp4", "renditions": false, "maxBytes": 100_000_000, "maxSeconds": 60 });
        assert!(types.contains(&clips), "{told}");
    }
}
