//! Sessions: signing in, staying signed in, signing out, the list of devices, and who a token belongs to.

mod audit;
pub mod authenticate;
mod client;
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

pub use client::Client;
pub use hash_queue::{HashQueue, HashQueueStats, Priority};
pub use tokens::Session;
pub(crate) use tokens::hash;
