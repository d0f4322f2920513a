//! `/readyz` is free for every client, so its answers must cost the database and the store nothing.

use std::time::Duration;

use api::application;
use axum::Router;
use futures::future::join_all;
use http::StatusCode;
use tests::app::TestApp;
use tests::on_both_databases;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use transport::{Settings, serve};

/// A separate server that checks its parts again after this time; returns its address.
async fn server(app: &TestApp, ready_age: Duration) -> (String, DropGuard) {
    let settings = Settings { ready_age, ..Settings::default() };
    let transport = application::transport(app.app.clone(), settings, Router::new()).expect("the schema can be read");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let (address, stop) = (listener.local_addr().expect("an address"), CancellationToken::new());
    tokio::spawn(serve(listener, transport, stop.clone()));
    (format!("http://{address}/readyz"), stop.drop_guard())
}

/// Sends this many concurrent requests; returns the number of probes of the database.
async fn probes(app: &TestApp, url: &str, times: usize) -> usize {
    let recording = app.app.db.statements().record();
    let answers = join_all((0..times).map(|_| app.client().get(url).send())).await;
    assert!(answers.into_iter().all(|answer| answer.expect("an answer").status() == StatusCode::OK));
    recording.texts().iter().filter(|text| text.contains("seaql_migrations")).count()
}

on_both_databases! {
    async fn many_requests_cause_one_probe(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (always, _stop_always) = server(&app, Duration::ZERO).await;
        let (at_times, _stop_at_times) = server(&app, Duration::from_secs(3_600)).await;
        assert_eq!(probes(&app, &always, 3).await, 3, "without the limit each question is a probe");
        assert_eq!(probes(&app, &at_times, 50).await, 1);
        assert_eq!(probes(&app, &at_times, 50).await, 0, "the result is still good");
        assert!(Settings::default().ready_age <= Duration::from_secs(1));
    }
}
