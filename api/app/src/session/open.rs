//! A new session of a person, in the transaction of the sign-in.

use domain::Timestamp;
use domain::id::{PersonId, SessionId};
use store::db::WriteTx;
use store::entity::{sessions, unit_links};

use super::client::Client;
use super::tokens::{Session, TokenPair, hash};
use crate::App;
use crate::error::Result;

/// The device that a person signs in on.
pub(super) struct Device<'a> {
    /// The name that the person gives it.
    pub(super) name: Option<String>,
    /// What the sign-in proves.
    pub(super) by: SignInBy<'a>,
}

/// By what a person signs in.
#[derive(Clone, Copy)]
pub(super) enum SignInBy<'a> {
    /// Login and password; with the device token, shown at each sign-in.
    Password { device_token: &'a str },
    /// An owner's link and a code: the session sees the link's unit only, and the device is none that a login knows.
    Link(&'a unit_links::Model),
}

/// Begins a session.
pub(super) async fn open_session(
    app: &App,
    tx: &WriteTx,
    client: &Client,
    person_id: PersonId,
    device: Device<'_>,
) -> Result<Session> {
    let (now, pair) = (app.clock.now(), TokenPair::first()?);
    let address = client.address.to_string();
    let mut row = row(app.ids.next(), person_id, device.name, &address, now);
    match device.by {
        SignInBy::Password { device_token } => row.device_hash = Some(hash(device_token)),
        SignInBy::Link(link) => (row.unit_id, row.link_id) = (Some(link.unit_id), Some(link.id)),
    }
    pair.write_to(&mut row, now);
    let session = pair.into_session(&row);
    store::sessions::insert(tx, row).await?;
    Ok(session)
}

/// The row of a session that has no tokens yet.
pub(super) fn row(
    id: SessionId,
    person_id: PersonId,
    device: Option<String>,
    address: &str,
    now: Timestamp,
) -> sessions::Model {
    sessions::Model {
        id,
        person_id,
        access_hash: Vec::new(),
        access_expires_at: 0,
        refresh_hash: Vec::new(),
        previous_refresh_hash: None,
        refresh_expires_at: 0,
        revoked_at: None,
        device,
        created_at: now.0,
        family_hash: None,
        generation: None,
        ancestor_hash: None,
        successor_salt: None,
        rotated_at: None,
        first_used_at: None,
        last_seen_at: Some(now.0),
        last_address: Some(address.to_owned()),
        device_hash: None,
        ended_reason: None,
        notified_at: None,
        last_contact_at: None,
        unit_id: None,
        link_id: None,
    }
}
