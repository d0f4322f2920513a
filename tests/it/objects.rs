//! Object stores through the product's own client, and through plain HTTP as a tablet or an attacker.

mod backends;
mod crash;
mod crash_parts;
mod full;
mod links;
mod parts;
mod power_cut;
mod probe;

use std::time::Duration;

use blob_store::{Caching, ObjectError, ObjectStore, ObjectStoreSettings, PresignedPut};
use bytes::Bytes;
use embedded_s3::{EmbeddedStore, RunningStore, StoreClock, StoreConfig};
use futures::future::join_all;
use reqwest::StatusCode;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tests::on_both_stores;
use tests::stores::{AnyStore, settings_at};

const BUCKET: &str = "photos";
const JPEG: &str = "image/jpeg";
const HOUR: Duration = Duration::from_secs(3600);

/// A store on a separate folder, and its client.
struct Setup {
    folder: TempDir,
    running: RunningStore,
    store: ObjectStore,
}

impl Setup {
    async fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    async fn on(folder: TempDir) -> Self {
        let running = EmbeddedStore::start(config(&folder)).await.unwrap();
        let store = ObjectStore::new(&settings(&running.addr().to_string())).unwrap();
        Self { folder, running, store }
    }

    /// The files below the data folder, except the lock.
    fn files(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
            entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
        }
        count(self.folder.path()) - 1
    }
}

/// Objects with text content, in any store.
trait Texts {
    fn client(&self) -> &ObjectStore;

    async fn put(&self, key: &str, text: &str) {
        put(self.client(), key, text).await.unwrap();
    }

