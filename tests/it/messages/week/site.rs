//! The server of a week, and what is around it: a mail server that goes away, a gateway, processes that are killed.

use std::time::Duration;

use domain::Timestamp;
use domain::message::{MessageChannel, MessageKind, MessageState};
use message_channels::{ChannelSettings, Channels};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::entity::message_attempts;
use tempfile::TempDir;
use tests::app::{START, TestApp};
use tests::database::TestDb;
use tests::dice::Dice;
use tests::user::user_errors;
use uuid::Uuid;

use super::super::gateway_server::{GatewayServer, SECRET};
use super::super::mail_server::{Act, Mail, MailServer, Step, smtp_at};
use super::super::setup::{REST, attempts};
use crate::owner_links::setup::text;
use crate::server_process::Process;

/// Between taking a message and saying so: a kill falls into it.
const PACE: Duration = Duration::from_millis(60);
/// E-mails that a server process sends at once.
pub(super) const CONNECTIONS: usize = 4;
/// After so many seconds the leases of a killed process have ended.
const LEASE_SECONDS: i64 = 31;
/// An outage takes about twenty minutes: so many rests of the channel.
const RESTS: usize = 20;
const HOUR: i64 = 60 * 60;

/// A message that came in at the mail server or the gateway.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) id: Uuid,
    pub(super) text: String,
}

/// The moment of an hour of a day of the week. Monday is day 0; the project is in Shanghai.
pub(super) fn moment_of(day: i64, (hour, minute): (i64, i64)) -> Timestamp {
    let monday = Timestamp::from_rfc3339(START).expect("a moment");
    monday.plus_seconds((24 * day + hour - 8) * HOUR + 60 * minute)
}

/// The server with its surroundings.
pub(super) struct Site<'a> {
    pub(super) app: &'a TestApp,
    mail: MailServer,
    gateway: GatewayServer,
    /// What mail servers of before have taken.
    earlier: Vec<Mail>,
    database_url: String,
    /// The log of the killed processes is in it.
    folder: TempDir,
    dice: Dice,
    /// The negative control: nobody knows any more that a killed process was sending.
    pub(super) forgets_leases: bool,
}

/// A mail server, and a gateway of text messages and push notifications.
pub(super) async fn receivers() -> (MailServer, GatewayServer, Channels) {
    let (mail, gateway) = (MailServer::start().await, GatewayServer::start().await);
    let posted = gateway.settings();
    let settings = ChannelSettings { smtp: Some(smtp_at(mail.address)), push: posted.sms.clone(), ..posted };
    let channels = Channels::new(&settings).expect("channels");
    (mail, gateway, channels)
}

impl<'a> Site<'a> {
    pub(super) fn new(app: &'a TestApp, db: &TestDb, (mail, gateway): (MailServer, GatewayServer), dice: Dice) -> Self {
        let (database_url, folder) = (db.settings.url.clone(), tempfile::tempdir().expect("a folder"));
        Self { app, mail, gateway, earlier: Vec::new(), database_url, folder, dice, forgets_leases: false }
    }

    /// Lets time go by until an hour of a day of the week.
    pub(super) fn advance_to(&self, day: i64, (hour, minute): (i64, i64)) {
        let moment = moment_of(day, (hour, minute));
        let seconds = moment.micros_since(self.app.app.clock.now()).div_euclid(1_000_000);
        assert!(seconds >= 0, "day {day}, {hour}:{minute:02} has passed by {} s", -seconds);
        self.app.advance_seconds(seconds);
        self.app.app.caller_cache.forget();
    }

    /// Sends what is due.
    pub(super) async fn send(&self) {
        app::messages::send_due(&self.app.app).await.expect("sent");
    }

    /// All mails of the week.
    pub(super) fn mails(&self) -> Vec<Mail> {
        self.earlier.iter().cloned().chain(self.mail.mails()).collect()
    }

    /// All requests to the gateway: the key and the body.
    pub(super) fn requests(&self) -> Vec<(String, Value)> {
        self.gateway.requests()
    }

    /// All messages that came in.
    pub(super) fn received(&self) -> Vec<Received> {
        let mails = self.mails().into_iter().map(|mail| (mail.id, mail.text));
        let posted = self.requests().into_iter().map(|(key, body)| (key, text(&body["text"])));
        mails.chain(posted).map(|(id, text)| Received { id: id.parse().expect("an id"), text }).collect()
    }

