//! The envelope of an operation: errors, request ids, headers, sign-in, rates, health.

use std::time::Duration;

use serde_json::json;
use transport::{Rate, Settings};

use super::schema::SECRET;
use super::server::{Server, Store, send, settings};

#[tokio::test]
async fn only_our_own_errors_are_shown() {
    let server = Server::start().await;
    for field in ["internal", "foreign", "plain"] {
        let answer = server.ask(&format!("{{ hello {field} }}")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body["data"], json!({ "hello": "hello you", field: null }));
        let error = &answer.body["errors"][0];
        assert_eq!(error["message"], "internal error", "{field}");
        assert_eq!(error["extensions"]["code"], "INTERNAL");
        assert_eq!(error["extensions"]["requestId"].as_str(), answer.header("x-request-id"));
        assert_eq!(error["path"], json!([field]));
        assert!(!answer.text.contains(SECRET), "{}", answer.text);
    }
    let answer = server.ask("{ missing }").await;
    assert_eq!((answer.code(), &answer.body["errors"][0]["message"]), (Some("NOT_FOUND"), &json!("not found")));
}

#[tokio::test]
async fn error_of_the_client_program_is_explained() {
    let server = Server::start().await;
    let answer = server.ask_with("query ($n: Even!) { half(of: $n) }", json!({ "n": 3 })).await;
    assert!(answer.text.contains("an even number, please"), "{}", answer.text);
    assert!(answer.code().is_some_and(|code| code != "INTERNAL"), "{}", answer.text);
    let answer = server.ask_with("query ($n: Even!) { half(of: $n) }", json!({ "n": 8 })).await;
    assert_eq!(answer.body["data"]["half"], 4);
}

#[tokio::test]
async fn answer_has_at_most_fifty_errors() {
    let server = Server::start().await;
    let answer = server.ask("{ faults(count: 80) { value } }").await;
    assert_eq!(answer.body["data"]["faults"].as_array().map(Vec::len), Some(80));
    assert_eq!(answer.body["errors"].as_array().map(Vec::len), Some(50));
    assert_eq!(answer.code(), Some("FAULTY"));
    let unknown: String = (0..200).map(|number| format!(" x{number}")).collect();
    let answer = server.ask(&format!("query {{ faults(count: 1) {{ {unknown} }} }}")).await;
    assert_eq!(answer.body["errors"].as_array().map(Vec::len), Some(50));
}

#[tokio::test]
async fn panic_is_a_masked_500_and_the_process_survives() {
    let server = Server::start().await;
    for document in ["{ boom }", "mutation { boom }"] {
        let answer = server.ask(document).await;
        assert_eq!((answer.status, answer.code()), (500, Some("INTERNAL")), "{document}");
        assert_eq!(answer.body["errors"][0]["extensions"]["requestId"].as_str(), answer.header("x-request-id"));
        assert!(!answer.text.contains(SECRET));
    }
    let answer = send(server.get("/panics")).await;
    assert_eq!((answer.status, answer.code()), (500, Some("INTERNAL")));
    assert_eq!(server.ask("{ hello }").await.status, 200);
}

#[tokio::test]
async fn valid_request_id_is_kept_and_another_is_replaced() {
    let server = Server::start().await;
    let document = json!({ "query": "{ requestId }" });
    let with = |id: &str| server.post().header("x-request-id", id.to_owned()).json(&document);
    let own = "0190a4f0-7c1e-7000-8000-00000000002a";
    let answer = send(with(own)).await;
    assert_eq!(answer.header("x-request-id"), Some(own));
    assert_eq!(answer.body["data"]["requestId"], own);
    let token = "Zk3vQ0a7mB9dX2cL5nR8tY1uW4eP6iO-sF_gH3jK7lA";
    let long = "x".repeat(65);
    for id in ["a b", "<script>", "", "tablet-7.42_a", token, &token[..36], &long] {
        let answer = send(with(id)).await;
        let made = answer.header("x-request-id").expect("an id");
        assert_ne!(made, id);
        assert_eq!(answer.body["data"]["requestId"], made);
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let server = Server::start().await;
    for path in ["/graphql", "/healthz", "/nothing"] {
        let answer = send(server.get(path)).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("content-security-policy").is_some());
        assert!(answer.header("x-request-id").is_some());
        assert!(answer.header("access-control-allow-origin").is_none());
    }
}

#[tokio::test]
async fn hsts_is_sent_only_if_it_is_set() {
    let header = "strict-transport-security";
    assert_eq!(send(Server::start().await.get("/healthz")).await.header(header), None);
    let server = Server::with(Settings { hsts: true, ..settings() }).await;
    for path in ["/graphql", "/healthz", "/nothing"] {
        assert_eq!(send(server.get(path)).await.header(header), Some("max-age=31536000"), "{path}");
    }
}

