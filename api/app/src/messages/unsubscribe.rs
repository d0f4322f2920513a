//! Switching a kind of messages off by the link in a message, without signing in: by one request of a mail program
//! (RFC 8058), or on the page of the link. What the link switches off is switched on again by the signed-in person.

use domain::Language;
use domain::id::PersonId;
use domain::message::{MessageChannel, MessageKind};
use store::boxed;
use store::entity::message_attempts::Model as Attempt;
use store::entity::{message_switches, unsubscribe_links};

use crate::App;
use crate::error::Result;
use crate::session::{hash, random_token};
use crate::unit_of_work::UnitOfWork;

/// The path of the page. The secret is in the query, because a mail program posts to the address as it is.
pub const PATH: &str = "/messages/unsubscribe";

/// What a link switches off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subscription {
    /// The language of the person.
    pub language: Language,
    /// Over which channel.
    pub channel: MessageChannel,
    /// Messages of which kind.
    pub kind: MessageKind,
    /// Whether they are off.
    pub is_off: bool,
}

/// Makes a link that switches messages of a kind to a person off; returns its address.
///
/// # Errors
/// When the system has no random numbers, or the database fails.
pub(crate) async fn new_link(
    work: &UnitOfWork,
    public_url: &str,
    person_id: PersonId,
    (channel, kind): (MessageChannel, MessageKind),
) -> Result<String> {
    let token = random_token()?;
    let (id, token_hash, created_at) = (work.new_id(), hash(&token), work.now.0);
    let row = unsubscribe_links::Model { id, token_hash, person_id, channel, kind, created_at };
    store::messages::insert_unsubscribe_link(&work.tx, row).await?;
    Ok(format!("{public_url}{PATH}?token={token}"))
}

/// What a link switches off; none for a link that does not exist any more.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(app: &App, token: &str) -> Result<Option<Subscription>> {
    let conn = app.db.read();
    let Some(link) = store::messages::unsubscribe_link(conn, &hash(token)).await? else { return Ok(None) };
    let Some(person) = store::sessions::person(conn, link.person_id).await? else { return Ok(None) };
    let switches = store::messages::switches(conn, link.person_id).await?;
    let is_off = switches.iter().any(|row| row.channel == link.channel && row.kind == link.kind);
    Ok(Some(Subscription { language: person.language, channel: link.channel, kind: link.kind, is_off }))
}

/// Switches off what a link switches off; again is no error. None for a link that does not exist any more.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unsubscribe(app: &App, token: &str) -> Result<Option<Subscription>> {
    let (now, token_hash) = (app.clock.now(), hash(token));
    let switched = app
        .db
        .write(async |tx| {
            let Some(link) = store::messages::unsubscribe_link(tx, &token_hash).await? else {
                return Ok::<_, store::Error>(None);
            };
            let unsubscribe_links::Model { person_id, channel, kind, .. } = link;
            let row = message_switches::Model { person_id, channel, kind, off_since: now.0 };
            store::messages::switch_off(tx, row).await?;
            Ok(Some((person_id, channel, kind)))
        })
        .await?;
    let Some((person, channel, kind)) = switched else { return Ok(None) };
    tracing::info!(%person, %channel, %kind, "messages switched off by a link");
    find(app, token).await
}

/// Switches off messages like this one, because a gateway says that the person wants no more of them.
pub(super) async fn by_gateway(app: &App, attempt: &Attempt) -> Result<bool> {
    let (channel, kind) = (attempt.channel, attempt.kind);
    let Some(person_id) = attempt.person_id.filter(|_| kind.can_be_switched_off()) else { return Ok(false) };
    let row = message_switches::Model { person_id, channel, kind, off_since: app.clock.now().0 };
    app.db.write(async |tx| store::messages::switch_off(tx, row.clone()).await).await?;
    tracing::info!(person = %person_id, %channel, %kind, "messages switched off by a gateway");
    Ok(true)
}
