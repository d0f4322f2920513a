//! The same attacks on the embedded object store's port.

use blob_store::ObjectStore;
use embedded_s3::{EmbeddedStore, RunningStore, StoreClock, StoreConfig};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tests::stores::settings_at;

use super::*;

async fn store(limits: Limits) -> (RunningStore, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = StoreConfig {
        folder: folder.path().to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        access_key: "key".into(),
        secret_key: "secret".into(),
        bucket: "handover".into(),
        region: "local".into(),
        limits,
        clock: StoreClock::new(|| 1_772_409_600_000),
    };
    (EmbeddedStore::start(config).await.expect("a store"), folder)
}

/// The head of a PUT by a link for this many bytes of `x`.
fn put(store: &RunningStore, bytes: usize) -> String {
    let client = ObjectStore::new(&settings_at(&store.addr().to_string())).expect("a client");
    let hash: [u8; 32] = Sha256::digest(vec![b'x'; bytes]).into();
    let link = client.presign_put("a", bytes as u64, "image/jpeg", &hash, Duration::from_secs(3_600));
    let (_, path) = link.url.split_once(&store.addr().to_string()).expect("a link to the store");
    let mut head = format!("PUT {path} HTTP/1.1\r\nhost: {}\r\n", store.addr());
    for (name, value) in &link.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !head.contains("content-length") {
        head.push_str(&format!("content-length: {bytes}\r\n"));
    }
    head + "\r\n"
}

/// The same head with another signature.
fn forged(head: String) -> String {
    let (before, after) = head.split_once("X-Amz-Signature=").expect("a signature");
    let digit = if after.starts_with('0') { '1' } else { '0' };
    format!("{before}X-Amz-Signature={digit}{}", &after[1..])
}

#[tokio::test]
async fn silent_connections_and_half_heads_are_closed() {
    let (store, _folder) = store(short()).await;
    for beginning in ["", "G", "GET /handover/a HTTP/1.1\r\nhost: x\r\nx-", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut one = Raw::to(store.addr()).await;
        one.send(beginning).await;
        one.closed().await;
    }
    let mut idle = Raw::to(store.addr()).await;
    assert_eq!(idle.ask("GET /handover/a HTTP/1.1\r\nhost: x\r\n\r\n").await, "HTTP/1.1 403 Forbidden\r\n");
    idle.closed().await;
}

#[tokio::test]
async fn connections_of_an_address_are_bounded() {
    let (store, _folder) = store(Limits { per_address: 2, ..Limits::default() }).await;
    let get = "GET /handover/a HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut one = Raw::to(store.addr()).await;
        assert_eq!(one.ask(get).await, "HTTP/1.1 403 Forbidden\r\n");
        open.push(one);
    }
    assert_eq!(Raw::to(store.addr()).await.closed().await, 0);
    let mut other = Raw::from([127, 0, 0, 2], store.addr()).await;
    assert_eq!(other.ask(get).await, "HTTP/1.1 403 Forbidden\r\n");
}

#[tokio::test]
async fn forms_are_refused_before_they_are_read() {
    let (store, _folder) = store(Limits::default()).await;
    for kind in
        ["multipart/form-data; boundary=x", "Multipart/Form-Data; boundary=x", " multipart/form-data; boundary=x"]
    {
        let mut form = Raw::to(store.addr()).await;
        let head = format!(
            "POST /handover HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\ncontent-type: {kind}\r\n\r\n--x\r\n"
        );
        assert_eq!(form.ask(head).await, "HTTP/1.1 501 Not Implemented\r\n", "{kind}");
    }
}

#[tokio::test]
async fn slow_uploads_are_aborted_and_leave_nothing() {
    let (store, folder) = store(short()).await;
    let mut whole = Raw::to(store.addr()).await;
    assert_eq!(whole.ask(put(&store, 1_000) + &"x".repeat(1_000)).await, OK);
    let files = || std::fs::read_dir(folder.path().join("incoming")).expect("a folder").count();
    let before = files();
    let mut slow = Raw::to(store.addr()).await;
    assert_eq!(slow.ask(put(&store, 100_000) + "x").await, "HTTP/1.1 400 Bad Request\r\n");
    slow.closed().await;
    assert_eq!(files(), before);
}

#[tokio::test]
async fn clients_that_send_everything_before_they_read_can_read_a_refusal() {
    let (store, _folder) = store(Limits::default()).await;
    for _ in 0..5 {
        let mut one = Raw::to(store.addr()).await;
        one.send(forged(put(&store, 5_000_000))).await;
        one.send(vec![b'x'; 5_000_000]).await;
        assert_eq!(one.status().await, "HTTP/1.1 403 Forbidden\r\n");
    }
}