#[tokio::test]
async fn only_configured_origins_may_call_from_web_pages() {
    let origin = "https://app.example.org";
    let server =
        Server::with(Settings { cors_origins: vec![http::HeaderValue::from_static(origin)], ..settings() }).await;
    let from = |origin: &'static str| server.post().header("origin", origin).json(&json!({ "query": "{ hello }" }));
    assert_eq!(send(from(origin)).await.header("access-control-allow-origin"), Some(origin));
    assert_eq!(send(from("https://evil.example.org")).await.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn token_identifies_the_person() {
    let server = Server::start().await;
    assert_eq!(server.ask_as("of-ana", "{ whoami }").await.body["data"]["whoami"], "ana");
    let answer = server.ask("{ whoami }").await;
    assert_eq!(answer.code(), Some("UNAUTHENTICATED"));
    let answer = server.ask_as("expired", "{ hello }").await;
    assert_eq!((answer.status, answer.code()), (401, Some("UNAUTHENTICATED")));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let basic = server.post().basic_auth("ana", Some("x")).json(&json!({ "query": "{ hello }" }));
    assert_eq!(send(basic).await.status, 401);
    let answer = server.ask_as("of-a-broken-database", "{ hello }").await;
    assert_eq!((answer.status, answer.code()), (500, Some("INTERNAL")));
    assert!(!answer.text.contains("10.1.2.3"));
    let answer = server.ask_as("of-a-slow-database", "{ hello }").await;
    assert_eq!((answer.status, answer.code(), answer.header("retry-after")), (503, Some("TIMEOUT"), Some("5")));
}

/// Ten points, with so slow a refill that it does not affect a test.
fn ten_points() -> Settings {
    Settings { rate: Some(Rate { points: 10.0, per_second: 0.01 }), ..settings() }
}

#[tokio::test]
async fn address_spends_points_until_they_are_used_up() {
    let server = Server::with(ten_points()).await;
    for _ in 0..10 {
        assert_eq!(server.ask("{ hello }").await.status, 200);
    }
    let answer = server.ask("{ hello }").await;
    assert_eq!((answer.status, answer.code()), (429, Some("RATE_LIMITED")));
    let wait: u64 = answer.header("retry-after").and_then(|value| value.parse().ok()).expect("Retry-After");
    assert!((90..=100).contains(&wait), "one point at 0.01 a second: {wait}");
    assert_eq!(send(server.get("/healthz")).await.status, 200, "health is free");
}

#[tokio::test]
async fn person_spends_the_same_points_at_every_address() {
    let server =
        Server::with(Settings { trusted_proxies: vec!["127.0.0.0/8".parse().expect("a network")], ..ten_points() })
            .await;
    let ask = |address: u8, token: &'static str| {
        let request = server.post().bearer_auth(token).header("x-forwarded-for", format!("10.0.0.{address}"));
        send(request.json(&json!({ "query": "{ hello }" })))
    };
    for address in 0..10 {
        assert_eq!(ask(address, "of-ana").await.status, 200);
    }
    assert_eq!(ask(10, "of-ana").await.status, 429);
    assert_eq!(ask(10, "of-bo").await.status, 200);
}

#[tokio::test]
async fn cost_is_charged_and_can_be_switched_off() {
    let server = Server::with(ten_points()).await;
    // A list of objects costs 3: a statement, and 20 objects.
    let dear = "{ a: faults(count: 0) { value } b: faults(count: 0) { value } c: faults(count: 0) { value } }";
    assert_eq!(server.ask(dear).await.status, 200);
    assert_eq!(server.ask(dear).await.status, 429);
    let server = Server::with(Settings { rate: None, ..settings() }).await;
    for _ in 0..20 {
        assert_eq!(server.ask(dear).await.status, 200);
    }
}

#[tokio::test]
async fn readiness_reports_each_part() {
    let server = Server::start().await;
    assert_eq!(send(server.get("/healthz")).await.status, 200);
    let answer = send(server.get("/readyz")).await;
    let ready = json!({ "status": "ready" });
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, json!({ "status": "ready", "parts": { "database": ready, "store": ready } }));
    for (store, state) in [(Store::Fails, "unavailable"), (Store::Hangs, "timed out")] {
        let quick = Settings { ready_timeout: Duration::from_millis(50), ..settings() };
        let server = Server::with_store(quick, store).await;
        let answer = send(server.get("/readyz")).await;
        assert_eq!((answer.status, &answer.body["status"]), (503, &json!("unavailable")));
        assert_eq!(answer.body["parts"], json!({ "database": ready, "store": { "status": state } }));
        assert!(!answer.text.contains("10.1.2.3"));
        assert_eq!(send(server.get("/healthz")).await.status, 200);
    }
}

#[tokio::test]
async fn introspection_can_be_switched_off_and_nothing_is_suggested() {
    let document = "{ __schema { queryType { name } } }";
    let server = Server::start().await;
    assert_eq!(server.ask(document).await.body["data"]["__schema"]["queryType"]["name"], "Query");
    let server = Server::with(Settings::default()).await;
    let answer = server.ask(document).await;
    assert_eq!((answer.status, answer.code()), (400, Some("INTROSPECTION_DISABLED")));
    assert!(!server.ask("{ hallo }").await.text.contains("hello"), "names must not be suggested");
    assert_eq!(server.ask("{ __typename }").await.body["data"]["__typename"], "Query");
}
