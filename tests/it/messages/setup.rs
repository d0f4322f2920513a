//! What the tests of messages share.

use app::messages::{Enqueued, NewMessage, Recipient, enqueue};
use domain::message::{MessageChannel, MessageKind, MessageState, Placeholder};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use store::entity::{confirmed_addresses, message_attempts, message_channels, people};
use tests::app::TestApp;
use tests::ids::v7;
use tests::user::User;
use uuid::Uuid;

/// More than the longest rest of a channel.
pub(super) const REST: i64 = 61;

/// Gives somebody an e-mail address and a number.
pub(super) async fn reach(app: &TestApp, login: &str, email: Option<&str>, phone: Option<&str>) {
    let update = people::Entity::update_many()
        .col_expr(people::Column::Email, Expr::value(email.map(str::to_owned)))
        .col_expr(people::Column::Phone, Expr::value(phone.map(str::to_owned)))
        .filter(people::Column::Id.eq(app.person_id(login)));
    app.app.db.write(async |tx| update.exec(tx).await).await.expect("an address");
}

/// A message without a secret.
pub(crate) fn notice(person_id: Uuid) -> NewMessage {
    NewMessage::new(v7(), MessageKind::PasswordChanged, Recipient::Person(person_id.into()))
        .with(Placeholder::Moment, "2 March 2026, 08:00")
}

/// A message with a code.
pub(super) fn code(person_id: Uuid, code: &str) -> NewMessage {
    NewMessage::new(v7(), MessageKind::SignInCode, Recipient::Person(person_id.into()))
        .with(Placeholder::Code, code)
        .with(Placeholder::Minutes, "5")
}

/// Writes a message in a transaction of its own.
pub(super) async fn write(app: &TestApp, message: NewMessage) -> Enqueued {
    let mut work = app.app.begin_by_server(app.project.id.into()).await.expect("a unit of work");
    let enqueued = enqueue(&mut work, message).await.expect("written");
    work.commit().await.expect("committed");
    enqueued
}

/// Writes a message that can be sent; answers the attempt.
pub(super) async fn queue(app: &TestApp, message: NewMessage) -> Uuid {
    match write(app, message).await {
        Enqueued::Queued { attempt_id, .. } => attempt_id.uuid(),
        other => panic!("not queued: {other:?}"),
    }
}

pub(super) async fn attempt(app: &TestApp, id: Uuid) -> message_attempts::Model {
    let found = message_attempts::Entity::find_by_id(id).one(app.app.db.read()).await.expect("attempts");
    found.expect("an attempt")
}

pub(super) async fn attempts(app: &TestApp) -> Vec<message_attempts::Model> {
    use message_attempts::Column;
    let all = message_attempts::Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
    all.all(app.app.db.read()).await.expect("attempts")
}

/// Sends what is due; answers the state of one message afterwards.
pub(super) async fn send(app: &TestApp, id: Uuid) -> MessageState {
    app::messages::send_due(&app.app).await.expect("sent");
    attempt(app, id).await.state
}

/// Lets time go by until a message is due again, and sends what is due then.
pub(super) async fn send_later(app: &TestApp, id: Uuid) -> MessageState {
    let pause = attempt(app, id).await.run_at - app.app.clock.now().0;
    app.advance_seconds(pause.max(0).div_euclid(1_000_000) + 1);
    send(app, id).await
}

/// How often in a row a channel could not be reached.
pub(super) async fn outages(app: &TestApp, channel: MessageChannel) -> i32 {
    let row = message_channels::Entity::find_by_id(channel).one(app.app.db.read()).await.expect("channels");
    row.map_or(0, |row| row.outages)
}

const INBOX: &str = "query($unread: Boolean!) { viewer { unreadCount inbox(unread: $unread, first: 100) { nodes {
    id kind createdAt readAt project { id } defect { id number } comment { id body } pendingEdit { id state } deviceId } } } }";
const MARK_READ: &str = "mutation($ids: [ID!]!) { messageMarkRead(input: { entryIds: $ids }) {
    entries { id readAt } userErrors { code field } } }";

/// Somebody's inbox, the newest first.
pub(super) async fn inbox(user: &User<'_>) -> Vec<Value> {
    let viewer = user.ok(INBOX, json!({ "unread": false })).await["viewer"].clone();
    viewer["inbox"]["nodes"].as_array().expect("entries").clone()
}

/// The reasons of what somebody has not read, the oldest first; the count says the same.
pub(super) async fn unread(user: &User<'_>) -> Vec<String> {
    let viewer = user.ok(INBOX, json!({ "unread": true })).await["viewer"].clone();
    let nodes = viewer["inbox"]["nodes"].as_array().expect("entries");
    assert_eq!(viewer["unreadCount"], json!(nodes.len()), "{}", user.login);
    let kinds = nodes.iter().rev().map(|entry| entry["kind"].as_str().expect("a reason").to_owned());
    kinds.collect()
}

/// The same, and reads all of it.
pub(super) async fn hears(user: &User<'_>) -> Vec<String> {
    let kinds = unread(user).await;
    let entries = inbox(user).await;
    let ids: Vec<&Value> = entries.iter().filter(|entry| entry["readAt"].is_null()).map(|entry| &entry["id"]).collect();
    if !ids.is_empty() {
        user.ok(MARK_READ, json!({ "ids": ids })).await;
    }
    kinds
}

/// Notes entries as read; answers the codes of a refusal.
pub(super) async fn refused_to_read(user: &User<'_>, ids: &[Uuid]) -> Vec<String> {
    user.refused(MARK_READ, json!({ "ids": ids })).await
}

/// Gives somebody a confirmed address of e-mails.
pub(super) async fn confirm(app: &TestApp, login: &str, email: &str) {
    reach(app, login, Some(email), None).await;
    confirm_on(app, login, MessageChannel::Email, email).await;
}

/// Confirms an address as if by a code.
pub(super) async fn confirm_on(app: &TestApp, login: &str, channel: MessageChannel, address: &str) {
    let (person_id, address, confirmed_at) = (app.person_id(login).into(), address.to_owned(), app.app.clock.now().0);
    let confirmed = confirmed_addresses::Model { person_id, channel, address, confirmed_at };
    app.app.db.write(async |tx| store::addresses::confirm(tx, confirmed.clone()).await).await.expect("confirmed");
}

/// From the beginning of the tests' day, 8:00 in Shanghai, to the next digests at 7:30.
pub(super) const UNTIL_DIGESTS: i64 = 23 * 3_600 + 1_800;

/// Writes the digests that are due, and sends them; answers all of them so far.
pub(super) async fn digests(app: &TestApp) -> Vec<Value> {
    app::inbox::send_due_digests(&app.app).await.expect("the digests");
    let sent = app.sent_messages().await;
    sent.into_iter().filter(|message| message["kind"] == "DIGEST").collect()
}
