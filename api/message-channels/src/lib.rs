//! The channels by which messages leave the server: a mail server, HTTP gateways, a folder. A message goes in, an
//! outcome comes out. Knows no database and no rule but which outcome means what.

mod error;
mod folder;
mod gateway;
pub mod settings;
pub mod signature;
mod smtp;
mod tls;

use std::path::Path;

use domain::message::{MessageChannel, MessageKind};
use domain::{Language, Timestamp};
use serde_json::Value;
use uuid::Uuid;

pub use error::ChannelError;
pub use settings::{ChannelSettings, GatewaySettings, SmtpSettings, SmtpTimeouts, SmtpTls};

use folder::Folder;
use gateway::Gateway;
use smtp::Smtp;

/// How many messages are handed to a gateway at once.
const GATEWAY_CONNECTIONS: usize = 8;

/// A message to one person over one channel.
#[derive(Clone)]
pub struct Outgoing {
    /// The attempt's id: the same each time that the message is sent, so that a receiver recognizes it.
    pub id: Uuid,
    /// What it is for; gateways call it the template.
    pub kind: MessageKind,
    /// The channel.
    pub channel: MessageChannel,
    /// The address, the number, or the person's id for a push notification.
    pub to: String,
    /// The language of the text.
    pub language: Language,
    /// The subject, of an e-mail.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// The values of the template's placeholders, for gateways with templates of their own.
    pub params: Value,
    /// Where such messages are switched off, if they may be.
    pub unsubscribe_url: Option<String>,
    /// When the message was written.
    pub written_at: Timestamp,
}

/// Without the address and the text, which no log may hold.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// What became of a message at a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has taken it.
    Accepted {
        /// The receiver's own id of the message.
        provider_id: Option<String>,
        /// What the receiver said.
        answer: Option<String>,
    },
    /// The receiver asked to come back later, or the connection broke off before the message was handed over. It was
    /// not sent.
    Deferred(String),
    /// The receiver refused it for good. It was not sent.
    Refused(String),
    /// The receiver cannot be reached, or takes nothing from anybody now. It was not sent.
    Outage(String),
    /// The connection broke off while the message was handed over: it may have been sent.
    Unknown(String),
}

/// The channels of a server.
#[derive(Debug)]
pub struct Channels {
    email: Option<Smtp>,
    sms: Option<Gateway>,
    official_account: Option<Gateway>,
    push: Option<Gateway>,
    folder: Option<Folder>,
    receipts: Option<signature::Secret>,
}

/// The way of one channel.
enum Route<'a> {
    Smtp(&'a Smtp),
    Gateway(&'a Gateway),
    Folder(&'a Folder),
}

impl Channels {
    /// No channel at all: messages wait.
    #[must_use]
    pub const fn none() -> Self {
        Self { email: None, sms: None, official_account: None, push: None, folder: None, receipts: None }
    }

    /// Every channel ends in a folder: one file for each message.
    #[must_use]
    pub fn folder(path: &Path) -> Self {
        Self { folder: Some(Folder::new(path)), ..Self::none() }
    }

    /// The channels of the settings. Opens no connection.
    ///
    /// # Errors
    /// When the settings make no sense; the error names the setting.
    pub fn new(settings: &ChannelSettings) -> Result<Self, ChannelError> {
        let roots = tls::Roots::load(settings.extra_roots.as_deref())?;
        let secret = settings.gateway_secret.as_deref().map(signature::Secret::read).transpose()?;
        let gateway = |settings: &Option<GatewaySettings>| match (settings, &secret) {
            (Some(settings), Some(secret)) => Gateway::new(settings, secret.clone(), &roots).map(Some),
            (Some(_), None) => Err(ChannelError::Setting("a gateway needs gateway_secret, to sign what is sent to it")),
            (None, _) => Ok(None),
        };
        Ok(Self {
            email: settings.smtp.as_ref().map(|smtp| Smtp::new(smtp, &roots)).transpose()?,
            sms: gateway(&settings.sms)?,
            official_account: gateway(&settings.official_account)?,
            push: gateway(&settings.push)?,
            folder: settings.folder.as_deref().map(Folder::new),
            receipts: secret,
        })
    }

    fn route(&self, channel: MessageChannel) -> Option<Route<'_>> {
        let configured = match channel {
            MessageChannel::Email => self.email.as_ref().map(Route::Smtp),
            MessageChannel::Sms => self.sms.as_ref().map(Route::Gateway),
            MessageChannel::OfficialAccount => self.official_account.as_ref().map(Route::Gateway),
            MessageChannel::Push => self.push.as_ref().map(Route::Gateway),
        };
        configured.or_else(|| self.folder.as_ref().map(Route::Folder))
    }

    /// Whether messages can be sent over a channel.
    #[must_use]
    pub fn offers(&self, channel: MessageChannel) -> bool {
        self.route(channel).is_some()
    }

    /// The channels over which messages can be sent.
    #[must_use]
    pub fn offered(&self) -> Vec<MessageChannel> {
        MessageChannel::ALL.iter().copied().filter(|channel| self.offers(*channel)).collect()
    }

    /// Whether the same message may be sent twice over a channel, because the receiver recognizes it by its id.
    #[must_use]
    pub fn is_repeatable(&self, channel: MessageChannel) -> bool {
        match self.route(channel) {
            Some(Route::Gateway(_) | Route::Folder(_)) => true,
            Some(Route::Smtp(_)) | None => false,
        }
    }

    /// How many messages are sent over a channel at once.
    #[must_use]
    pub fn connections(&self, channel: MessageChannel) -> usize {
        match self.route(channel) {
            Some(Route::Smtp(smtp)) => smtp.connections(),
            Some(Route::Gateway(_)) => GATEWAY_CONNECTIONS,
            Some(Route::Folder(_)) => 1,
            None => 0,
        }
    }

    /// Sends a message, and says what became of it. Each step has a limit of time.
    pub async fn send(&self, message: &Outgoing) -> Outcome {
        match self.route(message.channel) {
            Some(Route::Smtp(smtp)) => smtp.send(message).await,
            Some(Route::Gateway(gateway)) => gateway.send(message).await,
            Some(Route::Folder(folder)) => folder.write(message).await,
            None => Outcome::Outage("the server has no such channel".to_owned()),
        }
    }

    /// The secret by which gateways sign receipts; none without a gateway.
    #[must_use]
    pub const fn receipt_secret(&self) -> Option<&signature::Secret> {
        self.receipts.as_ref()
    }

    /// The folder in which messages end that no channel is configured for.
    #[must_use]
    pub fn folder_path(&self) -> Option<&Path> {
        self.folder.as_ref().map(Folder::path)
    }
}
