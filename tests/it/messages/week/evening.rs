//! Receipts that come doubled, late and out of order; messages in an outage; people who want no more digests.

use domain::id::PersonId;
use domain::message::{MessageChannel, MessageError, MessageKind, MessageState};
use serde_json::{Value, json};
use tests::fixture::PASSWORD;
use uuid::Uuid;

use super::super::gateway_server::post_receipt;
use super::super::setup::{attempt, attempts};
use super::Week;
use super::people::token_behind;
use super::site::moment_of;
use crate::attacks::credentials::setup::{RESET_CREATE, reset};

/// The path of the link that switches digests off.
const UNSUBSCRIBE: &str = "/messages/unsubscribe?token=";

impl Week<'_> {
    /// The gateway says of everything that it has taken that it arrived, twice. One message did not arrive, at first.
    pub(super) async fn post_first_receipts(&mut self) {
        let rows = attempts(self.site.app).await;
        let posted = rows.iter().filter(|row| row.channel != MessageChannel::Email && row.state == MessageState::Sent);
        let new: Vec<Uuid> = posted.map(|row| row.id.uuid()).filter(|id| !self.receipted.contains(id)).collect();
        let (lost, arrived) = new.split_first().expect("messages to phones");
        self.post(*lost, "failed").await;
        let row = self.state_of(*lost).await;
        assert_eq!(row, (MessageState::Failed, Some(MessageError::NotDelivered)));
        for id in arrived {
            self.post(*id, "delivered").await;
            self.post(*id, "delivered").await;
        }
        self.receipted.extend(new);
    }

    /// What was said before comes again, and late: "sent" after "delivered", "failed" after "read". A state moves forward
    /// only.
    pub(super) async fn post_late_receipts(&self) {
        let ids: Vec<Uuid> = self.receipted.iter().copied().collect();
        for (n, id) in ids.into_iter().enumerate() {
            let last = if n % 2 == 0 { "read" } else { "delivered" };
            for said in ["sent", last, "failed", "sent", "delivered"] {
                self.post(id, said).await;
            }
            let (state, error) = self.state_of(id).await;
            assert!(
                matches!(state, MessageState::Delivered | MessageState::Read) && error.is_none(),
                "{state} {error:?}"
            );
        }
    }

    async fn post(&self, id: Uuid, said: &str) {
        let receipt = json!([{ "id": id, "state": said, "reason": "a number that nobody has" }]);
        assert_eq!(post_receipt(self.site.app, &receipt).await, 204, "{said}");
    }

    async fn state_of(&self, id: Uuid) -> (MessageState, Option<MessageError>) {
        let row = attempt(self.site.app, id).await;
        (row.state, row.error)
    }

    /// A reset link waits for the mail server, arrives once that is back, and is used; the person hears of it. Meanwhile two
    /// people want no more digests: one by the link of a digest, one by a stop word.
    pub(super) async fn reset_password_in_an_outage(&mut self) {
        let (login, to) = ("dev.0", "dev.0@people.example");
        let input = json!({ "input": { "personId": self.person_id(login) } });
        self.user("manager").ok(RESET_CREATE, input).await;
        self.site.mail_server_is_away().await;
        assert!(self.site.newest(MessageKind::PasswordReset, to).await.is_none(), "nobody takes it");
        self.switch_digests_off().await;
        self.site.send().await;
        let message = self.site.newest(MessageKind::PasswordReset, to).await.expect("the reset link");
        // With the same password, so that the script signs in as before.
        let answer = reset(self.site.app, &token_behind(&message, "/join#"), PASSWORD).await;
        assert_eq!(answer["reset"], json!(true), "{answer:#}");
        self.site.send().await;
        assert!(self.site.newest(MessageKind::PasswordChanged, to).await.is_some(), "the person hears of it");
    }

    /// The site engineer by one request of a mail program, a worker by a stop word to the gateway.
    async fn switch_digests_off(&self) {
        let digest = self.site.newest(MessageKind::Digest, "site@staff.example").await.expect("a digest");
        let path = format!("{UNSUBSCRIBE}{}", token_behind(&digest, UNSUBSCRIBE));
        let request = self.site.app.client().post(self.site.app.url(&path)).body("List-Unsubscribe=One-Click");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(request.send().await.expect("an answer").status(), 200);
        let rows = attempts(self.site.app).await;
        let worker = Some(PersonId::from(self.person_id("a.1")));
        let digest = rows.iter().rev().find(|row| row.kind == MessageKind::Digest && row.person_id == worker);
        let digest = digest.expect("a digest of the worker");
        assert_eq!(digest.channel, MessageChannel::Sms);
        let receipt: Value = json!({ "id": digest.id, "state": "unsubscribed" });
        assert_eq!(post_receipt(self.site.app, &receipt).await, 204);
    }

    /// Whoever has switched digests off gets none any more, and hears in the inbox as before.
    pub(super) async fn check_nobody_is_told_against_the_own_will(&self) {
        let friday = moment_of(4, (15, 0)).0;
        for login in ["site", "a.1"] {
            let sent = self.sent_since(MessageKind::Digest, self.person_id(login), friday).await;
            assert_eq!(sent, 0, "{login} wants no digests");
            assert!(!self.reasons(login).await.is_empty(), "{login} hears in the inbox");
        }
        assert!(self.sent_since(MessageKind::Digest, self.person_id("lead.a"), friday).await > 0, "others get them");
        let to = "worker.a@unconfirmed.example";
        assert!(self.site.mails().iter().all(|mail| mail.to != to), "nobody has confirmed this address");
    }
}
