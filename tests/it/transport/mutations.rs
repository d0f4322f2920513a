//! Accepted mutations are completed: after a disconnect, after a timeout, and at a stop of the server.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use transport::Settings;

use super::server::{Server, settings};

/// Sends a mutation by hand and returns the connection when the mutation has begun.
async fn begin_write(server: &Server) -> TcpStream {
    let body = json!({ "query": "mutation { write(value: 7) }" }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut connection = TcpStream::connect(server.address).await.expect("a connection");
    connection.write_all(head.as_bytes()).await.expect("sent");
    connection.write_all(body.as_bytes()).await.expect("sent");
    server.probe.begun.notified().await;
    connection
}

/// Yields until the server has this many operations in progress, or the test fails.
async fn until_at_work_on(server: &Server, count: usize) {
    let wait = async {
        while server.tasks.len() != count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.expect("the server lets go of the request");
}

#[tokio::test]
async fn disconnect_does_not_stop_a_mutation() {
    let server = Server::start().await;
    let connection = begin_write(&server).await;
    assert_eq!(server.tasks.len(), 2, "the request and its mutation");
    drop(connection);
    until_at_work_on(&server, 1).await;
    assert_eq!(server.probe.written.load(Ordering::SeqCst), 0);
    server.probe.gate.notify_one();
    until_at_work_on(&server, 0).await;
    assert_eq!(server.probe.written.load(Ordering::SeqCst), 7);
}

#[tokio::test]
async fn query_is_dropped_at_its_timeout() {
    let server = Server::with(Settings { query_timeout: Duration::from_millis(50), ..settings() }).await;
    let answer = server.ask("{ forever }").await;
    assert_eq!((answer.status, answer.code()), (503, Some("TIMEOUT")));
    until_at_work_on(&server, 0).await;
}

#[tokio::test]
async fn mutation_continues_after_its_timeout() {
    let server = Server::with(Settings { mutation_timeout: Duration::from_millis(50), ..settings() }).await;
    let answer = server.ask("mutation { write(value: 9) }").await;
    assert_eq!((answer.status, answer.code()), (503, Some("TIMEOUT")));
    until_at_work_on(&server, 1).await;
    server.probe.gate.notify_one();
    until_at_work_on(&server, 0).await;
    assert_eq!(server.probe.written.load(Ordering::SeqCst), 9);
}

/// Requests the stop of the server, and waits until it accepts no new request.
async fn stop(server: &Server) {
    server.shutdown.cancel();
    let refused = async {
        while TcpStream::connect(server.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), refused).await.expect("the listener closes");
}

async fn has_ended(server: Server) {
    let ended = tokio::time::timeout(Duration::from_secs(10), server.ended).await;
    assert!(matches!(ended, Ok(Ok(Ok(())))), "{ended:?}");
}

#[tokio::test]
async fn stopping_server_answers_requests_in_progress() {
    let server = Arc::new(Server::start().await);
    let asking = Arc::clone(&server);
    let waiting = tokio::spawn(async move { asking.ask("mutation { write(value: 3) }").await });
    server.probe.begun.notified().await;
    stop(&server).await;
    assert!(!server.ended.is_finished());
    server.probe.gate.notify_one();
    let answer = waiting.await.expect("an answer");
    assert_eq!(answer.body["data"]["write"], 3);
    let Ok(server) = Arc::try_unwrap(server) else { panic!("the asking task has ended") };
    has_ended(server).await;
}

#[tokio::test]
async fn stopping_server_waits_for_a_mutation_without_its_client() {
    let server = Server::start().await;
    drop(begin_write(&server).await);
    until_at_work_on(&server, 1).await;
    stop(&server).await;
    // No connection is left: a server that did not wait would end within a few turns.
    for _ in 0..10_000 {
        tokio::task::yield_now().await;
    }
    assert!(!server.ended.is_finished());
    server.probe.gate.notify_one();
    until_at_work_on(&server, 0).await;
    assert_eq!(server.probe.written.load(Ordering::SeqCst), 7);
    has_ended(server).await;
}
