//! Connections to the mail server: opened within a limit of time, kept open for a while, and the conversation of one
//! message on them.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::time::{Instant, timeout};

use crate::Outcome;
use crate::error::ChannelError;
use crate::gateway::{is_this_machine, shortened};
use crate::settings::{SmtpSettings, SmtpTimeouts, SmtpTls};
use crate::tls::Roots;

/// How long a farewell may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection is kept that nobody uses.
const KEPT: Duration = Duration::from_secs(20);
/// The reply of a server that ends the conversation: it takes nothing from anybody now (RFC 5321, 3.8).
const CLOSING: &str = "421";

/// Where the mail server is, and the connections that wait for their next message.
pub(super) struct Server {
    host: String,
    port: u16,
    tls: Option<TlsParameters>,
    starttls: bool,
    credentials: Option<Credentials>,
    hello: ClientId,
    timeouts: SmtpTimeouts,
    idle: Mutex<Vec<(Instant, Connection)>>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

impl Server {
    pub(super) fn new(settings: &SmtpSettings, roots: &Roots) -> Result<Self, ChannelError> {
        let plain = settings.tls == SmtpTls::None;
        if plain && settings.credentials.is_some() && !is_this_machine(&settings.host) {
            let why = "smtp_tls must not be none for a mail server beyond this machine that asks for a password";
            return Err(ChannelError::Setting(why));
        }
        let tls = if plain { None } else { Some(tls(&settings.host, roots)?) };
        let domain = settings.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain.trim_end_matches('>'));
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            tls,
            starttls: settings.tls == SmtpTls::Starttls,
            credentials: settings.credentials.clone().map(|(user, password)| Credentials::new(user, password)),
            hello: ClientId::Domain(domain.trim().to_owned()),
            timeouts: settings.timeouts,
            idle: Mutex::new(Vec::new()),
        })
    }

    /// A connection that is ready for a message: one that was kept, or a new one. The error says why there is none.
    pub(super) async fn connection(&self) -> Result<Connection, String> {
        while let Some(mut kept) = self.kept() {
            if timeout(self.timeouts.command, kept.stream.test_connected()).await.unwrap_or(false) {
                return Ok(kept);
            }
            kept.close().await;
        }
        match timeout(self.timeouts.open, self.open()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(said(&error)),
            Err(_) => Err(format!("no connection in {:?}", self.timeouts.open)),
        }
    }

    async fn open(&self) -> Result<Connection, Error> {
        let at_once = self.tls.clone().filter(|_| !self.starttls);
        let server = (self.host.as_str(), self.port);
        let mut stream =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.timeouts.open), &self.hello, at_once, None).await?;
        if let Some(tls) = self.tls.clone().filter(|_| self.starttls) {
            stream.starttls(tls, &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            stream.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(Connection { stream, timeouts: self.timeouts })
    }

    /// The connection that was used last, if it was not long ago.
    fn kept(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < KEPT);
        idle.pop().map(|(_, connection)| connection)
    }

    /// Keeps a connection for the next message.
    pub(super) fn keep(&self, connection: Connection) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push((Instant::now(), connection));
    }
}

fn tls(host: &str, roots: &Roots) -> Result<TlsParameters, ChannelError> {
    let wrong = |error: Error| ChannelError::value("messages_ca", error);
    let mut tls = TlsParameters::builder(host.to_owned());
    for der in roots.extra_der() {
        tls = tls.add_root_certificate(Certificate::from_der(der).map_err(wrong)?);
    }
    tls.build().map_err(wrong)
}

/// A connection that is ready for a message.
pub(super) struct Connection {
    stream: AsyncSmtpConnection,
    timeouts: SmtpTimeouts,
}

impl Connection {
    /// The conversation of one message.
    pub(super) async fn send(&mut self, from: &Address, to: Address, mail: &[u8]) -> Outcome {
        // lettre writes texts in ASCII, so the server needs no extension.
        if let Err(outcome) = self.command(Mail::new(Some(from.clone()), Vec::new())).await {
            return outcome;
        }
        if let Err(outcome) = self.command(Rcpt::new(to, Vec::new())).await {
            return outcome;
        }
        if let Err(outcome) = self.command(Data).await {
            return outcome;
        }
        match timeout(self.timeouts.text, self.stream.message(mail)).await {
            Ok(Ok(response)) => Outcome::Accepted { provider_id: None, answer: Some(answer(&response)) },
            // A reply says that the server has not taken it.
            Ok(Err(error)) if error.status().is_some() => refusal(&error),
            // The last line may have reached the server, and its reply not us.
            Ok(Err(error)) => Outcome::Unknown(said(&error)),
            Err(_) => Outcome::Unknown(format!("no answer to the text in {:?}", self.timeouts.text)),
        }
    }

    /// A command before the text: whatever goes wrong, nothing was sent.
    async fn command(&mut self, command: impl Display) -> Result<Response, Outcome> {
        match timeout(self.timeouts.command, self.stream.command(command)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(refusal(&error)),
            Err(_) => Err(Outcome::Deferred(format!("no answer in {:?}", self.timeouts.command))),
        }
    }

    /// Says goodbye, if the server still listens.
    pub(super) async fn close(mut self) {
        let _ = timeout(CLOSE_TIMEOUT.min(self.timeouts.command), self.stream.abort()).await;
    }
}

/// What an error before the server took the text means.
fn refusal(error: &Error) -> Outcome {
    let text = said(error);
    match error.status() {
        Some(code) if code.to_string() == CLOSING => Outcome::Outage(text),
        Some(_) if error.is_permanent() => Outcome::Refused(text),
        _ => Outcome::Deferred(text),
    }
}

fn said(error: &Error) -> String {
    shortened(&error.to_string())
}

/// What the server said at the end: queues name themselves there.
fn answer(response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    shortened(&format!("{} {text}", response.code()))
}
