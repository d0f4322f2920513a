//! The mail server. Each step of the conversation has its own meaning when it fails: before the text is handed over
//! nothing was sent, and while it is handed over nobody can know.

mod connection;
mod mail;

use lettre::address::Address;
use lettre::message::Mailbox;

use crate::error::ChannelError;
use crate::settings::SmtpSettings;
use crate::tls::Roots;
use crate::{Outcome, Outgoing};

use connection::Server;

/// A mail server, with the connections that are open to it.
#[derive(Debug)]
pub(crate) struct Smtp {
    from: Mailbox,
    connections: usize,
    server: Server,
}

impl Smtp {
    pub(crate) fn new(settings: &SmtpSettings, roots: &Roots) -> Result<Self, ChannelError> {
        let from: Mailbox =
            settings.from.parse().map_err(|error| ChannelError::value("smtp_from", format!("{error}")))?;
        Ok(Self { from, connections: settings.connections.max(1), server: Server::new(settings, roots)? })
    }

    pub(crate) const fn connections(&self) -> usize {
        self.connections
    }

    /// Sends a message.
    pub(crate) async fn send(&self, message: &Outgoing) -> Outcome {
        let to: Address = match message.to.parse() {
            Ok(to) => to,
            Err(error) => return Outcome::Refused(format!("the address cannot be read: {error}")),
        };
        let mail = match mail::write(message, &self.from, to.clone()) {
            Ok(mail) => mail,
            Err(error) => return Outcome::Refused(format!("the message cannot be written: {error}")),
        };
        let mut connection = match self.server.connection().await {
            Ok(connection) => connection,
            Err(reason) => return Outcome::Outage(reason),
        };
        let outcome = connection.send(&self.from.email, to, &mail).await;
        if matches!(outcome, Outcome::Accepted { .. }) {
            self.server.keep(connection);
        } else {
            connection.close().await;
        }
        outcome
    }
}
