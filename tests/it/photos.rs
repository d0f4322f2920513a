//! Photos, from the tablet to the owner's screen, through the real server and the object store over HTTP.

mod attachments;
mod attacks;
mod collecting;
mod faults;
mod field_files;
mod gc;
mod jobs;
mod kills;
mod links;
mod markup;
mod markup_input;
mod missing;
mod moved;
mod pairs;
mod parts;
pub(crate) mod pictures;
mod slips;
mod upload;
mod visibility;

pub(crate) use attachments::heic;

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::entity::photos;
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

pub(crate) const CREATE: &str = "mutation($input: PhotoUploadCreateInput!) { photoUploadCreate(input: $input) {
    photo { id state } upload { url method headers { name value } expiresAt }
    parts { number offset byteSize upload { url method headers { name value } } } userErrors { code field message } } }";
pub(crate) const COMPLETE: &str = "mutation($id: ID!) { photoUploadComplete(input: { photoId: $id }) {
    photo { id state version url } userErrors { code field } } }";
pub(crate) const PHOTO: &str = "query($id: ID!) { photo(id: $id) {
    id stage state rejection contentType byteSize width height declaredAt receivedAt readyAt
    declaredBy { name } url thumb: url(size: THUMB) original: url(size: ORIGINAL) } }";

/// Whether the store is Garage. A test that calls it explains how Garage differs, and why that is harmless.
fn on_garage() -> bool {
    std::env::var_os("TEST_S3_ENDPOINT").is_some()
}

/// The number of seconds after which the WebP renditions of a photo are made.
const WEBP_DELAY: i64 = 10 * 60;

/// The keys of all objects of these photos.
pub(crate) fn owned(rows: &[photos::Model]) -> BTreeSet<String> {
    let of = |row: &photos::Model| {
        let webp = |edge: u32| row.webp_at.and(row.object_key.as_ref()).map(|key| format!("{key}.{edge}.webp"));
        let copies = [row.thumb_key.clone(), row.large_key.clone(), row.stripped_key.clone()];
        [row.object_key.clone(), webp(320), webp(1_600)].into_iter().chain(copies)
    };
    rows.iter().flat_map(of).flatten().collect()
}

/// A picture on a tablet.
pub(crate) struct Shot {
    pub(crate) id: Uuid,
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: &'static str,
}

impl Shot {
    pub(crate) fn jpeg(bytes: Vec<u8>) -> Self {
        Self { id: v7(), bytes, content_type: "image/jpeg" }
    }

    /// The declared properties.
    pub(crate) fn input(&self, defect_id: Uuid, stage: &str) -> Value {
        json!({ "input": {
            "photoId": self.id, "sha256": sha256(&self.bytes), "byteSize": self.bytes.len(),
            "contentType": self.content_type, "subject": { "defectId": defect_id }, "stage": stage,
        } })
    }

    /// Declares it; returns its upload.
    pub(crate) async fn declare(&self, user: &User<'_>, defect_id: Uuid, stage: &str) -> Value {
        let payload = user.ok(CREATE, self.input(defect_id, stage)).await["photoUploadCreate"].clone();
        assert_eq!(payload["photo"]["id"], json!(self.id));
        payload["upload"].clone()
    }

    async fn complete(&self, user: &User<'_>) -> String {
        let data = user.ok(COMPLETE, json!({ "id": self.id })).await;
        data["photoUploadComplete"]["photo"]["state"].as_str().expect("a state").to_owned()
    }

    /// Declares, uploads and completes it, and has its renditions made.
    pub(crate) async fn take(&self, app: &TestApp, user: &User<'_>, defect_id: Uuid, stage: &str) -> Value {
        let upload = self.declare(user, defect_id, stage).await;
        if !upload.is_null() {
            assert_eq!(put(app, &upload, &self.bytes).await, StatusCode::OK);
        }
        assert_eq!(self.complete(user).await, "RECEIVED");
        app.run_jobs().await;
        self.read(user).await
    }

    /// A photo as a person sees it.
    async fn read(&self, user: &User<'_>) -> Value {
        user.ok(PHOTO, json!({ "id": self.id })).await["photo"].clone()
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Uploads to the object store by the link, as a tablet does.
pub(crate) async fn put(app: &TestApp, upload: &Value, bytes: &[u8]) -> StatusCode {
    assert_eq!(upload["method"], "PUT");
    let mut request = app.client().put(upload["url"].as_str().expect("a link")).body(bytes.to_vec());
    for header in upload["headers"].as_array().expect("headers") {
        let (name, value) = (header["name"].as_str().expect("a name"), header["value"].as_str().expect("a value"));
        // The client sets the length by the body, as a browser does.
        if name != "content-length" {
            request = request.header(name, value);
        }
    }
    request.send().await.expect("an answer").status()
}

/// Reads from the object store by a link: type and bytes.
pub(crate) async fn get(app: &TestApp, url: &Value) -> (String, Vec<u8>) {
    let answer = app.client().get(url.as_str().expect("a link")).send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    let content_type = answer.headers()["content-type"].to_str().expect("text").to_owned();
    (content_type, answer.bytes().await.expect("the bytes").to_vec())
}

/// Logs a defect of plaster, which is contractor A's.
async fn log_defect(app: &TestApp, user: &User<'_>, unit: &str) -> Uuid {
    let id = v7();
    let input = json!({ "defectId": id, "unitId": app.project.unit(unit), "type": "WALL.CRACK" });
    let document = "mutation($input: DefectLogInput!) { defectLog(input: $input) {
        defect { status } userErrors { code field message } } }";
    let data = user.ok(document, json!({ "input": input })).await;
    assert_eq!(data["defectLog"]["defect"]["status"], "ASSIGNED");
    id
}