    async fn text(&self, key: &str) -> String {
        let bytes = self.client().get_bytes(key, 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// A link to upload this text.
    fn link(&self, key: &str, text: &str, life: Duration) -> PresignedPut {
        self.client().presign_put(key, text.len() as u64, JPEG, &hash(text), life)
    }

    /// The number of objects.
    async fn count(&self) -> usize {
        self.client().list("", None, 1000).await.unwrap().objects.len()
    }
}

impl Texts for Setup {
    fn client(&self) -> &ObjectStore {
        &self.store
    }
}

impl Texts for AnyStore {
    fn client(&self) -> &ObjectStore {
        &self.store
    }
}

fn config(folder: &TempDir) -> StoreConfig {
    StoreConfig {
        folder: folder.path().to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        access_key: "key".into(),
        secret_key: "secret".into(),
        bucket: BUCKET.into(),
        region: "local".into(),
        limits: embedded_s3::connection_limits(),
        // 2 March 2026, as for other tests.
        clock: StoreClock::new(|| 1_772_409_600_000),
    }
}

fn settings(address: &str) -> ObjectStoreSettings {
    ObjectStoreSettings { bucket: BUCKET.into(), ..settings_at(address) }
}

fn hash(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

async fn put(store: &ObjectStore, key: &str, text: &str) -> Result<(), ObjectError> {
    store.put(key, Bytes::copy_from_slice(text.as_bytes()), JPEG, &hash(text)).await
}

/// Uploads by a link with its headers; returns the status.
async fn upload(link: &PresignedPut, body: impl Into<reqwest::Body>) -> StatusCode {
    let mut request = reqwest::Client::new().put(&link.url).body(body);
    for (name, value) in &link.headers {
        request = request.header(*name, value);
    }
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn no_key_leaves_the_folder() {
    let setup = Setup::new().await;
    let long = format!("{}/{}", "x".repeat(200), "y/".repeat(400));
    for key in ["../out", "a/../../out", "/etc/passwd", "..", ".", "a/./b", "nul\0byte", "C:\\x", "lock", &long] {
        match put(&setup.store, key, key).await {
            Ok(()) => assert_eq!(setup.text(key).await, key, "{key:?}"),
            Err(error) => assert!(matches!(error, ObjectError::Refused { .. }), "{key:?}: {error}"),
        }
    }
    let too_long = put(&setup.store, &"x".repeat(1025), "x").await;
    assert!(matches!(too_long, Err(ObjectError::Refused { status: 400, .. })), "{too_long:?}");
    let too_long = put(&setup.store, &"x".repeat(241), "x").await;
    assert!(matches!(too_long, Err(ObjectError::Refused { status: 400, .. })), "{too_long:?}");

    let mut names: Vec<String> = std::fs::read_dir(&setup.folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["buckets", "incoming", "lock", "parts"]);
    // Sent raw, because HTTP clients would normalise the dots.
    let outside = setup.folder.path().parent().unwrap().join("out");
    assert!(!outside.exists());
}

#[tokio::test]
async fn first_of_two_concurrent_creates_succeeds() {
    let setup = Setup::new().await;
    let sdk = sdk(&settings(&setup.running.addr().to_string()));
    let create = async |text: &'static str| {
        let put = sdk.put_object().bucket(BUCKET).key("once").if_none_match("*");
        put.body(text.as_bytes().to_vec().into()).send().await
    };
    let (one, two) = futures::join!(create("one"), create("two"));
    assert!(one.is_ok() != two.is_ok());
    let winner = if one.is_ok() { "one" } else { "two" };
    let refused = one.and(two).unwrap_err().raw_response().unwrap().status().as_u16();
    assert_eq!(refused, 412);
    assert_eq!(setup.text("once").await, winner);
    assert_eq!(setup.files(), 1);
}

/// The SDK itself, for operations that the product's client does not have.
fn sdk(settings: &ObjectStoreSettings) -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(&settings.endpoint)
        .region(Region::new(settings.region.clone()))
        .credentials_provider(Credentials::new(&settings.access_key, &settings.secret_key, None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

#[tokio::test]
async fn restart_keeps_the_objects_and_sweeps_the_rest() {
    let setup = Setup::new().await;
    setup.put("a/b", "kept").await;
    setup.put("gone/soon", "x").await;
    setup.store.delete("gone/soon").await.unwrap();
    let second = EmbeddedStore::start(config(&setup.folder)).await;
    assert!(second.unwrap_err().to_string().contains("another object store is running on this folder"));
    setup.running.shutdown().await;
    let left_over = setup.folder.path().join("incoming/left over");
    std::fs::write(&left_over, "half").unwrap();

    let setup = Setup::on(setup.folder).await;
    assert_eq!(setup.text("a/b").await, "kept");
    assert!(!left_over.exists());
    assert_eq!(std::fs::read_dir(setup.folder.path().join("buckets/photos")).unwrap().count(), 1);
}

#[tokio::test]
async fn shutdown_answers_requests_in_progress() {
    let setup = Setup::new().await;
    let text = "x".repeat(1 << 20);
    let link = setup.link("a", &text, HOUR);
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<String, std::io::Error>>();
    let mut request = reqwest::Client::new().put(&link.url).body(reqwest::Body::wrap_stream(receiver));
    for (name, value) in &link.headers {
        request = request.header(*name, value);
    }
    sender.unbounded_send(Ok(text[..1000].to_owned())).unwrap();
    let uploading = tokio::spawn(request.send());
    while setup.files() == 0 {
        tokio::task::yield_now().await;
    }
    let address = setup.running.addr();
    let stopping = tokio::spawn(setup.running.shutdown());
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    sender.unbounded_send(Ok(text[1000..].to_owned())).unwrap();
    drop(sender);
    stopping.await.unwrap();
    let objects = std::fs::read_dir(setup.folder.path().join("buckets/photos")).unwrap().count();
    assert_eq!(objects, 1, "shutdown ended before the upload did");
    assert_eq!(uploading.await.unwrap().unwrap().status(), StatusCode::OK);
    let setup = Setup::on(setup.folder).await;
    assert_eq!(setup.store.read_hash("a").await.unwrap().1, hash(&text));
}
