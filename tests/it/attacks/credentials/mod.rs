//! Attacks on invitations, one-time links, passwords and the demo.

mod command_line;
mod demo;
mod demo_removal;
mod invitations;
mod known_logins;
mod passwords;
pub(crate) mod setup;
