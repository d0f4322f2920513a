//! Bodies that are slow, too large, or too many.

use tests::on_both_databases;

use super::*;

const TOO_SLOW: &str = "HTTP/1.1 408 Request Timeout\r\n";
const TOO_LARGE: &str = "HTTP/1.1 413 Payload Too Large\r\n";
const BUSY: &str = "HTTP/1.1 503 Service Unavailable\r\n";

on_both_databases! {
    async fn slow_bodies_are_aborted_and_steady_ones_are_not(db: TestDb) {
        let app = TestApp::start(&db).await;
        let port = Port::open(&app, short()).await;
        let mut silent = port.connect().await;
        assert_eq!(silent.ask(post(1_000, None, "")).await, TOO_SLOW);
        silent.closed().await;

        let mut slow = port.connect().await;
        slow.send(post(1_000, None, "")).await;
        let mut sent = 0;
        while slow.is_waiting() {
            slow.send("x").await;
            sent += 1;
            tokio::time::sleep(Duration::from_millis(20)).await;
            assert!(sent < 500, "ten seconds of body");
        }
        assert_eq!(slow.status().await, TOO_SLOW);

        // Longer than the grace in total, but faster than the minimum rate.
        let body = json!({ "query": format!("{{ __typename }} # {}", "x".repeat(20_000)) }).to_string();
        let mut steady = port.connect().await;
        steady.send(post(body.len(), None, "")).await;
        for piece in body.as_bytes().chunks(400) {
            steady.send(piece).await;
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert_eq!(steady.status().await, OK);
    }

    async fn anonymous_bodies_are_small(db: TestDb) {
        let app = TestApp::start(&db).await;
        let token = token(&app, "site").await;
        let port = Port::open(&app, Limits::default()).await;
        let body = json!({ "query": "{ __typename }", "variables": { "x": "x".repeat(100_000) } }).to_string();
        for (token, expected) in [(None, TOO_LARGE), (Some(token.as_str()), OK)] {
            let mut one = port.connect().await;
            assert_eq!(one.ask(post(body.len(), token, "") + &body).await, expected);
        }
        // Without a length, the limit is detected while the body arrives.
        let mut chunked = port.connect().await;
        let head = post(0, None, "").replace("content-length: 0", "transfer-encoding: chunked");
        chunked.send(head).await;
        for _ in 0..9 {
            chunked.send(format!("2000\r\n{}\r\n", "x".repeat(8 * 1024))).await;
        }
        chunked.send("0\r\n\r\n").await;
        assert_eq!(chunked.status().await, TOO_LARGE);
    }

    async fn anonymous_bodies_take_no_memory_from_signed_in_people(db: TestDb) {
        let app = TestApp::start(&db).await;
        let token = token(&app, "site").await;
        // Anonymous clients have an eighth.
        let settings = Settings { bodies_bytes: 800_000, rate: None, ..Settings::default() };
        let port = Port::with(&app, settings, Router::new()).await;
        let mut waiting = port.connect().await;
        waiting.send(post(60_000, None, "") + &"x".repeat(59_000)).await;
        hold(&port.anonymous_bodies, 59_000).await;
        let body = json!({ "query": format!("{{ __typename }} # {}", "x".repeat(50_000)) }).to_string();
        let of_stranger = post(body.len(), None, "") + &body;
        assert_eq!(Raw::from([127, 0, 0, 2], port.address).await.ask(&of_stranger).await, BUSY);
        let of_person = post(body.len(), Some(&token), "") + &body;
        assert_eq!(port.connect().await.ask(&of_person).await, OK);
    }

    async fn one_anonymous_address_takes_no_memory_from_others(db: TestDb) {
        let app = TestApp::start(&db).await;
        let token = token(&app, "site").await;
        // Anonymous clients have an eighth, and one address a sixteenth of that: 80,000 bytes.
        let settings = Settings { bodies_bytes: 8 * 16 * 80_000, rate: None, ..Settings::default() };
        let port = Port::with(&app, settings, Router::new()).await;
        let mut waiting = port.connect().await;
        waiting.send(post(60_000, None, "") + &"x".repeat(59_000)).await;
        hold(&port.anonymous_bodies, 59_000).await;
        let body = json!({ "query": format!("{{ __typename }} # {}", "x".repeat(50_000)) }).to_string();
        let of_stranger = post(body.len(), None, "") + &body;
        assert_eq!(port.connect().await.ask(&of_stranger).await, BUSY, "the address has taken its share");
        assert_eq!(Raw::from([127, 0, 0, 2], port.address).await.ask(&of_stranger).await, OK);
        let of_person = post(body.len(), Some(&token), "") + &body;
        assert_eq!(port.connect().await.ask(&of_person).await, OK);
        // The end of the first body releases its memory; it is no JSON.
        assert_eq!(waiting.ask("x".repeat(1_000)).await, "HTTP/1.1 400 Bad Request\r\n");
        assert_eq!(port.connect().await.ask(&of_stranger).await, OK);
    }

    async fn bytes_of_bodies_in_transit_are_bounded(db: TestDb) {
        let app = TestApp::start(&db).await;
        let token = token(&app, "site").await;
        let settings = Settings {
            bodies_bytes: 150_000,
            bodies_bytes_per_address: 100_000,
            rate: None,
            ..Settings::default()
        };
        let port = Port::with(&app, settings, Router::new()).await;
        let (head, half) = (post(80_000, Some(&token), ""), "x".repeat(79_000));
        let mut waiting = port.connect().await;
        waiting.send(head.clone() + &half).await;
        hold(&port.bodies, half.len()).await;
        let body = json!({ "query": format!("{{ __typename }} # {}", "x".repeat(30_000)) }).to_string();
        let small = post(body.len(), Some(&token), "") + &body;
        assert_eq!(port.connect().await.ask(&small).await, BUSY);
        // Another address has its own share, until the total is used up.
        let mut elsewhere = Raw::from([127, 0, 0, 2], port.address).await;
        assert_eq!(elsewhere.ask(&small).await, OK);
        let mut too_much = Raw::from([127, 0, 0, 2], port.address).await;
        assert_eq!(too_much.ask(head.clone() + &half).await, BUSY);
        // The end of the first body releases its memory; it is no JSON.
        assert_eq!(waiting.ask("x".repeat(1_000)).await, "HTTP/1.1 400 Bad Request\r\n");
        assert_eq!(port.connect().await.ask(&small).await, OK);
    }
}
