//! Connections without a request.

use tests::on_both_databases;
use transport::LiveLimits;

use super::*;

/// The bytes that a client sends before it is silent.
const BEGINNINGS: [&str; 6] = [
    "",
    "G",
    "GET /healthz HTTP/1.1\r\nhost: x\r\nx-header: and then noth",
    "PRI * HTTP/2.0\r\n\r\nSM",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    // With empty settings.
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0",
];

on_both_databases! {
    async fn silent_connections_and_half_heads_are_closed(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (port, patient) = (Port::open(&app, short()).await, Port::open(&app, Limits::default()).await);
        let mut silent = Vec::new();
        for beginning in BEGINNINGS {
            let (mut one, mut control) = (port.connect().await, patient.connect().await);
            one.send(beginning).await;
            control.send(beginning).await;
            silent.push((beginning, one, control));
        }
        for (beginning, mut one, control) in silent {
            one.closed().await;
            assert!(control.is_open(), "{beginning:?}");
        }
        port.serves().await;
    }

    async fn heads_that_come_byte_by_byte_are_closed(db: TestDb) {
        let app = TestApp::start(&db).await;
        let port = Port::open(&app, short()).await;
        for first in ["", HEALTH] {
            let mut one = port.connect().await;
            if !first.is_empty() {
                assert_eq!(one.ask(first).await, OK);
            }
            one.send("GET /healthz HTTP/1.1\r\n").await;
            let mut sent = 0;
            while one.is_waiting() && one.0.write_all(b"x").await.is_ok() {
                sent += 1;
                tokio::time::sleep(Duration::from_millis(20)).await;
                assert!(sent < 500, "ten seconds of header after {first:?}");
            }
            one.closed().await;
        }
        port.serves().await;
    }

    async fn idle_connections_are_closed_after_their_answers(db: TestDb) {
        let app = TestApp::start(&db).await;
        let port = Port::open(&app, short()).await;
        let mut one = port.connect().await;
        for _ in 0..3 {
            assert_eq!(one.ask(HEALTH).await, OK);
        }
        one.closed().await;

        let mut many = multiplexed(port.address, 64 * 1024).await;
        let request = || http::Request::get(format!("http://{}/healthz", port.address)).body(Full::default());
        for _ in 0..3 {
            let answer = many.send_request(request().expect("a request")).await.expect("an answer");
            assert_eq!(answer.status(), 200);
        }
        // The library answers pings, so only the idle limit ends it.
        let ended = async {
            while !many.is_closed() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(TIMEOUT, ended).await.expect("the server closes");
    }

    async fn live_connections_are_not_idle(db: TestDb) {
        let app = TestApp::start(&db).await;
        // The WebSocket does not authenticate.
        let live = LiveLimits { init_timeout: TIMEOUT, ..LiveLimits::default() };
        let port = Port::with(&app, Settings { connections: short(), live, ..Settings::default() }, Router::new()).await;
        let token = token(&app, "site").await;
        let body = json!({ "query": "subscription($id: ID!) { changesAvailable(projectId: $id) { cursor } }",
            "variables": { "id": app.project.id } }).to_string();
        let mut events = port.connect().await;
        let head = post(body.len(), Some(&token), "accept: text/event-stream\r\n");
        assert_eq!(events.ask(head + &body).await, OK);
        let mut socket = port.connect().await;
        let upgrade = "GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
            sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
            sec-websocket-protocol: graphql-transport-ws\r\n\r\n";
        assert_eq!(socket.ask(upgrade).await, "HTTP/1.1 101 Switching Protocols\r\n");
        // Other connections become idle and are closed three times meanwhile.
        for _ in 0..3 {
            let mut idle = port.connect().await;
            assert_eq!(idle.ask(HEALTH).await, OK);
            idle.closed().await;
        }
        assert!(events.is_open() && socket.is_open());
    }
}
