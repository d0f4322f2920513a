//! The content of the log for a request, and forbidden content.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use serde_json::{Value, json};
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::fmt::MakeWriter;

use super::schema::SECRET;
use super::server::{Server, send};

/// Captures the log of this test's thread.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The one line with this message.
    pub(crate) fn only(&self, message: &str) -> Value {
        let mut lines = self.lines();
        lines.retain(|line| line["fields"]["message"] == message);
        assert_eq!(lines.len(), 1, "{message}: {}", self.text());
        lines.remove(0)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

/// While a process has only one subscriber, tracing asks the first thread at a call site whether it is enabled, and
/// caches the answer: another test's thread would say no. A second subscriber makes it ask all.
static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::default()));

pub(crate) fn listen() -> (Log, tracing::subscriber::DefaultGuard) {
    LazyLock::force(&SECOND);
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().json().with_writer(log.clone()).finish();
    (log, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn request_is_one_line_without_variables_or_tokens() {
    let (log, _guard) = listen();
    let server = Server::start().await;
    let body = json!({
        "query": "query Greeting($n: String) { hello(name: $n) other: hello(name: \"in the document\") }",
        "variables": { "n": "in the variables" },
        "operationName": "Greeting",
    });
    send(
        server.post().bearer_auth("of-ana").header("x-request-id", "0190a4f0-7c1e-7000-8000-00000000002a").json(&body),
    )
    .await;
    let line = log.only("answered");
    assert_eq!((&line["fields"]["kind"], &line["fields"]["name"]), (&json!("query"), &json!("Greeting")));
    assert_eq!((&line["fields"]["status"], &line["fields"]["cost"]), (&json!(200), &json!(1)));
    assert_eq!(
        (&line["span"]["id"], &line["span"]["path"]),
        (&json!("0190a4f0-7c1e-7000-8000-00000000002a"), &json!("/graphql"))
    );
    let ana = uuid::Uuid::from_u128(1).to_string();
    assert_eq!((&line["span"]["address"], &line["span"]["person"]), (&json!("127.0.0.1"), &json!(ana)));

    send(server.get_graphql(&[("query", "{ hello }"), ("variables", "{\"n\": \"in the URL\"}")])).await;
    send(server.post().bearer_auth("of-nobody").json(&body)).await;
    for secret in ["of-ana", "of-nobody", "in the variables", "in the document", "in the URL"] {
        assert!(!log.text().contains(secret), "{secret}: {}", log.text());
    }
}

#[tokio::test]
async fn log_lines_have_an_address_and_no_paths_and_names_of_clients() {
    let (log, _guard) = listen();
    let server = Server::start().await;
    let token = "s3cr3t-token-typed-into-a-path";
    for (path, route) in [
        (format!("/join/{token}"), "(no route)"),
        (format!("/{token}"), "(no route)"),
        (format!("/healthz?token={token}"), "/healthz"),
        ("/readyz".to_owned(), "/readyz"),
    ] {
        send(server.get(&path)).await;
        let line = log.lines().into_iter().rfind(|line| line["fields"]["message"] == "answered").expect("a line");
        assert_eq!((&line["span"]["path"], &line["span"]["address"]), (&json!(route), &json!("127.0.0.1")), "{path}");
    }
    let long = format!("N{}", "a".repeat(64));
    // As long as a token, and in the form of a name.
    let like_token = "Zk3vQ0a7mB9dX2cL5nR8tY1uW4eP6iO_sF_gH3jK7lA";
    for name in [token, "of-ana", long.as_str(), like_token] {
        send(server.post().json(&json!({ "query": "{ hello }", "operationName": name }))).await;
        send(server.post().json(&json!({ "query": format!("query {long} {{ hello }}"), "operationName": name }))).await;
        send(server.post().json(&json!({ "query": format!("query {like_token} {{ hello }}"), "operationName": name })))
            .await;
    }
    send(server.post().json(&json!({ "query": "query Fine_1 { hello }", "operationName": "Fine_1" }))).await;
    let last = log.lines().into_iter().rfind(|line| line["fields"]["message"] == "answered").expect("a line");
    assert_eq!(last["fields"]["name"], "Fine_1");
    for secret in [token, "of-ana", long.as_str(), like_token] {
        assert!(!log.text().contains(secret), "{secret}: {}", log.text());
    }
}

#[tokio::test]
async fn internal_error_is_logged_once_with_its_chain_and_the_request_id() {
    let (log, _guard) = listen();
    let server = Server::start().await;
    let answer = server.ask("{ internal }").await;
    let line = log.only("a resolver failed");
    assert_eq!(line["fields"]["error"], SECRET);
    assert_eq!(line["span"]["id"].as_str(), answer.header("x-request-id"));
    server.ask("mutation { boom }").await;
    let line = log.only("a resolver panicked");
    assert_eq!(line["span"]["path"], "/graphql", "the mutation's task keeps the request's span");
}
