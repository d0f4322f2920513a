//! The log lines of sign-ins and sessions: person id and network address, never a login, password or token.

use std::net::IpAddr;

use domain::id::{PersonId, UnitLinkId};
use domain::session::SessionEndReason;

/// A sign-in succeeded.
pub(super) fn signed_in(person: PersonId, address: IpAddr, known_device: bool) {
    tracing::info!(%person, %address, known_device, "signed in");
}

/// A sign-in failed. Without a person the login does not exist.
pub(super) fn sign_in_failed(person: Option<PersonId>, address: IpAddr) {
    match person {
        Some(person) => tracing::warn!(%person, %address, "sign-in failed"),
        None => tracing::warn!(%address, "sign-in failed"),
    }
}

/// A code for a sign-in by an owner's link was sent.
pub(super) fn code_sent(person: PersonId, address: IpAddr) {
    tracing::info!(%person, %address, "sign-in code sent");
}

/// A sign-in by an owner's link succeeded.
pub(super) fn signed_in_by_link(person: PersonId, address: IpAddr, link: UnitLinkId) {
    tracing::info!(%person, %address, %link, "signed in by an owner's link");
}

/// A sign-in by an owner's link failed by its code.
pub(super) fn sign_in_by_link_failed(person: PersonId, address: IpAddr) {
    tracing::warn!(%person, %address, "sign-in by an owner's link failed");
}

/// A sign-in was refused without a look at the password, because too many failed before.
pub(super) fn sign_in_slowed(address: IpAddr, seconds: i64) {
    tracing::warn!(%address, seconds, "sign-in slowed");
}

/// A sign-in was refused because too many passwords waited to be checked.
pub(super) fn sign_in_queue_full(address: IpAddr) {
    tracing::warn!(%address, "sign-in refused: too many wait");
}

/// A spent refresh token came, and ended its session.
pub(super) fn refresh_token_reused(person: PersonId, address: IpAddr) {
    tracing::warn!(%person, %address, "refresh token reused: its session ended");
}

/// Sessions of a person ended. `by` is the acting person.
pub(super) fn sessions_ended(person: PersonId, by: PersonId, address: IpAddr, reason: SessionEndReason, count: u64) {
    tracing::info!(%person, %by, %address, %reason, count, "sessions ended");
}
