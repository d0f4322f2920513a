//! Sessions: signing in, staying signed in, signing out, and who a token belongs to.

pub mod administrator;
pub mod authenticate;
pub mod create;
pub mod refresh;
pub mod revoke;
mod slow;
mod tokens;

pub use tokens::Session;
pub(crate) use tokens::hash;
