//! The program's settings: one list, read from a file and the environment; invalid ones are refused at the start.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};

use super::messages::{MailTls, without_query};
use super::networks::Networks;

/// The settings file that is read when there is one and no other is named.
const FILE: &str = "handover.toml";

/// Every setting. In the file by these names; in the environment in capitals after `HANDOVER_`, except `DATABASE_URL`
/// and `S3_…`, which have no prefix.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The address of the API and the page.
    pub listen: SocketAddr,
    /// The data folder: SQLite's file, the embedded object store, its keys.
    pub data: PathBuf,
    /// `sqlite:<path>` or `postgres://user:password@host/name`; left out = SQLite in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_url: Option<String>,
    /// The number of connections to PostgreSQL for reading, and of those for writing; the number of SQLite's readers.
    pub database_connections: u32,
    /// `http(s)://host[:port]` of an S3 server; left out = the embedded store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_endpoint: Option<String>,
    /// The address of the same server for tablets and browsers, in links; left out = `s3_endpoint`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_public_endpoint: Option<String>,
    /// The region of the signatures.
    pub s3_region: String,
    /// The bucket; created if it is missing and the keys permit it.
    pub s3_bucket: String,
    /// Bucket in the path instead of in the host name.
    pub s3_path_style: bool,
    /// The access key; mandatory with an external S3 server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_access_key: Option<String>,
    /// The secret key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_secret_key: Option<String>,
    /// Where the embedded object store listens.
    pub objects_listen: SocketAddr,
    /// The server's address as people reach it, for links in messages; left out = the address of `listen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The mail server; left out = no e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_host: Option<String>,
    /// Its port; left out = the usual one for `smtp_tls`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_port: Option<u16>,
    /// `implicit`, `starttls` or `none`.
    pub smtp_tls: MailTls,
    /// The user of the mail server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_user: Option<String>,
    /// The user's password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_password: Option<String>,
    /// The sender of e-mails: `Handover <handover@example.com>`; with a mail server mandatory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp_from: Option<String>,
    /// E-mails that are sent at once.
    pub smtp_connections: usize,
    /// Where text messages are posted to; left out = none are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_sms_url: Option<String>,
    /// The same for messages of the official account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_official_account_url: Option<String>,
    /// The same for push notifications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_push_url: Option<String>,
    /// The secret that signs what is sent to gateways and the receipts that come back: `whsec_` and base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway_secret: Option<String>,
    /// A file with certificate authorities in PEM, for a mail server or gateways of a company's own; left out = those of
    /// the system alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_ca: Option<PathBuf>,
    /// Where messages are written to while neither a mail server nor a gateway is set; left out = `messages` in the data
    /// folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messages_folder: Option<PathBuf>,
    /// Hours after which uploads that were never completed, and objects that belong to no photo, are removed.
    pub photo_abandoned_hours: u32,
    /// Seed the demo project into an empty database; left out = only on the embedded SQLite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo: Option<bool>,
    /// The password of the demo's people, for scripts; left out = a random one for each database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo_password: Option<String>,
    /// Serve the demo also on addresses that other machines reach. Everybody who opens the page can act as its people.
    pub demo_public: bool,
    /// GraphiQL with examples at `/`, for development; left out = with the demo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<bool>,
    /// Introspection for GraphiQL; left out = with the demo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub introspection: Option<bool>,
    /// The rate, in points per second, of a person and of an address; 0 = unlimited. The burst is ten seconds' worth.
    pub rate_per_second: u32,
    /// A font file for rare characters in annotations of photos; left out = one of the usual paths, if it exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markup_font: Option<PathBuf>,
    /// Host names of the API and of the embedded store, besides `localhost` and IP addresses. Requests under other
    /// names are refused. Left empty = with the demo no other name, without it every name.
    pub hosts: Vec<String>,
    /// Tells browsers to use only HTTPS for a year (HSTS). Only behind a permanent TLS proxy.
    pub hsts: bool,
    /// Origins of web pages that may call the API, and upload to and read from the object store.
    pub cors_origins: Vec<String>,
    /// The networks of the proxies in front of the server, whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: Networks,
    /// The maximum number of connections to the API, and of those to the embedded store; lower if the limit of open
    /// files is lower.
    pub connections: usize,
    /// The maximum from one address. A site behind one router is one address; trusted proxies have no such limit.
    pub connections_per_address: usize,
    /// The maximum number of WebSockets and event streams from one address. A site behind one router is one address.
    pub live_per_address: usize,
    /// The same for one person.
    pub live_per_person: usize,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// The filter of the log, in the syntax of `RUST_LOG`.
    pub log: String,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines of text.
    Text,
    /// JSON, one object on each line.
    Json,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 8080).into(),
            data: PathBuf::from("data"),
            database_url: None,
            database_connections: 8,
            s3_endpoint: None,
            s3_public_endpoint: None,
            s3_region: "local".to_owned(),
            s3_bucket: "handover".to_owned(),
            s3_path_style: true,
            s3_access_key: None,
            s3_secret_key: None,
            objects_listen: ([127, 0, 0, 1], 8081).into(),
            public_url: None,
            smtp_host: None,
            smtp_port: None,
            smtp_tls: MailTls::Implicit,
            smtp_user: None,
            smtp_password: None,
            smtp_from: None,
            smtp_connections: 4,
            gateway_sms_url: None,
            gateway_official_account_url: None,
            gateway_push_url: None,
            gateway_secret: None,
            messages_ca: None,
            messages_folder: None,
            photo_abandoned_hours: 48,
            demo: None,
            demo_password: None,
            demo_public: false,
            page: None,
            introspection: None,
            rate_per_second: 100,
            markup_font: None,
            hosts: Vec::new(),
            hsts: false,
            cors_origins: Vec::new(),
            trusted_proxies: Networks::default(),
            connections: 10_000,
            connections_per_address: 2_000,
            live_per_address: 1_000,
            live_per_person: 20,
            log_format: LogFormat::Text,
            // Below this level the S3 libraries print whole requests with links, h2 warns of each reset stream, and
            // sqlx_postgres prints unknown parameters of DATABASE_URL with their values.
            log: "info,s3s=off,sea_orm_migration=warn,aws_smithy_runtime=warn,hyper=warn,h2=error,sqlx=warn,\
                  sqlx_postgres=error"
                .to_owned(),
        }
    }
}

