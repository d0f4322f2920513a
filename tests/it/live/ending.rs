//! The end of connections: with their token, with a peer that does not read or answer, with the server.

use std::time::Duration;

use serde_json::json;
use tests::app::TestApp;
use tests::on_both_databases;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use transport::LiveLimits;

use super::operations::until_open;
use super::setup::{BLIND, Process, QUICK, session, token};
use super::socket::{Socket, init, subscribe};

const END: &str = "mutation($input: MembershipEndInput!) { membershipEnd(input: $input) { userErrors { code } } }";
const REVOKE: &str = "mutation { sessionRevoke(input: {}) { revoked } }";

/// The input that ends a person's role in a project.
async fn end_of(app: &TestApp, login: &str, project_id: uuid::Uuid) -> serde_json::Value {
    let found = store::projects::membership(app.app.db.read(), project_id.into(), app.person_id(login).into()).await;
    let id = found.expect("memberships").expect("a role").id;
    json!({ "input": { "membershipId": id, "reason": "Left the company" } })
}

on_both_databases! {
    async fn connection_ends_with_its_token(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let mut socket = Socket::signed_in(process.address, &token(&app, "manager").await).await;
        socket.follow("a", app.project.id).await;
        socket.cursor("a").await;
        app.advance_seconds(15 * 60 - 1);
        socket.send(json!({ "type": "ping" })).await;
        assert_eq!(socket.message().await["type"], "pong", "the token is good to its last second");
        app.advance_seconds(2);
        assert_eq!(socket.close_code().await, 4403);
    }

    async fn connection_ends_when_its_session_is_revoked_in_the_same_process(db: TestDb) {
        let app = TestApp::start(&db).await;
        // Changes by this process itself need no poll.
        let process = Process::start(&app, BLIND).await;
        let token = token(&app, "manager").await;
        let mut socket = Socket::signed_in(process.address, &token).await;
        process.ask(&token, REVOKE, json!({})).await;
        assert_eq!(socket.close_code().await, 4403);
    }

    async fn subscription_of_a_project_ends_with_the_role(db: TestDb) {
        let app = TestApp::start(&db).await;
        tests::fixture::another(&app.app, "MORE").await;
        // Changes by this process itself need no poll.
        let process = Process::start(&app, BLIND).await;
        let mut socket = Socket::signed_in(process.address, &token(&app, "worker.a").await).await;
        socket.follow("a", app.project.id).await;
        socket.cursor("a").await;
        let root = token(&app, "root").await;
        process.ask(&root, END, end_of(&app, "worker.a", app.project.id).await).await;
        // The commit itself may be published before the end; then nothing more comes.
        loop {
            let message = socket.message().await;
            match message["type"].as_str() {
                Some("complete") => break,
                _ => assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!("a")), "{message}"),
            }
        }
        // With the last role the connection ends, too.
        let more = store::import::project_by_code(app.app.db.read(), "MORE").await.expect("projects").expect("it");
        process.ask(&root, END, end_of(&app, "worker.a", more.id.uuid()).await).await;
        assert_eq!(socket.close_code().await, 4403);
    }

    async fn connection_ends_when_its_session_is_revoked_in_another_process(db: TestDb) {
        let app = TestApp::start(&db).await;
        let (process, elsewhere) = (Process::start(&app, QUICK).await, Process::another(&app, &db, QUICK).await);
        let token = token(&app, "manager").await;
        let mut socket = Socket::signed_in(process.address, &token).await;
        elsewhere.ask(&token, REVOKE, json!({})).await;
        assert_eq!(socket.close_code().await, 4403);
    }

    async fn connection_ends_when_its_token_is_refreshed(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let session = session(&app, "manager").await;
        let token = session["accessToken"].as_str().expect("a token");
        let mut socket = Socket::signed_in(process.address, token).await;
        let refresh = "mutation($t: String!) { sessionRefresh(input: { refreshToken: $t }) { session { accessToken } } }";
        let renewed = app.ask(None, refresh, json!({ "t": session["refreshToken"] })).await;
        assert_eq!(socket.close_code().await, 4403);
        let fresh = renewed["data"]["sessionRefresh"]["session"]["accessToken"].as_str().expect("a token");
        Socket::signed_in(process.address, fresh).await;
    }

    async fn connection_whose_peer_does_not_read_is_closed(db: TestDb) {
        let app = TestApp::start(&db).await;
        let quick = Duration::from_millis(300);
        let limits = LiveLimits { send_timeout: quick, messages: 100_000, per_person: 1, ..LiveLimits::default() };
        let process = Process::with(app.app.clone(), QUICK, limits).await;
        let token = token(&app, "manager").await;
        let mut socket = Socket::open_narrow(process.address).await.expect("a connection");
        socket.send(init(&token)).await;
        assert_eq!(socket.message().await["type"], "connection_ack");
        // Each answer is as long as its request.
        let long = format!("{{ {}: __typename }}", "x".repeat(30_000));
        let asking = async {
            for n in 0_u64.. {
                if !socket.put(Message::text(subscribe(&n.to_string(), &long, json!({})).to_string())).await {
                    break;
                }
            }
        };
        // The person has one slot only: it is free when the server has closed the connection that does not read.
        tokio::select! {
            _ = until_open(&process, &token) => {}
            () = asking => drop(until_open(&process, &token).await),
        }
    }

    async fn connection_without_a_pong_is_closed(db: TestDb) {
        let app = TestApp::start(&db).await;
        let limits = LiveLimits { keep_alive: Duration::from_millis(200), per_person: 1, ..LiveLimits::default() };
        let process = Process::with(app.app.clone(), QUICK, limits).await;
        let token = token(&app, "manager").await;
        // It is not polled any more, so it answers no ping.
        let _dead = Socket::signed_in(process.address, &token).await;
        let mut alive = until_open(&process, &token).await;
        alive.follow("a", app.project.id).await;
        alive.cursor("a").await;
        process.log_defect(&token, app.project.unit("1-101")).await;
        alive.cursor("a").await;
    }

    async fn close_of_a_client_is_answered(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let mut socket = Socket::signed_in(process.address, &token(&app, "manager").await).await;
        socket.put(Message::Close(Some(CloseFrame { code: CloseCode::Normal, reason: "".into() }))).await;
        assert_eq!(socket.close_code().await, 1000);
    }

    async fn stopping_server_closes_connections_and_stops(db: TestDb) {
        let app = TestApp::start(&db).await;
        let mut process = Process::start(&app, QUICK).await;
        let token = token(&app, "manager").await;
        let mut following = Socket::signed_in(process.address, &token).await;
        following.follow("a", app.project.id).await;
        following.cursor("a").await;
        let mut silent = Socket::open(process.address, &[]).await.expect("a connection");
        process.stop.cancel();
        assert_eq!(following.close_code().await, 1001);
        assert_eq!(silent.close_code().await, 1001);
        let ended = tokio::time::timeout(Duration::from_secs(30), &mut process.ended).await;
        ended.expect("the server stops").expect("no panic").expect("no error");
    }
}