    /// The newest message of a kind that came in at an address.
    pub(super) async fn newest(&self, kind: MessageKind, to: &str) -> Option<String> {
        let hash = Sha256::digest(to).to_vec();
        let (rows, received) = (attempts(self.app).await, self.received());
        let mut ids = rows.iter().rev().filter(|row| row.kind == kind && row.address_hash == hash).map(|row| row.id);
        ids.find_map(|id| received.iter().find(|one| one.id == id.uuid()).map(|one| one.text.clone()))
    }

    /// The mail server is away for twenty minutes while messages wait for it.
    pub(super) async fn mail_server_is_away(&mut self) {
        let address = self.mail.address;
        self.mail.go_away().await;
        for _ in 0..RESTS {
            self.send().await;
            self.app.advance_seconds(REST);
        }
        let waiting: Vec<_> = attempts(self.app).await.into_iter().filter(waits_for_mail_server).collect();
        assert!(!waiting.is_empty(), "nothing has waited, so this proves nothing");
        assert!(waiting.iter().all(|row| row.tries == 0), "an outage has used up tries: {waiting:?}");
        let away = std::mem::replace(&mut self.mail, MailServer::at(address).await);
        self.earlier.extend(away.mails());
    }

    /// Starts a server process, whose clock stands where the week is.
    async fn start_server(&self) -> Process {
        self.mail.think(PACE);
        self.gateway.think(PACE);
        let (port, url) = (self.mail.address.port().to_string(), format!("http://{}/send", self.gateway.address));
        let settings = [
            ("HANDOVER_SMTP_PORT", port.as_str()),
            ("HANDOVER_GATEWAY_SMS_URL", url.as_str()),
            ("HANDOVER_GATEWAY_SECRET", SECRET),
        ];
        let now = self.app.app.clock.now();
        let server = Process::standing_server(self.folder.path(), &self.database_url, now, &settings).await;
        server.expect("the server starts")
    }

    /// A server process is killed while it sends e-mails: after the first ones of all its connections, in the middle of the
    /// next ones. Before that one connection breaks with a text, which does not arrive.
    pub(super) async fn kill_while_mails_are_sent(&mut self) {
        let due = self.mail.mails().len() + CONNECTIONS + 2;
        self.mail.next(Step::Text, Act::Close);
        let server = self.start_server().await;
        let reached = tokio::time::timeout(Duration::from_secs(60), self.mail.taken(due)).await;
        reached.unwrap_or_else(|_| panic!("the sender stands still before {due} e-mails"));
        self.kill(server).await;
    }

    /// A server process is killed while it sends what requests to itself have caused.
    pub(super) async fn kill_while_texts_are_sent(&mut self, documents: &[(&str, Value)]) {
        let due = self.requests().len() + 1;
        let server = self.start_server().await;
        for (document, variables) in documents {
            self.ask_server(&server, document, variables).await;
        }
        let reached = tokio::time::timeout(Duration::from_secs(60), self.gateway.wait_for(due)).await;
        reached.expect("the sender stands still before the first text message");
        self.kill(server).await;
    }

    /// Asks a server process without a sign-in for what must work.
    async fn ask_server(&self, server: &Process, document: &str, variables: &Value) {
        let body = json!({ "query": document, "variables": variables });
        let request = self.app.client().post(format!("http://{}/graphql", server.address)).json(&body);
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        assert!(answer.get("errors").is_none() && user_errors(&answer["data"]).is_empty(), "{answer:#}");
    }

    /// `kill -9`, and what is left is sent by another process.
    async fn kill(&mut self, server: Process) {
        tokio::time::sleep(PACE / 4 * u32::try_from(self.dice.below(3)).unwrap_or(0)).await;
        server.kill().await;
        self.mail.think(Duration::ZERO);
        self.gateway.think(Duration::ZERO);
        if self.forgets_leases {
            self.forget_leases().await;
        }
        self.app.advance_seconds(LEASE_SECONDS);
        self.send().await;
    }

    /// What a server without leases would do after a kill: send again whatever is not known to be sent.
    async fn forget_leases(&self) {
        let queued = message_attempts::Entity::update_many()
            .col_expr(message_attempts::Column::State, Expr::value(MessageState::Queued))
            .filter(message_attempts::Column::State.eq(MessageState::Sending));
        self.app.app.db.write(async |tx| queued.exec(tx).await).await.expect("forgotten");
    }

    /// What the killed processes have logged.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("the log")
    }
}

fn waits_for_mail_server(row: &message_attempts::Model) -> bool {
    row.channel == MessageChannel::Email && row.state == MessageState::Queued
}
