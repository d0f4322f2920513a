//! A gateway that refuses, is away, says nothing, and sends receipts doubled, late and out of order.

use app::messages::{Enqueued, NewMessage, Recipient};
use domain::message::{MessageChannel, MessageError, MessageKind, MessageState, Placeholder};
use message_channels::signature::{ID, SIGNATURE, Secret, TIMESTAMP};
use serde_json::{Value, json};
use tests::app::TestApp;
use tests::database::TestDb;
use tests::ids::v7;
use tests::on_both_databases;
use tests::snapshot::fingerprint;
use uuid::Uuid;

use super::gateway_server::{Act, GatewayServer, SECRET, post_receipt, post_signed};
use super::setup::{REST, attempt, code, confirm_on, notice, outages, queue, reach, send, send_later, write};

struct Phone {
    server: GatewayServer,
    app: TestApp,
    site: Uuid,
}

impl Phone {
    async fn new(db: &TestDb) -> Self {
        let server = GatewayServer::start().await;
        let app = TestApp::start_with_channels(db, server.channels()).await;
        reach(&app, "site", None, Some("138 1234 5678")).await;
        let site = app.person_id("site");
        Self { server, app, site }
    }

    async fn sent(&self) -> Uuid {
        let id = queue(&self.app, notice(self.site)).await;
        assert_eq!(send(&self.app, id).await, MessageState::Sent);
        id
    }

    /// Posts a receipt, signed now; answers the status.
    async fn receipt(&self, body: &Value) -> u16 {
        post_receipt(&self.app, body).await
    }

    async fn post(&self, body: &str, headers: &[(&str, &str)]) -> u16 {
        post_signed(&self.app, body, headers).await
    }
}

