//! Sessions: signing in, staying signed in, signing out, and who a token belongs to.

pub mod authenticate;
pub mod create;
pub mod refresh;
mod rehash;
pub mod revoke;
pub(crate) mod slow;
mod tokens;

pub use tokens::Session;
pub(crate) use tokens::hash;
