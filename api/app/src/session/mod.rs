//! Sessions: signing in, staying signed in, signing out, the list of devices, and who a token belongs to.

mod audit;
pub mod authenticate;
pub mod by_link;
mod client;
pub mod code;
pub mod create;
pub mod end;
mod first_use;
pub mod gc;
mod hash_queue;
pub mod list;
mod open;
pub mod refresh;
mod rehash;
pub mod revoke;
pub(crate) mod throttle;
mod tokens;

use domain::{Caller, RefusalCode};

use crate::error::Result;

pub use client::Client;
pub use hash_queue::{HashQueue, HashQueueStats, Priority};
pub use tokens::Session;
pub(crate) use tokens::{hash, random_token};

/// Refuses in a session of one unit what needs a sign-in with login and password.
///
/// # Errors
/// `UNIT_SESSION`.
pub(crate) fn require_whole_session(caller: &Caller) -> Result<()> {
    if caller.only_unit.is_some() { Err(RefusalCode::UnitSession.into()) } else { Ok(()) }
}
