//! DNS rebinding: a page of another site whose name resolves to this machine. To the browser the page and the server
//! have one origin, and only the host name of the request shows the page's site.

use std::net::SocketAddr;

use embedded_s3::{EmbeddedStore, StoreClock, StoreConfig};
use listener::{Hosts, Limits};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::json;
use sha2::{Digest, Sha256};
use tests::app::TestApp;
use tests::database::TestDb;
use tests::on_both_databases;
use tests::stores::settings_at;

use crate::server_process::Process;

/// The requests that a page may send to a server at an address.
fn requests(client: &Client, address: &str) -> Vec<(&'static str, RequestBuilder)> {
    let url = |path: &str| format!("http://{address}{path}");
    let socket = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-protocol", "graphql-transport-ws"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let upgrade = |request: RequestBuilder, (name, value): (&str, &str)| request.header(name, value);
    let preflight = client.request(Method::OPTIONS, url("/graphql")).header("access-control-request-method", "POST");
    vec![
        ("the page", client.get(url("/"))),
        ("the sign-ins", client.get(url("/demo/people.json"))),
        ("the page of links", client.get(url("/join"))),
        ("no page", client.get(url("/nowhere"))),
        ("the health", client.get(url("/healthz"))),
        ("a query", client.get(url("/graphql?query=%7B__typename%7D"))),
        ("an operation", client.post(url("/graphql")).json(&json!({ "query": "{ __typename }" }))),
        ("a preflight", preflight),
        ("a socket", socket.into_iter().fold(client.get(url("/graphql")), upgrade)),
    ]
}

/// Whether a server answers under a host name: all requests, or none.
async fn answers(address: &str, host: &str) -> bool {
    let mut statuses = Vec::new();
    for (what, request) in requests(&Client::new(), address) {
        let origin = format!("http://{host}");
        let answer = request.header("host", host).header("origin", origin).send().await.expect(what);
        let status = answer.status();
        if status == StatusCode::MISDIRECTED_REQUEST {
            let text = answer.text().await.expect("a body");
            for part in ["WRONG_HOST", "localhost, 127.0.0.1, [::1]", "every IP address", "HANDOVER_HOSTS"] {
                assert!(text.contains(part), "{what} of {host}: {text}");
            }
        }
        statuses.push((what, status));
    }
    let refused = statuses.iter().filter(|(_, status)| *status == StatusCode::MISDIRECTED_REQUEST).count();
    assert!(refused == 0 || refused == statuses.len(), "{host}: {statuses:?}");
    refused == 0
}

/// The program with these settings, on the test's database.
async fn program(db: &TestDb, folder: &tempfile::TempDir, more: &[(&str, &str)]) -> Process {
    // These requests do not use the store.
    let started = Process::server(folder.path(), &db.settings.url, "127.0.0.1:9", more).await;
    started.unwrap_or_else(|error| panic!("{error}"))
}

on_both_databases! {
    async fn demo_answers_only_pages_of_this_machine(db: TestDb) {
        // The demo is on, and not seeded beside other projects.
        let _app = TestApp::start(&db).await;
        let folder = tempfile::tempdir().expect("a folder");
        let server = program(&db, &folder, &[("HANDOVER_DEMO", "true")]).await;
        let address: SocketAddr = server.address.parse().expect("an address");
        let port = address.port();
        for right in ["localhost", "127.0.0.1", "[::1]", "192.168.1.5"] {
            assert!(answers(&server.address, &format!("{right}:{port}")).await, "{right}");
            assert!(answers(&server.address, right).await, "{right} without a port");
        }
        for wrong in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "handover.example"] {
            assert!(!answers(&server.address, &format!("{wrong}:{port}")).await, "{wrong}");
            assert!(!answers(&server.address, wrong).await, "{wrong} without a port");
        }
        let chinese = Client::new().get(format!("http://{address}/")).header("host", "evil.example");
        let chinese = chinese.header("accept-language", "zh-CN").send().await.expect("an answer");
        assert!(chinese.text().await.expect("a body").contains("主机名"));
        server.kill().await;

        let server = program(&db, &folder, &[("HANDOVER_DEMO", "true"), ("HANDOVER_HOSTS", "[\"handover.example\"]")]).await;
        for (host, right) in [("handover.example", true), ("Handover.Example:8443", true), ("localhost", true), ("evil.example", false)] {
            assert_eq!(answers(&server.address, host).await, right, "{host}");
        }
        server.kill().await;
    }

    async fn server_without_the_demo_answers_every_host_unless_hosts_are_named(db: TestDb) {
        let _app = TestApp::start(&db).await;
        let folder = tempfile::tempdir().expect("a folder");
        let server = program(&db, &folder, &[]).await;
        for host in ["handover.example", "127.0.0.1:80", "any.example:8443"] {
            assert!(answers(&server.address, host).await, "{host}");
        }
        server.kill().await;
        let server = program(&db, &folder, &[("HANDOVER_HOSTS", "[\"handover.example\"]")]).await;
        for (host, right) in [("handover.example", true), ("127.0.0.1:80", true), ("any.example:8443", false)] {
            assert_eq!(answers(&server.address, host).await, right, "{host}");
        }
        server.kill().await;
    }
}

#[tokio::test]
async fn embedded_store_accepts_the_same_host_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = StoreConfig {
        folder: folder.path().to_owned(),
        listen: ([127, 0, 0, 1], 0).into(),
        access_key: "key".into(),
        secret_key: "secret".into(),
        bucket: "handover".into(),
        region: "local".into(),
        limits: Limits { hosts: Hosts::only(["photos.example".to_owned()]), ..embedded_s3::connection_limits() },
        clock: StoreClock::new(|| 1_772_409_600_000),
    };
    let running = EmbeddedStore::start(config).await.expect("a store");
    let store = blob_store::ObjectStore::new(&settings_at(&running.addr().to_string())).expect("a client");
    let bytes = bytes::Bytes::from_static(b"a photo");
    store.put("a", bytes.clone(), "image/png", &Sha256::digest(&bytes).into()).await.expect("the own client");
    let link = store.presign_get("a", blob_store::Caching::Own, None);
    let ask = async |host: &str| {
        let answer = Client::new().get(&link).header("host", host).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a body"))
    };
    let (status, text) = ask("evil.example").await;
    assert_eq!(status, StatusCode::MISDIRECTED_REQUEST);
    assert!(text.contains("photos.example") && text.contains("HANDOVER_HOSTS"), "{text}");
    let upload = Client::new().request(Method::OPTIONS, &link).header("host", "evil.example");
    let upload = upload.header("origin", "http://evil.example").header("access-control-request-method", "PUT");
    assert_eq!(upload.send().await.expect("an answer").status(), StatusCode::MISDIRECTED_REQUEST);
    // A request with an accepted name fails at the signature, which covers the name in the link.
    assert_eq!(ask("photos.example:443").await.0, StatusCode::FORBIDDEN);
    assert_eq!(ask(&running.addr().to_string()).await, (StatusCode::OK, "a photo".to_owned()));
    running.shutdown().await;
}