on_both_databases! {
    async fn a_message_is_posted_signed_with_its_key(db: TestDb) {
        let phone = Phone::new(&db).await;
        let id = queue(&phone.app, code(phone.site, "271828")).await;
        assert_eq!(send(&phone.app, id).await, MessageState::Sent);
        assert_eq!(phone.server.refused(), 0);
        let (key, body) = phone.server.requests().remove(0);
        assert_eq!(key, id.to_string());
        assert_eq!(body["text"], "271828 is your sign-in code, good for 5 minutes. Give it to nobody.");
        let rest = ["id", "channel", "to", "language", "template"].map(|field| body[field].clone());
        assert_eq!(rest, [json!(id), json!("SMS"), json!("+8613812345678"), json!("EN"), json!("SIGN_IN_CODE")]);
        assert_eq!(body["params"], json!({ "person.name": "site by name", "code": "271828", "minutes": "5" }));
        assert_eq!(attempt(&phone.app, id).await.provider_id.as_deref(), Some("gateway-1"));
    }

    async fn what_a_gateway_refuses_fails_at_once(db: TestDb) {
        let phone = Phone::new(&db).await;
        for status in [400, 401, 404, 422] {
            let id = queue(&phone.app, notice(phone.site)).await;
            phone.server.next(Act::Status(status));
            assert_eq!(send(&phone.app, id).await, MessageState::Failed, "{status}");
            let row = attempt(&phone.app, id).await;
            assert_eq!((row.tries, row.error), (1, Some(MessageError::Refused)), "{status}");
        }
        assert!(phone.server.requests().is_empty());
    }

    async fn a_gateway_that_has_too_much_to_do_is_an_outage(db: TestDb) {
        let phone = Phone::new(&db).await;
        let id = queue(&phone.app, notice(phone.site)).await;
        for (n, status) in (1..).zip([429, 500, 502, 503]) {
            phone.server.next(Act::Status(status));
            assert_eq!(send(&phone.app, id).await, MessageState::Queued, "{status}");
            let row = attempt(&phone.app, id).await;
            assert_eq!((row.tries, row.error), (0, Some(MessageError::Outage)), "{status}");
            assert_eq!(outages(&phone.app, MessageChannel::Sms).await, n, "{status}");
            phone.app.advance_seconds(REST);
        }
        assert_eq!(send(&phone.app, id).await, MessageState::Sent);
        assert_eq!(phone.server.requests().len(), 1);
    }

    async fn a_gateway_that_says_nothing_gets_the_message_again_under_the_same_key(db: TestDb) {
        let phone = Phone::new(&db).await;
        let id = queue(&phone.app, notice(phone.site)).await;
        phone.server.next(Act::TakeAndStall);
        assert_eq!(send(&phone.app, id).await, MessageState::Queued);
        assert_eq!(attempt(&phone.app, id).await.error, Some(MessageError::BrokenOff));
        assert_eq!(send_later(&phone.app, id).await, MessageState::Sent);
        let keys: Vec<String> = phone.server.requests().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, [id.to_string(), id.to_string()]);
    }

    async fn receipts_move_a_message_on_however_they_come(db: TestDb) {
        let phone = Phone::new(&db).await;
        let states = |said: &[&'static str]| said.to_vec();
        for (said, end) in [
            (states(&["delivered"]), MessageState::Delivered),
            (states(&["delivered", "delivered", "sent"]), MessageState::Delivered),
            (states(&["read", "delivered", "sent"]), MessageState::Read),
            (states(&["failed"]), MessageState::Failed),
            (states(&["failed", "failed", "sent"]), MessageState::Failed),
            (states(&["failed", "delivered", "failed"]), MessageState::Delivered),
        ] {
            let id = phone.sent().await;
            for state in &said {
                phone.app.advance_seconds(7);
                let receipt = json!({ "id": id, "state": state, "reason": "+8613812345678 is off" });
                assert_eq!(phone.receipt(&receipt).await, 204, "{said:?}");
            }
            let row = attempt(&phone.app, id).await;
            assert_eq!(row.state, end, "{said:?}");
            let failed = end == MessageState::Failed;
            assert_eq!(row.error.is_some(), failed, "{said:?}");
            assert_eq!(row.error_text.as_deref(), failed.then_some("…5678 is off"), "{said:?}");
        }
    }

    async fn a_receipt_settles_a_message_that_is_still_to_be_sent_again(db: TestDb) {
        let phone = Phone::new(&db).await;
        let id = queue(&phone.app, notice(phone.site)).await;
        phone.server.next(Act::Status(503));
        assert_eq!(send(&phone.app, id).await, MessageState::Queued);
        assert_eq!(phone.receipt(&json!([{ "id": id, "state": "delivered" }])).await, 204);
        assert_eq!(send_later(&phone.app, id).await, MessageState::Delivered);
        assert!(phone.server.requests().is_empty(), "it is not sent again");
    }

    async fn an_unsigned_receipt_changes_nothing(db: TestDb) {
        let phone = Phone::new(&db).await;
        let id = phone.sent().await;
        let before = fingerprint(&phone.app.app.db).await;
        let (body, seconds) = (json!({ "id": id, "state": "read" }).to_string(), phone.app.app.clock.now().0 / 1_000_000);
        let secret = Secret::read(SECRET).expect("a secret");
        let other = Secret::read("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").expect("a secret");
        let (good, wrong) = (secret.sign("a", seconds, body.as_bytes()), other.sign("a", seconds, body.as_bytes()));
        let (now, old) = (seconds.to_string(), (seconds - 301).to_string());
        let aged = secret.sign("a", seconds - 301, body.as_bytes());
        for headers in [
            vec![],
            vec![(ID, "a"), (TIMESTAMP, now.as_str())],
            vec![(ID, "a"), (TIMESTAMP, now.as_str()), (SIGNATURE, wrong.as_str())],
            vec![(ID, "b"), (TIMESTAMP, now.as_str()), (SIGNATURE, good.as_str())],
            vec![(ID, "a"), (TIMESTAMP, old.as_str()), (SIGNATURE, aged.as_str())],
        ] {
            assert_eq!(phone.post(&body, &headers).await, 401, "{headers:?}");
        }
        assert_eq!(phone.receipt(&json!({ "id": id, "state": "eaten" })).await, 400);
        assert_eq!(phone.receipt(&json!({ "id": v7(), "state": "read" })).await, 204, "of a message that is not ours");
        assert_eq!(before, fingerprint(&phone.app.app.db).await);
        assert_eq!(phone.receipt(&json!({ "id": id, "state": "read" })).await, 204);
        assert_eq!(attempt(&phone.app, id).await.state, MessageState::Read);
    }

    async fn without_a_gateway_nobody_sends_receipts(db: TestDb) {
        let app = TestApp::start(&db).await;
        let answer = app.client().post(app.url("/messages/receipts")).body("{}").send().await.expect("an answer");
        assert_eq!(answer.status(), 404);
    }

    async fn whoever_answers_with_a_stop_word_gets_no_more_digests(db: TestDb) {
        let phone = Phone::new(&db).await;
        confirm_on(&phone.app, "site", MessageChannel::Sms, "+8613812345678").await;
        let digest = || {
            NewMessage::new(v7(), MessageKind::Digest, Recipient::Person(phone.site.into()))
                .on(MessageChannel::Sms)
                .with(Placeholder::Count, "2")
                .with(Placeholder::Lines, "• To repair: D-000001")
                .with(Placeholder::Link, "https://handover.example/")
                .with(Placeholder::UnsubscribeLink, "https://handover.example/messages/unsubscribe?token=x")
        };
        let id = queue(&phone.app, digest()).await;
        assert_eq!(send(&phone.app, id).await, MessageState::Sent);
        for _ in 0..2 {
            assert_eq!(phone.receipt(&json!({ "id": id, "state": "unsubscribed" })).await, 204);
        }
        assert_eq!(attempt(&phone.app, id).await.state, MessageState::Sent, "it says nothing of the message");
        assert_eq!(write(&phone.app, digest()).await, Enqueued::NoChannel);
        // What serves the person goes on, also after the word.
        let service = phone.sent().await;
        assert_eq!(phone.receipt(&json!({ "id": service, "state": "unsubscribed" })).await, 204);
        phone.sent().await;
    }
}
