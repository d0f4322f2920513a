//! Attacks by browsers and similar HTTP clients: pages of other origins, ranges and conditions, odd requests.

use std::net::SocketAddr;

use app::Clock;
use blob_store::Caching;
use bytes::Bytes;
use domain::Timestamp;
use http::HeaderValue;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tests::app::{START, TestApp, object_store};
use tests::on_both_databases;
use tests::on_both_stores;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PAGE: &str = "https://app.example";
const EVIL: &str = "https://evil.example";
const UPLOAD_HEADERS: &str = "content-type,x-amz-checksum-sha256";

fn preflight(url: &str, origin: &str, method: &str, headers: &str) -> RequestBuilder {
    Client::new()
        .request(Method::OPTIONS, url)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", headers)
}

/// The clock that dates the store's objects.
fn clock() -> Clock {
    Clock::fixed(Timestamp::from_rfc3339(START).expect("a moment"))
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

/// Sends these bytes unchanged; returns the status and the whole answer.
async fn raw(address: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, answer)
}

fn address_of(app: &TestApp) -> SocketAddr {
    app.url("").trim_start_matches("http://").parse().expect("an address")
}

#[tokio::test]
async fn only_pages_of_named_origins_upload_and_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, store) = object_store(&folder, &clock()).await;
    running.allow_pages(vec![HeaderValue::from_static(PAGE), HeaderValue::from_static("http://127.0.0.1:8080")]);
    let bytes = b"a photo";
    let put =
        store.presign_put("a", 7, "image/jpeg", &Sha256::digest(bytes).into(), std::time::Duration::from_secs(60));
    let get = store.presign_get("a", Caching::Own, None);
    for (origin, allowed) in [(PAGE, true), ("http://127.0.0.1:8080", true), (EVIL, false), ("null", false)] {
        for (url, method) in [(&put.url, "PUT"), (&get, "GET")] {
            let answer = send(preflight(url, origin, method, UPLOAD_HEADERS)).await;
            let told = header(&answer, "access-control-allow-origin");
            assert_eq!((answer.status().is_success(), told == origin), (allowed, allowed), "{origin} {method}");
            assert_eq!(header(&answer, "access-control-allow-methods").contains(method), allowed);
            assert_eq!(header(&answer, "access-control-allow-headers").contains("x-amz-checksum-sha256"), allowed);
        }
        let mut upload = Client::new().put(&put.url).header("origin", origin).body(bytes.to_vec());
        for (name, value) in put.headers.iter().filter(|(name, _)| *name != "content-length") {
            upload = upload.header(*name, value);
        }
        let answer = send(upload).await;
        // The link is the permission; a page of another origin is only prevented from reading the answer.
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(header(&answer, "access-control-allow-origin") == origin, allowed, "{origin}");
        let answer = send(Client::new().get(&get).header("origin", origin)).await;
        assert_eq!(header(&answer, "access-control-allow-origin") == origin, allowed, "{origin}");
        assert!(header(&answer, "vary").contains("origin"));
        assert_eq!(answer.bytes().await.expect("bytes").as_ref(), bytes);
    }
    // Without a signature a page reads nothing but the error.
    let answer = send(Client::new().get(get.split('?').next().expect("a path")).header("origin", PAGE)).await;
    assert_eq!((answer.status(), header(&answer, "access-control-allow-origin")), (StatusCode::FORBIDDEN, PAGE));
    running.shutdown().await;
}

#[tokio::test]
async fn no_origin_is_allowed_before_the_program_sets_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_running, store) = object_store(&folder, &clock()).await;
    let get = store.presign_get("a", Caching::Own, None);
    let answer = send(preflight(&get, PAGE, "GET", "range")).await;
    assert_eq!((answer.status(), header(&answer, "access-control-allow-origin")), (StatusCode::FORBIDDEN, ""));
}

on_both_stores! {
    async fn a_store_of_another_is_given_the_rule_that_it_lacks(store: AnyStore) {
        if !store.is_garage() {
            // The embedded store accepts no CORS rules over S3: the program sets its origins, and the client detects
            // that.
            assert!(store.store.allow_pages(&[PAGE.to_owned()]).await.is_err());
            return;
        }
        for _ in 0..2 {
            store.store.allow_pages(&[PAGE.to_owned()]).await.expect("a rule");
        }
        let get = store.store.presign_get("a", Caching::Own, None);
        let answer = send(preflight(&get, PAGE, "PUT", UPLOAD_HEADERS)).await;
        assert!(answer.status().is_success() && [PAGE, "*"].contains(&header(&answer, "access-control-allow-origin")));
    }
}

#[tokio::test]
async fn uploaded_file_can_only_be_displayed_in_a_browser() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_running, store) = object_store(&folder, &clock()).await;
    let page = Bytes::from_static(b"<script>alert(1)</script>");
    store.put("a", page.clone(), "image/png", &Sha256::digest(&page).into()).await.expect("put");
    let answer = send(Client::new().get(store.presign_get("a", Caching::Own, Some("image/png")))).await;
    for (name, value) in [
        ("content-type", "image/png"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(header(&answer, name), value, "{name}");
    }
}

