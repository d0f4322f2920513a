//! The embedded object store through the product's own client, and through plain HTTP as a tablet or an attacker.

mod crash;
mod links;
mod probe;

use std::time::Duration;

use app::object_store::{ObjectError, ObjectStore, ObjectStoreSettings, PresignedPut};
use bytes::Bytes;
use futures::future::join_all;
use objects::{EmbeddedStore, RunningStore, StoreConfig};
use reqwest::StatusCode;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const BUCKET: &str = "photos";
const JPEG: &str = "image/jpeg";
const HOUR: Duration = Duration::from_secs(3600);

/// A store on a folder of its own, and the client for it.
struct Scene {
    folder: TempDir,
    running: RunningStore,
    store: ObjectStore,
}

impl Scene {
    async fn new() -> Self {
        Self::on(tempfile::tempdir().unwrap()).await
    }

    async fn on(folder: TempDir) -> Self {
        let running = EmbeddedStore::start(config(&folder)).await.unwrap();
        let store = ObjectStore::new(&settings(&running.addr().to_string())).unwrap();
        Self { folder, running, store }
    }

    async fn put(&self, key: &str, text: &str) {
        put(&self.store, key, text).await.unwrap();
    }

    async fn text(&self, key: &str) -> String {
        let bytes = self.store.get_bytes(key, 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// A link to upload this text.
    fn link(&self, key: &str, text: &str, life: Duration) -> PresignedPut {
        self.store.presign_put(key, text.len() as u64, JPEG, &hash(text), life)
    }

    /// Files below the data folder, but for the lock.
    fn files(&self) -> usize {
        fn count(folder: &std::path::Path) -> usize {
            let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
            entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
        }
        count(self.folder.path()) - 1
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
    }
}

fn settings(address: &str) -> ObjectStoreSettings {
    ObjectStoreSettings {
        endpoint: format!("http://{address}"),
        public_endpoint: None,
        region: "local".into(),
        bucket: BUCKET.into(),
        path_style: true,
        access_key: "key".into(),
        secret_key: "secret".into(),
    }
}

fn hash(bytes: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

async fn put(store: &ObjectStore, key: &str, text: &str) -> Result<(), ObjectError> {
    store.put(key, Bytes::copy_from_slice(text.as_bytes()), JPEG, &hash(text)).await
}

/// Uploads by a link with its headers, and answers the status.
async fn upload(link: &PresignedPut, body: &str) -> StatusCode {
    let mut request = reqwest::Client::new().put(&link.url).body(body.to_owned());
    for (name, value) in &link.headers {
        request = request.header(*name, value);
    }
    request.send().await.unwrap().status()
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    let scene = Scene::new().await;
    let bytes: Bytes = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect::<Vec<u8>>().into();
    scene.store.put("a/b.jpg", bytes.clone(), JPEG, &hash(&bytes)).await.unwrap();

    assert_eq!(scene.store.get_bytes("a/b.jpg", 3_000_000).await.unwrap(), bytes);
    assert_eq!(scene.store.read_hash("a/b.jpg").await.unwrap(), (3_000_000, hash(&bytes)));
    let head = scene.store.head("a/b.jpg").await.unwrap();
    assert_eq!((head.length, head.content_type.as_deref(), head.sha256), (3_000_000, Some(JPEG), Some(hash(&bytes))));
    let too_large = scene.store.get_bytes("a/b.jpg", 2_999_999).await;
    assert!(matches!(too_large, Err(ObjectError::TooLarge { limit: 2_999_999 })));

    scene.store.delete("a/b.jpg").await.unwrap();
    scene.store.delete("a/b.jpg").await.unwrap();
    assert!(matches!(scene.store.head("a/b.jpg").await, Err(ObjectError::NotFound)));
    assert!(matches!(scene.store.get_stream("a/b.jpg").await, Err(ObjectError::NotFound)));
    assert_eq!(scene.files(), 0);
}

#[tokio::test]
async fn an_empty_object_is_an_object() {
    let scene = Scene::new().await;
    scene.put("empty", "").await;
    assert_eq!(scene.text("empty").await, "");
    assert_eq!(scene.store.head("empty").await.unwrap().length, 0);
}

#[tokio::test]
async fn a_part_of_an_object_can_be_read() {
    let scene = Scene::new().await;
    scene.put("a", "0123456789").await;
    let link = scene.store.presign_get("a", HOUR, Some("image/png"));
    let client = reqwest::Client::new();
    for (range, status, expected) in [
        ("bytes=0-0", 206, "0"),
        ("bytes=2-4", 206, "234"),
        ("bytes=7-", 206, "789"),
        ("bytes=-3", 206, "789"),
        ("bytes=5-99", 206, "56789"),
        ("bytes=0-9", 206, "0123456789"),
    ] {
        let answer = client.get(&link).header("range", range).send().await.unwrap();
        assert_eq!(answer.status(), status, "{range}");
        assert_eq!(answer.headers()["content-type"], "image/png");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(answer.content_length(), Some(expected.len() as u64));
        assert_eq!(answer.text().await.unwrap(), expected, "{range}");
    }
    let beyond = client.get(&link).header("range", "bytes=10-").send().await.unwrap();
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let whole = client.get(&link).send().await.unwrap();
    assert_eq!((whole.status(), whole.text().await.unwrap()), (StatusCode::OK, "0123456789".to_owned()));
}

#[tokio::test]
async fn a_copy_keeps_bytes_and_type_and_outlives_its_source() {
    let scene = Scene::new().await;
    scene.put("staging/ä 1+2%", "bytes").await;
    scene.store.copy("staging/ä 1+2%", "photos/1").await.unwrap();
    scene.store.delete("staging/ä 1+2%").await.unwrap();
    assert_eq!(scene.text("photos/1").await, "bytes");
    let head = scene.store.head("photos/1").await.unwrap();
    assert_eq!((head.content_type.as_deref(), head.sha256), (Some(JPEG), Some(hash("bytes"))));
    assert!(matches!(scene.store.copy("staging/none", "photos/1").await, Err(ObjectError::NotFound)));
    assert_eq!(scene.text("photos/1").await, "bytes");
}

#[tokio::test]
async fn a_listing_is_complete_and_in_order_page_by_page() {
    let scene = Scene::new().await;
    let mut keys = vec!["a", "a/", "a/b", "a/b/c", "a//b", "a-b", "a.b", "B/x", "a/ü", "a/bb", "b", "a/<&>\"'"];
    join_all(keys.iter().map(|key| scene.put(key, key))).await;
    keys.sort_unstable();
    for prefix in ["", "a", "a/", "a/b", "B/", "none", "a/b/c"] {
        let expected: Vec<&str> = keys.iter().copied().filter(|key| key.starts_with(prefix)).collect();
        for most in [1, 2, 5, 100] {
            let (mut found, mut next) = (Vec::new(), None);
            loop {
                let page = scene.store.list(prefix, next.as_deref(), most).await.unwrap();
                assert!(page.objects.len() <= usize::from(most));
                found.extend(page.objects);
                next = page.next;
                if next.is_none() {
                    break;
                }
            }
            let found_keys: Vec<&str> = found.iter().map(|object| object.key.as_str()).collect();
            assert_eq!(found_keys, expected, "prefix {prefix:?}, {most} a page");
            assert!(found.iter().all(|object| object.length == object.key.len() as u64));
        }
    }
}

#[tokio::test]
async fn a_bad_digest_leaves_the_old_object() {
    let scene = Scene::new().await;
    scene.put("a", "old").await;
    let refused = scene.store.put("a", Bytes::from_static(b"new"), JPEG, &hash("other")).await;
    assert!(matches!(refused, Err(ObjectError::Refused { status: 400, .. })), "{refused:?}");
    assert_eq!(upload(&scene.link("a", "new", HOUR), "neu").await, StatusCode::BAD_REQUEST);
    assert_eq!(scene.text("a").await, "old");
    assert_eq!(scene.files(), 1, "the refused uploads are gone");
}

#[tokio::test]
async fn no_key_leaves_the_folder() {
    let scene = Scene::new().await;
    let long = format!("{}/{}", "x".repeat(200), "y/".repeat(400));
    for key in ["../out", "a/../../out", "/etc/passwd", "..", ".", "a/./b", "nul\0byte", "C:\\x", "lock", &long] {
        match put(&scene.store, key, key).await {
            Ok(()) => assert_eq!(scene.text(key).await, key, "{key:?}"),
            Err(error) => assert!(matches!(error, ObjectError::Refused { .. }), "{key:?}: {error}"),
        }
    }
    let too_long = put(&scene.store, &"x".repeat(1025), "x").await;
    assert!(matches!(too_long, Err(ObjectError::Refused { status: 400, .. })), "{too_long:?}");
    let too_long = put(&scene.store, &"x".repeat(241), "x").await;
    assert!(matches!(too_long, Err(ObjectError::Refused { status: 400, .. })), "{too_long:?}");

    let mut names: Vec<String> = std::fs::read_dir(&scene.folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["buckets", "incoming", "lock"]);
    // Sent raw: HTTP clients would tidy the dots away.
    let outside = scene.folder.path().parent().unwrap().join("out");
    assert!(!outside.exists());
}

#[tokio::test]
async fn the_first_of_two_creators_wins() {
    let scene = Scene::new().await;
    let sdk = sdk(&scene);
    let create = async |text: &'static str| {
        let put = sdk.put_object().bucket(BUCKET).key("once").if_none_match("*");
        put.body(text.as_bytes().to_vec().into()).send().await
    };
    let (one, two) = futures::join!(create("one"), create("two"));
    assert!(one.is_ok() != two.is_ok());
    let winner = if one.is_ok() { "one" } else { "two" };
    let refused = one.and(two).unwrap_err().raw_response().unwrap().status().as_u16();
    assert_eq!(refused, 412);
    assert_eq!(scene.text("once").await, winner);
    assert_eq!(scene.files(), 1);
}

fn sdk(scene: &Scene) -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(format!("http://{}", scene.running.addr()))
        .region(Region::new("local"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .force_path_style(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

#[tokio::test]
async fn checksums_of_other_kinds_are_checked_too() {
    let scene = Scene::new().await;
    let sdk = sdk(&scene);
    let put = || sdk.put_object().bucket(BUCKET).key("a").body(b"hello".to_vec().into());
    put().content_md5("XUFAKrxLKna5cZ2REBfFkg==").send().await.unwrap();
    put().checksum_crc32("NhCmhg==").send().await.unwrap();
    // By default this SDK sends a CRC as a trailer behind the body.
    put().send().await.unwrap();
    assert!(put().content_md5("1B2M2Y8AsgTpgAmY7PhCfg==").send().await.is_err());
    assert!(put().checksum_crc32("AAAAAA==").send().await.is_err());
    assert_eq!(scene.text("a").await, "hello");
}

#[tokio::test]
async fn writers_of_one_key_never_mix() {
    let scene = Scene::new().await;
    let text = |writer: usize| format!("{writer}").repeat(100_000 + writer);
    for _ in 0..3 {
        let writing = join_all((0..8).map(|writer| async move { text(writer) }));
        let texts = writing.await;
        let results = join_all(texts.iter().map(|text| put(&scene.store, "same", text))).await;
        assert!(results.iter().all(Result::is_ok), "{results:?}");
        let found = scene.text("same").await;
        assert!(texts.contains(&found), "{} bytes, of no writer", found.len());
        let head = scene.store.head("same").await.unwrap();
        assert_eq!((head.length, head.sha256), (found.len() as u64, Some(hash(&found))));
    }
    assert_eq!(scene.files(), 1);
}

#[tokio::test]
async fn a_reader_keeps_the_object_that_it_opened() {
    let scene = Scene::new().await;
    let old = "old ".repeat(500_000);
    scene.put("a", &old).await;
    let mut reader = scene.store.get_stream("a").await.unwrap();
    let mut read = reader.chunk().await.unwrap().unwrap().to_vec();
    scene.put("a", "new").await;
    while let Some(chunk) = reader.chunk().await.unwrap() {
        read.extend_from_slice(&chunk);
    }
    assert!(read == old.as_bytes());
    assert_eq!(scene.text("a").await, "new");
}

#[tokio::test]
async fn a_restart_keeps_the_objects_and_sweeps_the_rest() {
    let scene = Scene::new().await;
    scene.put("a/b", "kept").await;
    scene.put("gone/soon", "x").await;
    scene.store.delete("gone/soon").await.unwrap();
    let second = EmbeddedStore::start(config(&scene.folder)).await;
    assert!(second.unwrap_err().to_string().contains("another object store is running on this folder"));
    scene.running.shutdown().await;
    let left_over = scene.folder.path().join("incoming/left over");
    std::fs::write(&left_over, "half").unwrap();

    let scene = Scene::on(scene.folder).await;
    assert_eq!(scene.text("a/b").await, "kept");
    assert!(!left_over.exists());
    assert_eq!(std::fs::read_dir(scene.folder.path().join("buckets/photos")).unwrap().count(), 1);
}

#[tokio::test]
async fn shutdown_answers_what_is_in_progress() {
    let scene = Scene::new().await;
    let text = "x".repeat(1 << 20);
    let link = scene.link("a", &text, HOUR);
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<String, std::io::Error>>();
    let mut request = reqwest::Client::new().put(&link.url).body(reqwest::Body::wrap_stream(receiver));
    for (name, value) in &link.headers {
        request = request.header(*name, value);
    }
    sender.unbounded_send(Ok(text[..1000].to_owned())).unwrap();
    let uploading = tokio::spawn(request.send());
    while scene.files() == 0 {
        tokio::task::yield_now().await;
    }
    let address = scene.running.addr();
    let stopping = tokio::spawn(scene.running.shutdown());
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    sender.unbounded_send(Ok(text[1000..].to_owned())).unwrap();
    drop(sender);
    stopping.await.unwrap();
    let objects = std::fs::read_dir(scene.folder.path().join("buckets/photos")).unwrap().count();
    assert_eq!(objects, 1, "shutdown ended before the upload did");
    assert_eq!(uploading.await.unwrap().unwrap().status(), StatusCode::OK);
    let scene = Scene::on(scene.folder).await;
    assert_eq!(scene.store.read_hash("a").await.unwrap().1, hash(&text));
}
