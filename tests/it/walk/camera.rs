//! Real photos: each a unique JPEG, uploaded to the object store by the link, with checked renditions.

use futures::future::join_all;
use image::{ImageFormat, RgbImage};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

use crate::photos::{COMPLETE, CREATE, PHOTO, get, put, sha256};

/// Landscape, portrait, smaller than the large rendition, smaller than both.
const SIZES: [(u32, u32); 4] = [(2000, 1500), (1080, 1680), (900, 675), (240, 180)];

/// The maximum error of a colour after two JPEG compressions.
const COLOUR_MARGIN: u8 = 24;

/// A photo on a tablet.
pub(super) struct Picture {
    pub(super) id: Uuid,
    pub(super) bytes: Vec<u8>,
    width: u32,
    height: u32,
    colour: [u8; 3],
}

impl Picture {
    /// Takes the n-th photo: another size and another colour than its neighbours.
    pub(super) fn take(n: usize) -> Self {
        let (width, height) = SIZES[n % SIZES.len()];
        let shade = |step: usize| u8::try_from(40 + n * step % 160).expect("below 200");
        let colour = [shade(53), shade(97), shade(31)];
        let picture = RgbImage::from_raw(width, height, grained(colour, width, height)).expect("all its pixels");
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Jpeg).expect("a picture");
        Self { id: v7(), bytes: bytes.into_inner(), width, height, colour }
    }

    pub(super) fn sha256(&self) -> String {
        sha256(&self.bytes)
    }

    /// The declared properties.
    pub(super) fn input(&self, subject: &Value, stage: &str) -> Value {
        json!({ "input": {
            "photoId": self.id, "sha256": self.sha256(), "byteSize": self.bytes.len(),
            "contentType": "image/jpeg", "subject": subject, "stage": stage,
        } })
    }

    /// Declares it; returns its upload.
    pub(super) async fn declare(&self, user: &User<'_>, subject: &Value, stage: &str) -> Value {
        let data = user.ok(CREATE, self.input(subject, stage)).await;
        assert_eq!(data["photoUploadCreate"]["photo"]["state"], "DECLARED");
        data["photoUploadCreate"]["upload"].clone()
    }

    /// Uploads it by the link, and completes it.
    pub(super) async fn upload(&self, app: &TestApp, user: &User<'_>, link: &Value) {
        assert_eq!(put(app, link, &self.bytes).await, StatusCode::OK);
        let data = user.ok(COMPLETE, json!({ "id": self.id })).await;
        assert_eq!(data["photoUploadComplete"]["photo"]["state"], "RECEIVED");
    }

    /// Declares and uploads it.
    pub(super) async fn send(&self, app: &TestApp, user: &User<'_>, subject: &Value, stage: &str) {
        let link = self.declare(user, subject, stage).await;
        self.upload(app, user, &link).await;
    }

    /// Fetches its renditions: the same picture, upright and complete, no larger than required, never enlarged.
    pub(super) async fn check(&self, app: &TestApp, user: &User<'_>) {
        let photo = user.ok(PHOTO, json!({ "id": self.id })).await["photo"].clone();
        assert_eq!(photo["state"], "READY", "{photo:#}");
        assert_eq!((&photo["width"], &photo["height"]), (&json!(self.width), &json!(self.height)));
        for (link, limit) in [("thumb", 320), ("url", 1600)] {
            let (kind, bytes) = get(app, &photo[link]).await;
            assert_eq!(kind, "image/jpeg");
            self.check_rendition(&bytes, limit);
        }
        assert_eq!(get(app, &photo["original"]).await.1, self.bytes, "the original is never altered");
    }

    fn check_rendition(&self, bytes: &[u8], limit: u32) {
        let picture = image::load_from_memory(bytes).expect("a picture").into_rgb8();
        let long = self.width.max(self.height);
        let scaled = |edge: u32| if long > limit { (edge * limit + long / 2) / long } else { edge };
        assert_eq!(picture.width().max(picture.height()), long.min(limit));
        assert!(picture.width().abs_diff(scaled(self.width)) <= 1, "{} of {}", picture.width(), self.width);
        assert!(picture.height().abs_diff(scaled(self.height)) <= 1, "{} of {}", picture.height(), self.height);
        let seen = picture.get_pixel(picture.width() / 2, picture.height() / 2).0;
        let off = seen.iter().zip(self.colour).map(|(seen, colour)| seen.abs_diff(colour)).max();
        assert!(off <= Some(COLOUR_MARGIN), "another photo: {seen:?}, not {:?}", self.colour);
    }
}

/// A surface of one colour with a little noise, in rows of eight pixels, so that a large photo is generated fast.
fn grained(colour: [u8; 3], width: u32, height: u32) -> Vec<u8> {
    let row = |y: u8| -> Vec<u8> {
        let eight: Vec<u8> = (0..8).flat_map(|x: u8| colour.map(|part| part + ((x * 3) ^ (y * 5)) % 8)).collect();
        let mut row = eight.repeat(width.div_ceil(8) as usize);
        row.truncate(width as usize * 3);
        row
    };
    let mut rows = (0..8).flat_map(row).collect::<Vec<u8>>().repeat(height.div_ceil(8) as usize);
    rows.truncate(width as usize * height as usize * 3);
    rows
}

/// Checks the renditions of many.
pub(super) async fn check_all(pictures: &[Picture], app: &TestApp, user: &User<'_>) {
    join_all(pictures.iter().map(|picture| picture.check(app, user))).await;
}
