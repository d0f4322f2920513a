//! A mail server that refuses, defers, stalls and breaks off at each step.

use domain::message::{MessageChannel, MessageError, MessageState};
use tests::app::TestApp;
use tests::on_both_databases;
use uuid::Uuid;

use super::mail_server::{Act, MailServer, Step};
use super::setup::{REST, attempt, notice, outages, queue, reach, send, send_later};

/// The steps before the text is handed over.
const BEFORE: [Step; 3] = [Step::Mail, Step::Rcpt, Step::Data];

struct Post {
    server: MailServer,
    app: TestApp,
    site: Uuid,
}

impl Post {
    async fn new(db: &tests::database::TestDb) -> Self {
        let server = MailServer::start().await;
        let app = TestApp::start_with_channels(db, server.channels()).await;
        reach(&app, "site", Some("site@home.example"), None).await;
        let site = app.person_id("site");
        Self { server, app, site }
    }

    async fn queue(&self) -> Uuid {
        queue(&self.app, notice(self.site)).await
    }

    /// How often a message arrived.
    fn arrived(&self, id: Uuid) -> usize {
        self.server.mails().iter().filter(|mail| mail.id == id.to_string()).count()
    }
}

on_both_databases! {
    async fn what_is_deferred_is_sent_later_and_once(db: TestDb) {
        let post = Post::new(&db).await;
        for step in BEFORE.into_iter().chain([Step::Text]) {
            let id = post.queue().await;
            for reply in ["451 4.3.0 try again", "450 4.2.1 busy"] {
                post.server.next(step, Act::Reply(reply));
            }
            assert_eq!(send(&post.app, id).await, MessageState::Queued, "{step:?}");
            let row = attempt(&post.app, id).await;
            assert_eq!((row.tries, row.error), (1, Some(MessageError::Deferred)), "{step:?}");
            let pause = (row.run_at - post.app.app.clock.now().0) / 1_000_000;
            assert!((48..=72).contains(&pause), "{step:?}: a minute and a fifth, not {pause} s");
            assert_eq!(send(&post.app, id).await, MessageState::Queued, "{step:?}: not before its time");
            assert_eq!(send_later(&post.app, id).await, MessageState::Queued, "{step:?}");
            assert_eq!(send_later(&post.app, id).await, MessageState::Sent, "{step:?}");
            assert_eq!((attempt(&post.app, id).await.tries, post.arrived(id)), (3, 1), "{step:?}");
        }
    }

    async fn a_greylisting_server_gets_it_at_the_second_try(db: TestDb) {
        let post = Post::new(&db).await;
        post.server.greylist();
        let id = post.queue().await;
        assert_eq!(send(&post.app, id).await, MessageState::Queued);
        assert_eq!(send_later(&post.app, id).await, MessageState::Sent);
        assert_eq!((attempt(&post.app, id).await.tries, post.arrived(id)), (2, 1));
    }

    async fn what_is_refused_fails_at_once_and_names_no_address(db: TestDb) {
        let post = Post::new(&db).await;
        for step in BEFORE.into_iter().chain([Step::Text]) {
            let id = post.queue().await;
            post.server.next(step, Act::Reply("550 5.1.1 <site@home.example> is nobody here"));
            assert_eq!(send(&post.app, id).await, MessageState::Failed, "{step:?}");
            let row = attempt(&post.app, id).await;
            assert_eq!((row.tries, row.error, row.address), (1, Some(MessageError::Refused), None), "{step:?}");
            let said = row.error_text.expect("the server's words");
            assert!(said.contains("5.1.1") && said.contains("s…@home.example") && !said.contains("site@"), "{said}");
            post.app.advance_seconds(100_000);
            assert_eq!(send(&post.app, id).await, MessageState::Failed, "{step:?}");
            assert_eq!(post.arrived(id), 0, "{step:?}");
        }
    }

    async fn a_connection_that_breaks_before_the_text_has_sent_nothing(db: TestDb) {
        let post = Post::new(&db).await;
        for step in BEFORE {
            for act in [Act::Close, Act::Stall] {
                let id = post.queue().await;
                post.server.next(step, act);
                assert_eq!(send(&post.app, id).await, MessageState::Queued, "{step:?} {act:?}");
                assert_eq!(attempt(&post.app, id).await.error, Some(MessageError::Deferred), "{step:?} {act:?}");
                assert_eq!(send_later(&post.app, id).await, MessageState::Sent, "{step:?} {act:?}");
                assert_eq!(post.arrived(id), 1, "{step:?} {act:?}");
            }
        }
    }

    async fn a_connection_that_breaks_with_the_text_leaves_a_message_that_is_listed_and_not_sent_again(db: TestDb) {
        let post = Post::new(&db).await;
        for (act, arrived) in [(Act::Close, 0), (Act::TakeAndClose, 1), (Act::Stall, 0)] {
            let id = post.queue().await;
            post.server.next(Step::Text, act);
            assert_eq!(send(&post.app, id).await, MessageState::Unknown, "{act:?}");
            for _ in 0..3 {
                post.app.advance_seconds(40 * 60 * 60);
                assert_eq!(send(&post.app, id).await, MessageState::Unknown, "{act:?}: whatever time goes by");
            }
            assert_eq!((attempt(&post.app, id).await.tries, post.arrived(id)), (1, arrived), "{act:?}");
        }
    }

    async fn an_outage_uses_up_no_try_and_is_waited_for(db: TestDb) {
        let mut post = Post::new(&db).await;
        let (first, second) = (post.queue().await, post.queue().await);
        let address = post.server.address;
        post.server.go_away().await;
        for n in 1..=4 {
            assert_eq!(send(&post.app, first).await, MessageState::Queued);
            let row = attempt(&post.app, first).await;
            assert_eq!((row.tries, row.error), (0, Some(MessageError::Outage)), "outage {n}");
            assert_eq!(outages(&post.app, MessageChannel::Email).await, n);
            assert_eq!(send(&post.app, first).await, MessageState::Queued, "the channel rests");
            assert_eq!(outages(&post.app, MessageChannel::Email).await, n, "and is not asked");
            post.app.advance_seconds(REST);
        }
        // The other one was not even tried.
        assert_eq!(attempt(&post.app, second).await.sending_at, None);
        post.server = MailServer::at(address).await;
        assert_eq!(send(&post.app, first).await, MessageState::Sent);
        assert_eq!(attempt(&post.app, second).await.state, MessageState::Sent);
        assert_eq!(outages(&post.app, MessageChannel::Email).await, 0);
        assert_eq!((post.arrived(first), post.arrived(second)), (1, 1));
        assert_eq!(post.server.connections(), 1, "one connection for both");
    }

    async fn a_server_that_greets_nobody_is_an_outage_too(db: TestDb) {
        let post = Post::new(&db).await;
        let id = post.queue().await;
        for act in [Act::Reply("554 no"), Act::Reply("421 too busy"), Act::Close, Act::Stall] {
            post.server.next(Step::Greeting, act);
            assert_eq!(send(&post.app, id).await, MessageState::Queued, "{act:?}");
            let row = attempt(&post.app, id).await;
            assert_eq!((row.tries, row.error), (0, Some(MessageError::Outage)), "{act:?}");
            post.app.advance_seconds(REST);
        }
        // A server that closes while it is asked takes nothing from anybody either.
        post.server.next(Step::Rcpt, Act::Reply("421 4.3.2 shutting down"));
        assert_eq!(send(&post.app, id).await, MessageState::Queued);
        assert_eq!(attempt(&post.app, id).await.tries, 0);
        post.app.advance_seconds(REST);
        assert_eq!(send(&post.app, id).await, MessageState::Sent);
        assert_eq!(post.arrived(id), 1);
    }

    async fn a_message_that_is_deferred_for_two_days_is_given_up(db: TestDb) {
        let post = Post::new(&db).await;
        let id = post.queue().await;
        let begun = post.app.app.clock.now();
        let mut tries = 0;
        loop {
            post.server.next(Step::Rcpt, Act::Reply("451 4.3.0 try again"));
            if send_later(&post.app, id).await == MessageState::Failed {
                break;
            }
            tries += 1;
        }
        let row = attempt(&post.app, id).await;
        assert_eq!(row.error, Some(MessageError::Expired));
        assert!((48..50).contains(&(post.app.app.clock.now().micros_since(begun) / 3_600_000_000)));
        // 1, 2, 4 … 32 minutes, then an hour each: some fifty, more or less by the fifth.
        assert!((44..=66).contains(&tries), "{tries}");
        assert_eq!((row.tries, post.arrived(id)), (tries, 0));
    }
}
