//! What is written into the outbox, and what stays of it.

use app::messages::{ChannelChoice, Enqueued, NewMessage, Recipient, enqueue};
use domain::Language;
use domain::message::{MessageChannel, MessageKind, MessageState, Placeholder};
use serde_json::json;
use sha2::{Digest, Sha256};
use tests::app::TestApp;
use tests::ids::v7;
use tests::on_both_databases;

use super::mail_server::MailServer;
use super::setup::{attempt, attempts, code, notice, queue, reach, send, write};

on_both_databases! {
    async fn a_message_leaves_after_its_commit_and_not_without(db: TestDb) {
        let server = MailServer::start().await;
        let app = TestApp::start_with_channels(&db, server.channels()).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        let site = app.person_id("site");
        let mut work = app.app.begin_by_server(app.project.id.into()).await.expect("a unit of work");
        let enqueued = enqueue(&mut work, notice(site)).await.expect("written");
        assert!(matches!(enqueued, Enqueued::Queued { channel: MessageChannel::Email, .. }));
        work.tx.rollback().await.expect("rolled back");
        app::messages::send_due(&app.app).await.expect("sent");
        assert!(server.mails().is_empty() && attempts(&app).await.is_empty());

        let id = queue(&app, notice(site)).await;
        assert_eq!(send(&app, id).await, MessageState::Sent);
        let mails = server.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].to.as_str(), mails[0].id.clone()), ("site@home.example", id.to_string()));
        assert!(mails[0].text.contains("the password of your login site was changed at 2 March 2026, 08:00."));
        assert!(mails[0].headers.contains("Subject: Your password was changed"), "{}", mails[0].headers);
        let row = attempt(&app, id).await;
        assert_eq!((row.address, row.address_tail.as_str()), (None, "s…@home.example"));
        assert_eq!(row.address_hash, Sha256::digest("site@home.example").to_vec());
        assert!(row.provider_text.is_some_and(|text| text.contains("queued as 4711")));
        assert_eq!((row.tries, row.error, row.sent_at), (1, None, Some(app.app.clock.now().0)));
        app.advance_seconds(100_000);
        app::messages::send_due(&app.app).await.expect("sent");
        assert_eq!(server.mails().len(), 1, "sent once");
    }

    async fn the_same_message_is_written_once(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), Some("+86 138 1234 5678")).await;
        let message = notice(app.person_id("site"));
        assert!(matches!(write(&app, message.clone()).await, Enqueued::Queued { .. }));
        assert_eq!(write(&app, message.clone()).await, Enqueued::Before);
        // Another channel, and another edition, is another message.
        let sms = write(&app, message.clone().on(MessageChannel::Sms)).await;
        assert!(matches!(sms, Enqueued::Queued { channel: MessageChannel::Sms, tail, .. } if tail == "…5678"));
        let second = NewMessage { edition: 2, ..message };
        assert!(matches!(write(&app, second).await, Enqueued::Queued { .. }));
        let sent = app.sent_messages().await;
        assert_eq!(sent.len(), 3);
        let sms: Vec<_> = sent.iter().filter(|message| message["channel"] == "SMS").collect();
        assert_eq!((sms.len(), &sms[0]["to"], &sms[0]["subject"]), (1, &json!("+8613812345678"), &json!(null)));
    }

    async fn a_secret_is_gone_once_it_has_left(db: TestDb) {
        let app = TestApp::start(&db).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        let site = app.person_id("site");
        let (secret, open) = (queue(&app, code(site, "271828")).await, queue(&app, notice(site)).await);
        let before = attempt(&app, secret).await;
        assert!(before.body.is_some_and(|body| body.contains("271828")) && before.body_sha256.is_empty());
        let sent = app.sent_messages().await;
        assert_eq!(sent[0]["kind"], "SIGN_IN_CODE", "somebody waits for a code, so it is sent first");
        assert!(sent[0]["text"].as_str().is_some_and(|text| text.contains("271828")));
        let after = attempt(&app, secret).await;
        assert_eq!((after.state, after.body, after.subject, after.params), (MessageState::Sent, None, None, json!({})));
        let kept = attempt(&app, open).await;
        let (subject, body) = (kept.subject.expect("a subject"), kept.body.expect("a text"));
        assert_eq!(kept.body_sha256, Sha256::digest(format!("{subject}\n\n{body}")).to_vec());
    }

    async fn a_secret_is_gone_once_its_time_has_passed(db: TestDb) {
        let mut server = MailServer::start().await;
        let app = TestApp::start_with_channels(&db, server.channels()).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        server.go_away().await;
        let until = app.app.clock.now().plus_seconds(300);
        let id = queue(&app, code(app.person_id("site"), "271828").until(until)).await;
        assert_eq!(send(&app, id).await, MessageState::Queued);
        app.advance_seconds(300);
        assert_eq!(send(&app, id).await, MessageState::Failed);
        let row = attempt(&app, id).await;
        assert_eq!(row.error.map(|error| error.as_str()), Some("EXPIRED"));
        assert_eq!((row.body, row.address, row.params), (None, None, json!({})));
    }

    async fn who_has_no_address_is_told_so(db: TestDb) {
        let server = MailServer::start().await;
        let app = TestApp::start_with_channels(&db, server.channels()).await;
        let site = app.person_id("site");
        assert_eq!(write(&app, notice(site)).await, Enqueued::NoChannel, "no address");
        // A number is of no use without a gateway; a number of no country, and an address that is none, never are.
        for (email, phone) in [(None, Some("13812345678")), (None, Some("021-62345678")), (Some("site"), None)] {
            reach(&app, "site", email, phone).await;
            assert_eq!(write(&app, notice(site)).await, Enqueued::NoChannel, "{email:?} {phone:?}");
        }
        assert!(attempts(&app).await.is_empty());
    }

    async fn a_guest_is_written_to_in_the_language_of_the_invitation(db: TestDb) {
        let app = TestApp::start(&db).await;
        let guest = Recipient::Guest { id: v7().into(), language: Language::Zh, email: None, phone: Some("13812345678".into()) };
        let message = NewMessage::new(v7(), MessageKind::Invitation, guest)
            .with(Placeholder::PersonName, "许红")
            .with(Placeholder::Login, "xu.hong")
            .with(Placeholder::ProjectName, "滨江花园")
            .with(Placeholder::Position, "业主")
            .with(Placeholder::Link, "https://handover.example/join#abc")
            .with(Placeholder::LastDay, "2026-03-09");
        assert_eq!(message.channel, ChannelChoice::Preferred);
        queue(&app, message).await;
        let sent = app.sent_messages().await;
        assert_eq!((&sent[0]["language"], &sent[0]["to"]), (&json!("ZH"), &json!("+8613812345678")));
        assert!(sent[0]["text"].as_str().is_some_and(|text| text.contains("您受邀加入滨江花园")), "{}", sent[0]);
    }
}
