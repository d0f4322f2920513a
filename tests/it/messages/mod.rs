//! Messages: each is sent once, or listed as one of which nobody knows; by a real mail server and a real gateway that
//! refuse, stall, break off and double what they say.

mod addresses;
mod digest;
mod gateway;
mod gateway_server;
mod hidden;
mod inbox;
mod kills;
mod links;
mod mail;
mod mail_server;
mod outbox;
mod preferences;
mod resolving;
mod setup;
mod unsubscribe;
mod used;
mod verdict;
mod week;

pub(crate) use setup::notice;
