//! Owners without passwords: links, codes, and sessions that see one unit.

mod ending;
mod limits;
mod making;
pub(crate) mod setup;
mod signing_in;
