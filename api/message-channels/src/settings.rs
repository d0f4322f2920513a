//! What the channels must know.

use std::path::PathBuf;
use std::time::Duration;

/// The settings of all channels.
#[derive(Clone, Default)]
pub struct ChannelSettings {
    /// The mail server.
    pub smtp: Option<SmtpSettings>,
    /// The gateway of text messages.
    pub sms: Option<GatewaySettings>,
    /// The gateway of the official account.
    pub official_account: Option<GatewaySettings>,
    /// The gateway of push notifications.
    pub push: Option<GatewaySettings>,
    /// The secret that the server shares with its gateways: `whsec_` and base64.
    pub gateway_secret: Option<String>,
    /// Certificate authorities besides those of the system, in PEM.
    pub extra_roots: Option<Vec<u8>>,
    /// Where messages end for which no channel is configured; none: they wait.
    pub folder: Option<PathBuf>,
}

/// A mail server.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether, and how, the connection is encrypted.
    pub tls: SmtpTls,
    /// The user and the password.
    pub credentials: Option<(String, String)>,
    /// The sender: `Handover <handover@example.com>`.
    pub from: String,
    /// How many messages are sent at once.
    pub connections: usize,
    /// How long each step may take.
    pub timeouts: SmtpTimeouts,
}

/// How long the steps of a conversation with a mail server may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmtpTimeouts {
    /// The way to a connection: the connection itself, the greeting, TLS, the sign-in.
    pub open: Duration,
    /// The answer to a command. Servers that look up names and lists take their time.
    pub command: Duration,
    /// The answer to the text.
    pub text: Duration,
}

impl Default for SmtpTimeouts {
    fn default() -> Self {
        Self { open: Duration::from_secs(30), command: Duration::from_secs(30), text: Duration::from_secs(60) }
    }
}

/// The encryption of a connection to a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// From the first byte (port 465).
    Implicit,
    /// By STARTTLS, which must be there (port 587).
    Starttls,
    /// None: for a mail server on this machine.
    None,
}

/// A gateway.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// Where messages are posted to.
    pub url: String,
    /// The name of the setting that holds the address, for errors.
    pub setting: &'static str,
    /// How long an answer may take.
    pub timeout: Duration,
}

impl GatewaySettings {
    /// A gateway with the usual patience.
    #[must_use]
    pub const fn new(url: String, setting: &'static str) -> Self {
        Self { url, setting, timeout: Duration::from_secs(30) }
    }
}