#[tokio::test]
async fn ranges_and_conditions_follow_the_http_standard() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_running, store) = object_store(&folder, &clock()).await;
    let bytes = Bytes::from_static(b"0123456789");
    store.put("a", bytes.clone(), "image/png", &Sha256::digest(&bytes).into()).await.expect("put");
    let get = store.presign_get("a", Caching::Own, None);
    for (range, status, body) in [
        ("bytes=2-4", 206, "234"),
        ("bytes=-3", 206, "789"),
        ("bytes=8-99", 206, "89"),
        ("bytes=9-0", 200, "0123456789"),
        ("lines=1-2", 200, "0123456789"),
        ("bytes=0-1,4-5", 200, "0123456789"),
        ("bytes=", 200, "0123456789"),
    ] {
        let answer = send(Client::new().get(&get).header("range", range)).await;
        assert_eq!((answer.status().as_u16(), answer.text().await.expect("text").as_str()), (status, body), "{range}");
    }
    let beyond = send(Client::new().get(&get).header("range", "bytes=10-")).await;
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let first = send(Client::new().get(&get)).await;
    let (written, tag) = (header(&first, "last-modified").to_owned(), header(&first, "etag").to_owned());
    let long_ago = "Mon, 02 Mar 1998 00:00:00 GMT";
    for (conditions, status) in [
        (vec![("if-modified-since", written.as_str())], 304),
        (vec![("if-modified-since", long_ago)], 200),
        (vec![("if-unmodified-since", written.as_str())], 200),
        (vec![("if-unmodified-since", long_ago)], 412),
        (vec![("if-none-match", tag.as_str())], 304),
        // Tags have precedence over times.
        (vec![("if-none-match", "\"other\""), ("if-modified-since", written.as_str())], 200),
        (vec![("if-match", tag.as_str()), ("if-unmodified-since", long_ago)], 200),
    ] {
        let request =
            conditions.iter().fold(Client::new().get(&get), |request, (name, value)| request.header(*name, *value));
        assert_eq!(send(request).await.status().as_u16(), status, "{conditions:?}");
    }
}

on_both_databases! {
    async fn odd_requests_are_refused_with_a_reason(db: TestDb) {
        let app = TestApp::start(&db).await;
        let address = address_of(&app);
        let get = |headers: &str| format!("GET /graphql?query=%7B__typename%7D HTTP/1.1\r\n{headers}connection: close\r\n\r\n");
        let many: String = (0..90).map(|n| format!("x-{n}: {}\r\n", "y".repeat(500))).collect();
        for (headers, status) in [
            ("host: a\r\n".to_owned(), 200),
            (String::new(), 400),
            ("host: a\r\nhost: b\r\n".to_owned(), 400),
            (format!("host: a\r\n{many}"), 431),
        ] {
            let (told, answer) = raw(address, &get(&headers)).await;
            assert_eq!(told, status, "{:.80} {answer:.500}", headers);
        }
        let document = json!({ "query": "{ apiInfo { version } }" }).to_string();
        let post = |body: Vec<u8>| app.client().post(app.url("/graphql")).header("content-type", "application/json").body(body);
        let packed = send(post(document.clone().into_bytes()).header("content-encoding", "gzip")).await;
        assert_eq!(packed.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert!(packed.text().await.expect("text").contains("Content-Encoding"));
        let marked = send(post([&b"\xEF\xBB\xBF"[..], document.as_bytes()].concat())).await;
        assert_eq!(marked.status(), StatusCode::OK);
        assert!(marked.text().await.expect("text").contains("\"version\""));

        let upgrade = "host: a\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n";
        for key in ["", "sec-websocket-key: \r\n", "sec-websocket-key: c2hvcnQ=\r\n", "sec-websocket-key: no base64 at all\r\n"] {
            let request = format!("GET /graphql HTTP/1.1\r\nconnection: upgrade\r\n{upgrade}{key}\r\n");
            let mut stream = TcpStream::connect(address).await.expect("a connection");
            stream.write_all(request.as_bytes()).await.expect("sent");
            let mut start = [0; 12];
            stream.read_exact(&mut start).await.expect("an answer");
            assert_eq!(String::from_utf8_lossy(&start), "HTTP/1.1 400", "{key}");
        }
    }

    async fn every_answer_has_the_security_headers(db: TestDb) {
        let app = TestApp::start(&db).await;
        for path in ["/healthz", "/graphql?query=%7B__typename%7D", "/nowhere"] {
            let answer = send(app.client().get(app.url(path))).await;
            for (name, value) in [
                ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                ("x-frame-options", "DENY"),
                // Only if a setting says that TLS is permanent.
                ("strict-transport-security", ""),
            ] {
                assert_eq!(header(&answer, name), value, "{path} {name}");
            }
        }
    }

    async fn persisted_query_hash_is_answered_so_that_apollo_sends_the_document(db: TestDb) {
        let app = TestApp::start(&db).await;
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": "00" } });
        let answer = app.ask_body(None, &json!({ "operationName": "A", "variables": {}, "extensions": extensions })).await;
        let error = &answer["errors"][0];
        assert_eq!((&error["message"], &error["extensions"]["code"]),
            (&json!("PersistedQueryNotSupported"), &json!("PERSISTED_QUERY_NOT_SUPPORTED")));
        let with_document = json!({ "query": "{ __typename }", "extensions": extensions });
        assert_eq!(app.ask_body(None, &with_document).await, json!({ "data": { "__typename": "Query" } }));
        let url = format!("/graphql?extensions={}", "%7B%22persistedQuery%22%3A%7B%7D%7D");
        let answer = send(app.client().get(app.url(&url))).await;
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_SUPPORTED");
    }

    async fn far_future_moments_are_accepted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let document = "query($id: ID!, $until: DateTime) { project(id: $id) { defectCount(filter: { dueBefore: $until }) } }";
        let variables = json!({ "id": app.project.id, "until": "9999-12-31T23:59:59.999Z" });
        assert_eq!(app.user("manager").await.ok(document, variables).await["project"]["defectCount"], 0);
    }
}