/// The settings with masked secrets, for printing.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match serde_json::to_value(self.redacted()) {
            Ok(settings) => write!(f, "Settings {settings}"),
            Err(_) => f.write_str("Settings"),
        }
    }
}

/// The reasons why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A value has the wrong form, or a name is unknown.
    #[error("settings: {0}")]
    Form(Box<figment::Error>),
    /// The values contradict each other.
    #[error("settings: {0}")]
    Sense(&'static str),
    /// The named file does not exist.
    #[error("settings: there is no file {}", .0.display())]
    NoFile(PathBuf),
    /// The demo's password does not keep the rules for passwords.
    #[error("settings: demo_password (HANDOVER_DEMO_PASSWORD): {0}")]
    DemoPassword(&'static str),
    /// Other machines could act as the demo's people.
    #[error(
        "settings: the demo shows its sign-ins to everybody who opens the page, so it is not served at {0}; set \
         HANDOVER_DEMO=false, or HANDOVER_DEMO_PUBLIC=true if other machines may use the demo"
    )]
    DemoExposed(SocketAddr),
}

impl Settings {
    /// Reads the file and the environment; the environment wins.
    ///
    /// # Errors
    /// When they cannot be read or are invalid.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        if let Some(path) = file
            && !path.is_file()
        {
            return Err(SettingsError::NoFile(path.to_owned()));
        }
        let settings: Self = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(file.unwrap_or_else(|| Path::new(FILE))))
            .merge(Env::prefixed("HANDOVER_"))
            .merge(Env::raw().filter(|name| name == "DATABASE_URL" || name.starts_with("S3_")))
            .extract()
            .map_err(|error| SettingsError::Form(Box::new(error)))?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let own_store = self.s3_endpoint.is_some();
        let both_keys = self.s3_access_key.is_some() && self.s3_secret_key.is_some();
        if self.data.as_os_str().is_empty() {
            return Err(SettingsError::Sense("data must name a folder"));
        }
        if self.database_connections == 0 {
            return Err(SettingsError::Sense("database_connections must be at least 1"));
        }
        if self.live_per_address == 0 || self.live_per_person == 0 {
            return Err(SettingsError::Sense("live_per_address and live_per_person must be at least 1"));
        }
        if self.connections == 0 || self.connections_per_address == 0 {
            return Err(SettingsError::Sense("connections and connections_per_address must be at least 1"));
        }
        if self.photo_abandoned_hours == 0 {
            return Err(SettingsError::Sense("photo_abandoned_hours must be at least 1: uploads need their time"));
        }
        if own_store && !both_keys {
            return Err(SettingsError::Sense("S3_ENDPOINT needs S3_ACCESS_KEY and S3_SECRET_KEY"));
        }
        if !own_store && (self.s3_access_key.is_some() || self.s3_secret_key.is_some()) {
            return Err(SettingsError::Sense(
                "S3_ACCESS_KEY and S3_SECRET_KEY need S3_ENDPOINT; the embedded store makes its own",
            ));
        }
        // The values are printed, so a secret in them would be, too.
        if [&self.s3_endpoint, &self.s3_public_endpoint].into_iter().flatten().any(|address| address.contains('@')) {
            return Err(SettingsError::Sense(
                "S3_ENDPOINT and S3_PUBLIC_ENDPOINT are addresses without user and password; the keys are S3_ACCESS_KEY \
                 and S3_SECRET_KEY",
            ));
        }
        if self.s3_bucket.is_empty() || self.s3_region.is_empty() {
            return Err(SettingsError::Sense("S3_BUCKET and S3_REGION must not be empty"));
        }
        self.check_messages()?;
        if !own_store && self.listen == self.objects_listen && self.listen.port() != 0 {
            return Err(SettingsError::Sense("listen and objects_listen must differ"));
        }
        Ok(())
    }

    /// Checks whether the demo may be served: not on addresses that other machines reach, because everybody who opens
    /// the page may act as its people.
    ///
    /// # Errors
    /// When it may not be served, or its password is weak.
    pub fn check_demo(&self) -> Result<(), SettingsError> {
        if let Some(weakness) = self.demo_password.as_deref().and_then(|given| domain::password::weakness(given, "")) {
            return Err(SettingsError::DemoPassword(weakness.english()));
        }
        if self.demo() && !self.listen.ip().is_loopback() && !self.demo_public {
            return Err(SettingsError::DemoExposed(self.listen));
        }
        Ok(())
    }

    /// The age at which abandoned uploads and orphaned objects are removed.
    #[must_use]
    pub fn photo_abandoned_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.photo_abandoned_hours) * 60 * 60)
    }

    /// The database's URL.
    #[must_use]
    pub fn database_url(&self) -> String {
        let embedded = || format!("sqlite:{}", self.data.join("handover.db").display());
        self.database_url.clone().unwrap_or_else(embedded)
    }

    /// The same with masked secrets.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let mut shown = self.clone();
        let secrets = [
            &mut shown.s3_access_key,
            &mut shown.s3_secret_key,
            &mut shown.demo_password,
            &mut shown.smtp_password,
            &mut shown.gateway_secret,
        ];
        for secret in secrets {
            *secret = secret.take().map(|_| "(set)".to_owned());
        }
        // Some gateways take a key in the address.
        let gateways =
            [&mut shown.gateway_sms_url, &mut shown.gateway_official_account_url, &mut shown.gateway_push_url];
        for url in gateways.into_iter().flatten() {
            *url = without_query(url);
        }
        shown.database_url = Some(store::db::DbSettings::new(self.database_url()).address());
        shown
    }

    /// Whether the demo project is seeded into an empty database.
    #[must_use]
    pub fn demo(&self) -> bool {
        self.demo.unwrap_or(self.database_url.is_none())
    }

    /// Whether the page at `/` answers.
    #[must_use]
    pub fn page(&self) -> bool {
        self.page.unwrap_or_else(|| self.demo())
    }

    /// Whether introspection answers.
    #[must_use]
    pub fn introspection(&self) -> bool {
        self.introspection.unwrap_or_else(|| self.demo())
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
