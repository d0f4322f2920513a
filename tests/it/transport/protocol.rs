//! Media types, methods, status codes and parameters of GraphQL over HTTP.

use serde_json::json;

use super::server::{Server, send};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

#[tokio::test]
async fn media_type_decides_the_status_of_a_request_error() {
    let server = Server::start().await;
    for (document, code) in [("{", "GRAPHQL_PARSE_FAILED"), ("{ nothing }", "GRAPHQL_VALIDATION_FAILED")] {
        for (accept, status) in [(GRAPHQL, 400), (JSON, 200), ("*/*", 200)] {
            let answer = send(server.post().header("accept", accept).json(&json!({ "query": document }))).await;
            assert_eq!(answer.status, status, "{document} {accept}");
            assert_eq!(answer.code(), Some(code));
            assert!(answer.body.get("data").is_none(), "nothing ran, so there is no data: {}", answer.text);
        }
    }
    let answer = server.ask("{ hello missing }").await;
    assert_eq!(answer.status, 200, "a part of the answer is an answer");
    assert_eq!(answer.body["data"], json!({ "hello": "hello you", "missing": null }));
    assert!(answer.header("content-type").is_some_and(|value| value.starts_with(GRAPHQL)));
}

#[tokio::test]
async fn other_types_are_refused() {
    let server = Server::start().await;
    let document = json!({ "query": "{ hello }" }).to_string();
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx"]
    {
        let answer = send(server.post().header("content-type", kind).body(document.clone())).await;
        assert_eq!((answer.status, answer.code()), (415, Some("UNSUPPORTED_MEDIA_TYPE")), "{kind}");
    }
    assert_eq!(send(server.post().body(document.clone())).await.status, 415);
    let latin = server.post().header("content-type", "application/json; charset=latin1");
    assert_eq!(send(latin.body(document.clone())).await.status, 415);
    let html = server.post().header("content-type", JSON).header("accept", "text/html");
    assert_eq!(send(html.body(document)).await.status, 406);
}

#[tokio::test]
async fn get_is_for_queries_alone() {
    let server = Server::start().await;
    let get = |query: &str| server.get_graphql(&[("query", query), ("variables", "{\"n\": \"ana\"}")]);
    let answer = send(get("query ($n: String) { hello(name: $n) }")).await;
    assert_eq!(answer.body["data"]["hello"], "hello ana");
    let answer = send(get("mutation { write(value: 1) }")).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    let two = [("query", "query A { hello } mutation B { write(value: 1) }"), ("operationName", "B")];
    assert_eq!(send(server.get_graphql(&two)).await.status, 405, "the operation that is chosen counts");
    assert_eq!(send(server.get("/graphql")).await.status, 400);
    assert_eq!(send(server.get_graphql(&[("query", "{ hello }"), ("variables", "[")])).await.status, 400);
}

#[tokio::test]
async fn malformed_parameters_are_named() {
    let server = Server::start().await;
    let cases = [
        (json!([{ "query": "{ hello }" }]), "arrays of operations"),
        (json!(["{ hello }"]), "arrays of operations"),
        (json!("{ hello }"), "must be a JSON object"),
        (json!({}), "query is missing"),
        (json!({ "query": 1 }), "query must be a string"),
        (json!({ "query": "{ hello }", "variables": [] }), "variables must be an object"),
        (json!({ "query": "{ hello }", "extensions": "x" }), "extensions must be an object"),
        (json!({ "query": "{ hello }", "operationName": 7 }), "operationName must be a string"),
    ];
    for (body, message) in cases {
        let answer = send(server.post().json(&body)).await;
        assert_eq!((answer.status, answer.code()), (400, Some("BAD_REQUEST")), "{body}");
        let told = answer.body["errors"][0]["message"].as_str().unwrap_or_default();
        assert!(told.contains(message), "{body}: {told}");
    }
}

#[tokio::test]
async fn subscriptions_and_unknown_operations_do_not_run() {
    let server = Server::start().await;
    assert_eq!(server.ask("subscription { x }").await.status, 400);
    let body = json!({ "query": "query A { hello } query B { hello }", "operationName": "C" });
    assert_eq!(send(server.post().header("accept", GRAPHQL).json(&body)).await.status, 400);
    let body = json!({ "query": "query A { hello } query B { hello }" });
    assert_eq!(send(server.post().header("accept", GRAPHQL).json(&body)).await.status, 400);
}

#[tokio::test]
async fn body_and_document_have_a_limit() {
    let server = Server::start().await;
    let document = "query ($n: String) { hello(name: $n) }";
    let ask = async |token: Option<&'static str>, bytes: usize| {
        let body = json!({ "query": document, "variables": { "n": "x".repeat(bytes) } });
        let request = server.post().json(&body);
        send(if let Some(token) = token { request.bearer_auth(token) } else { request }).await
    };
    assert_eq!(ask(Some("of-ana"), 1024 * 1024 - 100).await.status, 200, "just under a mebibyte");
    let answer = ask(Some("of-ana"), 1024 * 1024).await;
    assert_eq!((answer.status, answer.code()), (413, Some("BODY_TOO_LARGE")));
    assert_eq!(ask(None, 64 * 1024 - 100).await.status, 200, "just under 64 KiB");
    let answer = ask(None, 64 * 1024).await;
    assert_eq!((answer.status, answer.code()), (413, Some("BODY_TOO_LARGE")));
    assert!(answer.text.contains("over 65536 bytes, the limit of requests without a valid access token"));
    let answer = server.ask(&format!("{{ hello }} # {}", "x".repeat(32 * 1024))).await;
    assert_eq!((answer.status, answer.code()), (400, Some("DOCUMENT_TOO_LARGE")));
}
