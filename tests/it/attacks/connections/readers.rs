//! Clients that do not read their answers.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::routing::get;
use bytes::Bytes;
use futures::stream;
use tests::on_both_databases;
use tokio::sync::Notify;

use super::*;

/// Sends an event when it is dropped.
struct Tell(Arc<Notify>);

impl Drop for Tell {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// A page of 64 MB, in one piece or in many, and the event that its answer was dropped.
fn page(pieces: usize) -> (Router, Arc<Notify>) {
    let dropped = Arc::new(Notify::new());
    let told = Arc::clone(&dropped);
    let answer = move || {
        let tell = Tell(Arc::clone(&told));
        let body = stream::unfold((tell, 0), move |(tell, sent)| async move {
            let piece = Bytes::from(vec![b'x'; 64_000_000 / pieces]);
            (sent < pieces).then(|| (Ok::<_, Infallible>(piece), (tell, sent + 1)))
        });
        async move { Body::from_stream(body) }
    };
    (Router::new().route("/large", get(answer)), dropped)
}

on_both_databases! {
    async fn readers_that_do_not_read_are_cut_off(db: TestDb) {
        let app = TestApp::start(&db).await;
        for pieces in [1, 1_000] {
            let (pages, dropped) = page(pieces);
            let settings = Settings { connections: short(), rate: None, ..Settings::default() };
            let port = Port::with(&app, settings, pages).await;
            let mut one = Raw::narrow(port.address).await;
            one.send("GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
            timeout(TIMEOUT, dropped.notified()).await.expect("the answer is dropped");
            assert!(one.closed().await < 60_000_000, "it was not whole");

            // On HTTP/2 with a window of a few bytes, while the connection still answers pings.
            let mut sender = multiplexed(port.address, 10).await;
            let large = http::Request::get(format!("http://{}/large", port.address)).body(Full::default());
            let unread = sender.send_request(large.expect("a request")).await.expect("an answer");
            timeout(TIMEOUT, dropped.notified()).await.expect("the answer is dropped");
            // Only the stream was aborted, not the connection.
            let health = http::Request::get(format!("http://{}/healthz", port.address)).body(Full::default());
            let answer = sender.send_request(health.expect("a request")).await.expect("an answer");
            assert_eq!(answer.status(), 200);
            drop(unread);
            port.serves().await;
        }
    }
}
