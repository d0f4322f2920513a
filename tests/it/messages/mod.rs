//! Messages: each is sent once, or listed as one of which nobody knows; by a real mail server and a real gateway that
//! refuse, stall, break off and double what they say.

mod addresses;
mod gateway;
mod gateway_server;
mod kills;
mod links;
mod mail;
mod mail_server;
mod outbox;
mod resolving;
mod setup;

pub(crate) use setup::notice;
