//! The server is killed in the middle of sending: every message arrives once, or is listed as one of which nobody knows.
//!
//! `MESSAGE_KILLS=40 MESSAGES=10000` makes it a long one, `PROOF_SEED` repeats a run.

use std::sync::Arc;
use std::time::Duration;

use app::{App, Clock};
use domain::message::MessageState;
use message_channels::{ChannelSettings, Channels};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::db::Db;
use store::entity::{message_attempts, people};
use tempfile::TempDir;
use tests::database::TestDb;
use tests::dice::{Dice, number};
use tests::fixture;
use tests::on_both_databases;

use super::gateway_server::{GatewayServer, SECRET};
use super::mail_server::{MailServer, smtp_at};
use super::setup::notice;
use super::verdict::{self, Arrivals};
use crate::server_process::{Process, objects_at};

/// Between taking a message and saying so: most kills fall into it.
const PACE: Duration = Duration::from_millis(20);
/// Messages that are sent at once to the mail server.
const CONNECTIONS: usize = 4;
/// After it every lease has ended.
const LATER_SECONDS: i64 = 120;

/// The parts of a run.
struct Site {
    folder: TempDir,
    db: TestDb,
    mail: MailServer,
    gateway: GatewayServer,
    store: Process,
}

impl Site {
    /// Writes the messages, half of them as e-mails; from then on the database is the server's.
    async fn new(db: TestDb, messages: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Process::store(folder.path(), "127.0.0.1:0").await.expect("the store starts");
        let channels = Arc::new(Channels::folder(folder.path()));
        let app = App { channels, ..App::new(db.db.clone(), Arc::new(objects_at(&store.address))) };
        let (project, _, persons) = fixture::set_up(&app).await;
        let reached = [("site", Some("site@home.example"), None), ("lead.a", None, Some("13812345678"))];
        for (login, email, phone) in reached {
            let update = people::Entity::update_many()
                .col_expr(people::Column::Email, Expr::value(email.map(str::to_owned)))
                .col_expr(people::Column::Phone, Expr::value(phone.map(str::to_owned)))
                .filter(people::Column::Login.eq(login));
            app.db.write(async |tx| update.exec(tx).await).await.expect("an address");
        }
        let mut work = app.begin_by_server(project.id.into()).await.expect("a unit of work");
        for n in 0..messages {
            let message = notice(persons[reached[n % 2].0]);
            app::messages::enqueue(&mut work, message).await.expect("written");
        }
        work.commit().await.expect("committed");
        db.db.close().await.expect("the database closes");
        let (mail, gateway) = (MailServer::start().await, GatewayServer::start().await);
        mail.think(PACE);
        gateway.think(PACE);
        Self { folder, db, mail, gateway, store }
    }

    async fn server(&self) -> Process {
        let (port, sms) = (self.mail.address.port().to_string(), format!("http://{}/send", self.gateway.address));
        let more = [
            ("HANDOVER_SMTP_HOST", "127.0.0.1"),
            ("HANDOVER_SMTP_PORT", port.as_str()),
            ("HANDOVER_SMTP_TLS", "none"),
            ("HANDOVER_SMTP_FROM", "Handover <handover@example.com>"),
            ("HANDOVER_GATEWAY_SMS_URL", sms.as_str()),
            ("HANDOVER_GATEWAY_SECRET", SECRET),
        ];
        let server = Process::server(self.folder.path(), &self.db.settings.url, &self.store.address, &more).await;
        server.expect("the server starts")
    }

    /// What a server without leases would do after a kill: send again whatever is not known to be sent.
    async fn forget_leases(&self) {
        let db = Db::connect(&self.db.settings).await.expect("the database opens");
        let queued = message_attempts::Entity::update_many()
            .col_expr(message_attempts::Column::State, MessageState::Queued.into())
            .filter(message_attempts::Column::State.eq(MessageState::Sending));
        db.write(async |tx| queued.exec(tx).await).await.expect("forgotten");
        db.close().await.expect("the database closes");
    }

    /// Sends what is left once every lease has ended; answers the messages.
    async fn come_to_rest(&self) -> Vec<message_attempts::Model> {
        let db = Db::connect(&self.db.settings).await.expect("the database opens");
        let settings = ChannelSettings { smtp: Some(smtp_at(self.mail.address)), ..self.gateway.settings() };
        let app = App {
            channels: Arc::new(Channels::new(&settings).expect("channels")),
            clock: Clock::fixed(Clock::System.now().plus_seconds(LATER_SECONDS)),
            ..App::new(db, Arc::new(objects_at(&self.store.address)))
        };
        app::messages::send_due(&app).await.expect("sent");
        let rows = message_attempts::Entity::find().all(app.db.read()).await.expect("the messages");
        app.db.close().await.expect("the database closes");
        rows
    }
}

/// What is wrong with the messages afterwards.
fn find_faults(site: &Site, rows: &[message_attempts::Model], kills: usize) -> Vec<String> {
    let arrivals = Arrivals::count(&site.mail.mails(), &site.gateway.requests());
    let mut faults = verdict::find_faults(&arrivals, rows, kills * CONNECTIONS);
    // Nothing was refused, withdrawn or too old.
    let failed = rows.iter().filter(|row| row.state == MessageState::Failed);
    faults.extend(failed.map(|row| format!("{} over {} has failed", row.id, row.channel)));
    faults
}

/// Kills the server once in each part of the e-mails; answers what is wrong afterwards.
async fn prove(db: TestDb, what: &str, with_leases: bool) -> Vec<String> {
    let mut dice = Dice::announced(what);
    let (kills, messages) = (number("MESSAGE_KILLS", 4), number("MESSAGES", 240));
    let site = Site::new(db, messages).await;
    for n in 0..kills {
        let server = site.server().await;
        let part = (messages / 2 / (kills + 1)).max(1);
        let due = n * part + dice.below(part);
        // Some may be in doubt by now, and do not come any more.
        let reached = tokio::time::timeout(Duration::from_secs(60), site.mail.taken(due)).await;
        reached.unwrap_or_else(|_| panic!("the sender stands still before {due} e-mails"));
        tokio::time::sleep(Duration::from_micros(dice.throw() % 15_000)).await;
        server.kill().await;
        if !with_leases {
            site.forget_leases().await;
        }
    }
    let rows = site.come_to_rest().await;
    assert_eq!(rows.len(), messages);
    find_faults(&site, &rows, kills)
}

on_both_databases! {
    async fn every_message_arrives_once_or_is_listed(db: TestDb) {
        let faults = prove(db, "messages", true).await;
        assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    }

    async fn a_sender_without_leases_is_found_out(db: TestDb) {
        let faults = prove(db, "messages without leases", false).await;
        assert!(faults.iter().any(|fault| fault.contains("arrived 2 times")), "{faults:#?}");
    }
}
