//! Every close code of the protocol, with its cause.

use std::time::Duration;

use serde_json::json;
use tests::app::TestApp;
use tests::on_both_databases;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use transport::LiveLimits;

use super::setup::{Process, QUICK, token};
use super::socket::{FOLLOW, Socket, init, subscribe};

/// The client's messages before the server closes.
fn cases(token: &str) -> Vec<(&'static str, Vec<Message>, u16)> {
    let say = |message: serde_json::Value| Message::text(message.to_string());
    let signed_in = || say(init(token));
    let with_payload = |payload: serde_json::Value| say(json!({ "type": "connection_init", "payload": payload }));
    let follow =
        |id: &str| say(subscribe(id, "subscription { changesAvailable(projectId: \"x\") { cursor } }", json!({})));
    let forever = |id: &str| say(subscribe(id, FOLLOW, json!({ "id": PROJECT })));
    vec![
        ("nothing is said", vec![], 4408),
        ("only pings", vec![say(json!({ "type": "ping" }))], 4408),
        ("subscribes before init", vec![follow("1")], 4401),
        ("inits twice", vec![signed_in(), signed_in()], 4429),
        ("no JSON", vec![Message::text("{")], 4400),
        ("no object", vec![Message::text("[]")], 4400),
        ("no type", vec![say(json!({}))], 4400),
        ("an unknown type", vec![say(json!({ "type": "start" }))], 4400),
        ("bytes", vec![Message::binary(vec![1, 2, 3])], 4400),
        ("a text that is no UTF-8", vec![not_utf8()], 1007),
        ("a payload that is no object", vec![with_payload(json!("x"))], 4400),
        ("no JSON after init", vec![signed_in(), Message::text("x")], 4400),
        ("no id", vec![signed_in(), say(json!({ "type": "subscribe", "payload": { "query": "{ x }" } }))], 4400),
        ("an empty id", vec![signed_in(), follow("")], 4400),
        ("no payload", vec![signed_in(), say(json!({ "type": "subscribe", "id": "1" }))], 4400),
        ("no document", vec![signed_in(), say(json!({ "type": "subscribe", "id": "1", "payload": {} }))], 4400),
        ("completes without an id", vec![signed_in(), say(json!({ "type": "complete" }))], 4400),
        ("an id twice", vec![signed_in(), forever("1"), forever("1")], 4409),
        ("no token", vec![say(json!({ "type": "connection_init" }))], 4403),
        ("an invalid token", vec![say(init("nonsense"))], 4403),
        ("other credentials", vec![with_payload(json!({ "Authorization": "Basic abc" }))], 4403),
        ("a number for a token", vec![with_payload(json!({ "authorization": 7 }))], 4403),
        ("a little over 64 KiB", vec![signed_in(), Message::text("x".repeat(64 * 1024 + 1))], 1009),
        ("far over 64 KiB", vec![signed_in(), Message::text("x".repeat(1024 * 1024))], 1009),
        ("too many messages", [vec![signed_in()], vec![say(json!({ "type": "ping" })); 300]].concat(), 1008),
    ]
}

/// A complete text frame with half a character.
fn not_utf8() -> Message {
    Message::Frame(Frame::message(vec![0xC3, 0x28], OpCode::Data(Data::Text), true))
}

/// The id of an unknown project would end the subscription; it is replaced by a known one.
const PROJECT: &str = "00000000-0000-0000-0000-00000000000f";

on_both_databases! {
    async fn each_error_has_its_close_code(db: TestDb) {
        let app = TestApp::start(&db).await;
        let limits = LiveLimits { init_timeout: Duration::from_secs(1), ..LiveLimits::default() };
        let process = Process::with(app.app.clone(), QUICK, limits).await;
        let token = token(&app, "manager").await;
        for (what, messages, expected) in cases(&token) {
            let mut socket = Socket::open(process.address, &[]).await.expect("a connection");
            for message in messages {
                let message = match message {
                    Message::Text(text) => Message::text(text.replace(PROJECT, &app.project.id.to_string())),
                    other => other,
                };
                if !socket.put(message).await {
                    break;
                }
            }
            assert_eq!(socket.close_code().await, expected, "{what}");
        }
    }

    async fn other_subprotocol_or_none_is_refused(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let mut socket = Socket::open_with(process.address, &[]).await.expect("a connection");
        assert_eq!(socket.close_code().await, 4406);
    }

    async fn token_is_accepted_in_the_header_and_in_the_payload(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let bearer = format!("Bearer {}", token(&app, "manager").await);
        for (header, payload, good) in [
            (Some(bearer.as_str()), json!(null), true),
            (None, json!({ "Authorization": bearer }), true),
            (None, json!({ "authorization": bearer }), true),
            // The payload has precedence.
            (Some("Bearer old"), json!({ "authorization": bearer }), true),
            (Some("Bearer nonsense"), json!(null), false),
            (Some("Basic abc"), json!(null), false),
        ] {
            let headers: Vec<(&str, &str)> = header.iter().map(|value| ("authorization", *value)).collect();
            let mut socket = Socket::open(process.address, &headers).await.expect("a connection");
            socket.send(json!({ "type": "connection_init", "payload": payload })).await;
            let answer = socket.next().await;
            match good {
                true => assert_eq!(answer.expect("acknowledged")["type"], "connection_ack", "{header:?} {payload}"),
                false => assert_eq!(answer, Err(4403), "{header:?} {payload}"),
            }
        }
    }
}
