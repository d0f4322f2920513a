//! Large numbers of connections.

use futures::future::join_all;
use tests::on_both_databases;

use super::*;

on_both_databases! {
    async fn connections_of_an_address_are_bounded(db: TestDb) {
        let app = TestApp::start(&db).await;
        let port = Port::open(&app, Limits { connections: 4, per_address: 3, ..Limits::default() }).await;
        let mut open = Vec::new();
        for _ in 0..3 {
            let mut one = port.connect().await;
            assert_eq!(one.ask(HEALTH).await, OK);
            open.push(one);
        }
        assert_eq!(port.connect().await.closed().await, 0, "the fourth of this address");
        let mut other = Raw::from([127, 0, 0, 2], port.address).await;
        assert_eq!(other.ask(HEALTH).await, OK, "the first of another address");
        assert_eq!(Raw::from([127, 0, 0, 3], port.address).await.closed().await, 0, "the fifth in all");
        assert!(open.iter().all(Raw::is_open) && other.is_open());
        // A closed connection frees its slot.
        drop(open.pop());
        let again = async {
            loop {
                let mut one = port.connect().await;
                if one.0.write_all(HEALTH.as_bytes()).await.is_ok() && one.closed_or_answered().await {
                    break;
                }
            }
        };
        timeout(TIMEOUT, again).await.expect("a free place");
    }

    async fn proxy_has_no_limit_of_an_address(db: TestDb) {
        let app = TestApp::start(&db).await;
        let proxies = vec!["127.0.0.1/32".parse().expect("a network")];
        let port = Port::open(&app, Limits { per_address: 1, proxies, ..Limits::default() }).await;
        let mut open = Vec::new();
        for _ in 0..5 {
            let mut one = port.connect().await;
            assert_eq!(one.ask(HEALTH).await, OK);
            open.push(one);
        }
    }

    /// The short form of `benchmark attacks`.
    async fn five_hundred_slow_connections_delay_no_other_client(db: TestDb) {
        let _ = listener::raise_file_limit();
        let app = TestApp::start(&db).await;
        let port = Port::open(&app, Limits::default()).await;
        let token = token(&app, "site").await;
        let slow = join_all((0..500).map(|_| port.connect())).await;
        let (stop, honest) = (CancellationToken::new(), Honest { port: &port, token });
        let dripping = slow.into_iter().map(|mut one| {
            stop.clone().run_until_cancelled_owned(async move {
                let head = format!("GET /healthz HTTP/1.1\r\nx-header: {}", "x".repeat(10_000));
                for byte in head.as_bytes().chunks(1) {
                    one.send(byte).await;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            })
        });
        let dripping = tokio::spawn(join_all(dripping));
        for _ in 0..50 {
            honest.ask().await;
        }
        stop.cancel();
        let ended = dripping.await.expect("no connection was cut");
        assert!(ended.iter().all(Option::is_none), "all 500 went on to the end");
    }
}

impl Raw {
    /// Whether an answer arrives, and not the end of the connection.
    async fn closed_or_answered(&mut self) -> bool {
        matches!(timeout(TIMEOUT, self.0.read(&mut [0; 64])).await.expect("in time"), Ok(1..))
    }
}

/// A tablet that queries its person.
struct Honest<'a> {
    port: &'a Port,
    token: String,
}

impl Honest<'_> {
    async fn ask(&self) {
        let body = json!({ "query": "{ viewer { id } }" }).to_string();
        let mut one = self.port.connect().await;
        assert_eq!(one.ask(post(body.len(), Some(&self.token), "") + &body).await, OK);
    }
}
