//! Operations over a WebSocket: the same admission, limits and masking as over HTTP.

use serde_json::{Value, json};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;
use transport::LiveLimits;

use super::setup::{Process, QUICK, token};
use super::socket::{Socket, init, subscribe};

/// All messages of an operation, to its end.
async fn ask(socket: &mut Socket, query: &str, variables: Value) -> Vec<Value> {
    socket.send(subscribe("q", query, variables)).await;
    let mut told = Vec::new();
    loop {
        let message = socket.message().await;
        assert_eq!(message["id"], "q", "{message}");
        let ended = message["type"] != "next";
        told.push(message);
        if ended {
            return told;
        }
    }
}

fn code(messages: &[Value]) -> &str {
    let last = messages.last().expect("a message");
    assert_eq!(last["type"], "error", "{messages:?}");
    last["payload"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

on_both_databases! {
    async fn queries_and_mutations_run_as_over_http(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let mut socket = Socket::signed_in(process.address, &token(&app, "manager").await).await;
        let told = ask(&mut socket, "{ viewer { name } }", json!({})).await;
        assert_eq!(told[0]["payload"], json!({ "data": { "viewer": { "name": "manager by name" } } }));
        assert_eq!(told[1], json!({ "id": "q", "type": "complete" }));

        let log = "mutation($input: DefectLogInput!) { defectLog(input: $input) { defect { id } userErrors { code } } }";
        let id = v7();
        let input = json!({ "defectId": id, "unitId": app.project.unit("1-101"), "type": "WALL.CRACK" });
        let told = ask(&mut socket, log, json!({ "input": input })).await;
        assert_eq!(told[0]["payload"]["data"]["defectLog"]["defect"]["id"], json!(id));
        // The id of a finished operation can be used again.
        let told = ask(&mut socket, log, json!({ "input": { "defectId": v7(), "unitId": v7(), "type": "WALL.CRACK" } })).await;
        assert_eq!(told[0]["payload"]["data"]["defectLog"]["userErrors"][0]["code"], "NOT_FOUND");
    }

    async fn requests_that_http_refuses_are_refused_over_websocket(db: TestDb) {
        let app = TestApp::start(&db).await;
        let process = Process::start(&app, QUICK).await;
        let mut socket = Socket::signed_in(process.address, &token(&app, "manager").await).await;
        let deep = format!("{{ viewer {{ {} }} }}", "homes { project { units { nodes {".repeat(5) + "id" + &"} } } }".repeat(5));
        let aliases: Vec<String> = (0..31).map(|n| format!("a{n}: __typename")).collect();
        for (query, expected) in [
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
            ("{ __schema { types { name } } }", "INTROSPECTION_DISABLED"),
            (deep.as_str(), "DEPTH_LIMIT_EXCEEDED"),
            (&format!("{{ {} }}", aliases.join(" ")), "ROOT_FIELD_LIMIT_EXCEEDED"),
            ("subscription { changesAvailable(projectId: \"x\") { cursor } }", "BAD_USER_INPUT"),
            ("subscription { nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ] {
            let told = ask(&mut socket, query, json!({})).await;
            assert_eq!(code(&told), expected, "{query}: {told:?}");
            let id = &told.last().expect("one")["payload"][0]["extensions"]["requestId"];
            assert!(id.as_str().is_some_and(|id| !id.is_empty()), "{told:?}");
        }
    }

    async fn operations_of_a_connection_are_counted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let limits = LiveLimits { operations: 3, ..LiveLimits::default() };
        let process = Process::with(app.app.clone(), QUICK, limits).await;
        let mut socket = Socket::signed_in(process.address, &token(&app, "manager").await).await;
        for id in ["1", "2", "3"] {
            socket.follow(id, app.project.id).await;
            socket.cursor(id).await;
        }
        assert_eq!(code(&ask(&mut socket, "{ viewer { id } }", json!({})).await), "TOO_MANY_OPERATIONS");
        // A completed operation frees its slot, and sends nothing more.
        socket.send(json!({ "type": "complete", "id": "2" })).await;
        let told = ask(&mut socket, "{ viewer { id } }", json!({})).await;
        assert_eq!(told[0]["type"], "next", "{told:?}");
    }

    async fn connections_of_a_person_and_of_an_address_are_counted(db: TestDb) {
        let app = TestApp::start(&db).await;
        let limits = LiveLimits { per_person: 2, per_address: 3, ..LiveLimits::default() };
        let process = Process::with(app.app.clone(), QUICK, limits).await;
        let (manager, site) = (token(&app, "manager").await, token(&app, "site").await);
        let one = Socket::signed_in(process.address, &manager).await;
        let _other = Socket::signed_in(process.address, &manager).await;
        let mut third = Socket::open(process.address, &[]).await.expect("a connection");
        third.send(init(&manager)).await;
        assert_eq!(third.close_code().await, 1013);
        drop(third);
        let _somebody = until_open(&process, &site).await;
        assert_eq!(Socket::open(process.address, &[]).await.map(|_| ()), Err(429), "the address has three");
        drop(one);
        until_open(&process, &manager).await;
    }
}

/// Connects as soon as the server has released an earlier connection.
pub(super) async fn until_open(process: &Process, token: &str) -> Socket {
    let opened = async {
        loop {
            if let Ok(mut socket) = Socket::open(process.address, &[]).await {
                socket.send(init(token)).await;
                if socket.next().await.is_ok_and(|message| message["type"] == "connection_ack") {
                    return socket;
                }
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), opened).await.expect("there is room again")
}
