//! Server-sent events, by the protocol graphql-sse in distinct connections mode.

use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use transport::LiveLimits;

use super::setup::{BLIND, Process, QUICK, token};
use super::socket::FOLLOW;

/// An open stream of events.
struct Events {
    bytes: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: String,
}

impl Events {
    async fn open(process: &Process, token: Option<&str>, query: &str, variables: Value) -> Result<Self, (u16, Value)> {
        let body = json!({ "query": query, "variables": variables });
        let mut request = reqwest::Client::new().post(process.url()).json(&body).header("accept", "text/event-stream");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Self::of(request).await
    }

    async fn of(request: reqwest::RequestBuilder) -> Result<Self, (u16, Value)> {
        let answer = request.send().await.expect("an answer");
        let kind = answer.headers()["content-type"].to_str().expect("a type").to_owned();
        if !kind.starts_with("text/event-stream") {
            return Err((answer.status().as_u16(), answer.json().await.expect("JSON")));
        }
        assert_eq!(answer.status(), 200);
        Ok(Self { bytes: answer.bytes_stream().boxed(), text: String::new() })
    }

    /// The next event and its data; `None` at the end. Comments are skipped.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                if let Some(event) = field("event: ") {
                    let data = field("data: ").expect("an event has data");
                    return Some((event, serde_json::from_str(&data).unwrap_or_default()));
                }
                continue;
            }
            let more =
                tokio::time::timeout(Duration::from_secs(30), self.bytes.next()).await.expect("an event or an end");
            self.text.push_str(std::str::from_utf8(&more?.ok()?).expect("text"));
        }
    }

    async fn cursor(&mut self) -> String {
        let (event, data) = self.next().await.expect("an event");
        assert_eq!(event, "next");
        data["data"]["changesAvailable"]["cursor"].as_str().unwrap_or_else(|| panic!("{data}")).to_owned()
    }
}

on_both_databases! {
    async fn commit_is_sent_as_an_event(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, BLIND).await;
        let token = token(&app, "manager").await;
        let id = json!({ "id": app.project.id });
        let mut posted = Events::open(&process, Some(&token), FOLLOW, id.clone()).await.expect("a stream");
        let url = reqwest::Url::parse_with_params(
            &process.url(),
            [("query", FOLLOW), ("variables", &id.to_string())],
        )
        .expect("a URL");
        let got = reqwest::Client::new().get(url).bearer_auth(&token).header("accept", "text/event-stream");
        let mut got = Events::of(got).await.expect("a stream");
        let first = posted.cursor().await;
        assert_eq!(got.cursor().await, first);
        process.log_defect(&token, app.project.unit("1-101")).await;
        let second = posted.cursor().await;
        assert_ne!(second, first);
        assert_eq!(got.cursor().await, second);
    }

    async fn other_operations_and_errors_are_events_too(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let token = token(&app, "manager").await;
        for (token, query, variables, expected) in [
            (Some(&token), "{ viewer { name } }", json!({}), json!("manager by name")),
            (Some(&token), "{ nonsense }", json!({}), json!("GRAPHQL_VALIDATION_FAILED")),
            (Some(&token), "{", json!({}), json!("GRAPHQL_PARSE_FAILED")),
            (Some(&token), FOLLOW, json!({ "id": v7() }), json!("NOT_FOUND")),
            (Some(&token), FOLLOW, json!({ "id": app.other.id }), json!("NOT_FOUND")),
            (None, FOLLOW, json!({ "id": app.project.id }), json!("UNAUTHENTICATED")),
        ] {
            let mut events = Events::open(&process, token.map(String::as_str), query, variables).await.expect("a stream");
            let (event, data) = events.next().await.expect("an event");
            let told = [&data["data"]["viewer"]["name"], &data["errors"][0]["extensions"]["code"]];
            assert_eq!(event, "next");
            assert!(told.contains(&&expected), "{query}: {data}");
            assert_eq!(events.next().await, Some(("complete".to_owned(), Value::Null)), "{query}");
            assert_eq!(events.next().await, None);
        }
    }

    async fn request_without_an_operation_is_refused_by_status(db: TestDb) {
        let app = TestApp::start(&db).await;
        let limits = LiveLimits { per_person: 1, ..LiveLimits::default() };
        let process = Process::with(app.app.clone(), QUICK, limits).await;
        let token = token(&app, "manager").await;
        let id = json!({ "id": app.project.id });
        let refused = Events::open(&process, Some("nonsense"), FOLLOW, id.clone()).await;
        assert_eq!(refused.err().map(|(status, _)| status), Some(401));
        let mutation = [("query", "mutation { sessionRevoke(input: {}) { revoked } }")];
        let url = reqwest::Url::parse_with_params(&process.url(), mutation).expect("a URL");
        let got = reqwest::Client::new().get(url).bearer_auth(&token).header("accept", "text/event-stream");
        assert_eq!(Events::of(got).await.err().map(|(status, _)| status), Some(405));
        // A request that does not accept events has no subscription.
        let body = json!({ "query": FOLLOW, "variables": id });
        let plain = reqwest::Client::new().post(process.url()).bearer_auth(&token).json(&body);
        assert_eq!(plain.send().await.expect("an answer").status(), 400);
        let _open = Events::open(&process, Some(&token), FOLLOW, id.clone()).await.expect("a stream");
        let refused = Events::open(&process, Some(&token), FOLLOW, id).await;
        assert_eq!(refused.err().map(|(status, _)| status), Some(429), "one at a time");
    }

    async fn stream_ends_with_its_token_and_with_the_server(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let id = json!({ "id": app.project.id });
        let short = token(&app, "manager").await;
        let mut ending = Events::open(&process, Some(&short), FOLLOW, id.clone()).await.expect("a stream");
        ending.cursor().await;
        app.advance_seconds(15 * 60 + 1);
        let (_, data) = ending.next().await.expect("a last word");
        assert_eq!(data["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        assert_eq!(ending.next().await, Some(("complete".to_owned(), Value::Null)));

        let fresh = token(&app, "manager").await;
        let mut stopped = Events::open(&process, Some(&fresh), FOLLOW, id).await.expect("a stream");
        stopped.cursor().await;
        process.stop.cancel();
        assert_eq!(stopped.next().await, None, "no complete: the client asks again elsewhere");
    }

    async fn quiet_stream_is_kept_alive(db: TestDb) {
        let app = TestApp::start(&db).await;
        let limits = LiveLimits { keep_alive: Duration::from_millis(50), ..LiveLimits::default() };
        let process = Process::with(app.app.clone(), QUICK, limits).await;
        let token = token(&app, "manager").await;
        let mut events = Events::open(&process, Some(&token), FOLLOW, json!({ "id": app.project.id })).await.expect("one");
        events.cursor().await;
        for _ in 0..3 {
            let more = tokio::time::timeout(Duration::from_secs(30), events.bytes.next()).await.expect("a comment");
            assert_eq!(more.expect("open").expect("bytes").as_ref(), b":\n\n");
        }
    }
}
