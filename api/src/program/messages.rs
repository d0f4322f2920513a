//! Messages in the settings: which channels there are, and where messages end without any.

use std::net::SocketAddr;
use std::path::PathBuf;

use ::http::Uri;
use message_channels::{ChannelSettings, Channels, GatewaySettings, SmtpSettings, SmtpTimeouts, SmtpTls};
use serde::{Deserialize, Serialize};

use super::error::StartError;
use super::settings::{Settings, SettingsError};

/// The encryption of the connection to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// From the first byte.
    Implicit,
    /// By STARTTLS.
    Starttls,
    /// None: for a mail server on this machine.
    None,
}

impl MailTls {
    /// The usual port.
    const fn port(self) -> u16 {
        match self {
            Self::Implicit => 465,
            Self::Starttls => 587,
            Self::None => 25,
        }
    }
}

impl From<MailTls> for SmtpTls {
    fn from(tls: MailTls) -> Self {
        match tls {
            MailTls::Implicit => Self::Implicit,
            MailTls::Starttls => Self::Starttls,
            MailTls::None => Self::None,
        }
    }
}

impl Settings {
    fn gateways(&self) -> [&Option<String>; 3] {
        [&self.gateway_sms_url, &self.gateway_official_account_url, &self.gateway_push_url]
    }

    /// Whether the settings of messages go together; what is in them is read by [`channels`].
    pub(super) fn check_messages(&self) -> Result<(), SettingsError> {
        if self.smtp_host.is_some() && self.smtp_from.is_none() {
            return Err(SettingsError::Sense("smtp_host needs smtp_from, the sender of the e-mails"));
        }
        if self.smtp_host.is_none() && (self.smtp_from.is_some() || self.smtp_user.is_some()) {
            return Err(SettingsError::Sense("smtp_from and smtp_user need smtp_host, the mail server"));
        }
        if self.smtp_user.is_some() != self.smtp_password.is_some() {
            return Err(SettingsError::Sense("smtp_user and smtp_password are given both or not at all"));
        }
        if self.smtp_connections == 0 {
            return Err(SettingsError::Sense("smtp_connections must be at least 1"));
        }
        // They are printed; a secret in them would be, too.
        if self.gateways().into_iter().flatten().any(|url| url.contains('@')) {
            return Err(SettingsError::Sense(
                "addresses of gateways are without user and password; requests are signed by gateway_secret",
            ));
        }
        if self.public_url.as_deref().is_some_and(|url| !is_base_url(url)) {
            return Err(SettingsError::Sense(
                "public_url is an address like https://handover.example, without a slash at the end",
            ));
        }
        Ok(())
    }

    /// The folder of messages; none once messages leave the server.
    #[must_use]
    pub fn message_folder(&self) -> Option<PathBuf> {
        let leave = self.smtp_host.is_some() || self.gateways().into_iter().any(Option::is_some);
        let folder = || self.messages_folder.clone().unwrap_or_else(|| self.data.join("messages"));
        (!leave).then(folder)
    }

    /// The server's address for links in messages.
    pub(super) fn base_url(&self, listening: SocketAddr) -> String {
        let own = || {
            let any = listening.ip().is_unspecified();
            if any { format!("http://localhost:{}", listening.port()) } else { format!("http://{listening}") }
        };
        self.public_url.clone().unwrap_or_else(own)
    }
}

/// The channels of the settings. Opens no connection.
pub(super) fn channels(settings: &Settings) -> Result<Channels, StartError> {
    let wrong = |reason: String| StartError::Setting(reason);
    let extra_roots = settings.messages_ca.as_ref().map(std::fs::read).transpose();
    let extra_roots = extra_roots.map_err(|error| wrong(format!("messages_ca: the file cannot be read: {error}")))?;
    let gateway = |url: &Option<String>, setting| url.clone().map(|url| GatewaySettings::new(url, setting));
    let channels = ChannelSettings {
        smtp: smtp(settings),
        sms: gateway(&settings.gateway_sms_url, "gateway_sms_url"),
        official_account: gateway(&settings.gateway_official_account_url, "gateway_official_account_url"),
        push: gateway(&settings.gateway_push_url, "gateway_push_url"),
        gateway_secret: settings.gateway_secret.clone(),
        extra_roots,
        folder: settings.message_folder(),
    };
    Channels::new(&channels).map_err(|error| wrong(error.to_string()))
}

fn smtp(settings: &Settings) -> Option<SmtpSettings> {
    Some(SmtpSettings {
        host: settings.smtp_host.clone()?,
        port: settings.smtp_port.unwrap_or_else(|| settings.smtp_tls.port()),
        tls: settings.smtp_tls.into(),
        credentials: settings.smtp_user.clone().zip(settings.smtp_password.clone()),
        from: settings.smtp_from.clone().unwrap_or_default(),
        connections: settings.smtp_connections,
        timeouts: SmtpTimeouts::default(),
    })
}

/// Whether a text is an address to which a path can be appended.
fn is_base_url(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    match (uri.scheme_str(), uri.authority()) {
        (Some("http" | "https"), Some(authority)) => {
            !authority.as_str().contains('@') && !url.contains(['?', '#']) && !url.ends_with('/')
        }
        _ => false,
    }
}

/// An address without what may be a key in it.
pub(super) fn without_query(url: &str) -> String {
    url.split_once('?').map_or_else(|| url.to_owned(), |(address, _)| format!("{address}?(set)"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(settings: Settings) -> String {
        let said = settings.check_messages().map_err(StartError::from);
        said.and_then(|()| channels(&settings).map(drop)).expect_err("wrong").to_string()
    }

    #[test]
    fn settings_of_messages_that_make_no_sense_are_refused_by_name() {
        let mail = Settings {
            smtp_host: Some("mail.example".to_owned()),
            smtp_from: Some("Handover <handover@example.com>".to_owned()),
            ..Settings::default()
        };
        assert!(channels(&mail).is_ok() && mail.check_messages().is_ok());
        assert!(refused(Settings { smtp_from: None, ..mail.clone() }).contains("smtp_from"));
        assert!(refused(Settings { smtp_from: Some("nobody".to_owned()), ..mail.clone() }).contains("smtp_from"));
        assert!(refused(Settings { smtp_user: Some("u".to_owned()), ..mail.clone() }).contains("smtp_password"));
        assert!(refused(Settings { smtp_host: None, ..mail.clone() }).contains("smtp_host"));
        let open = Settings {
            smtp_tls: MailTls::None,
            smtp_user: Some("u".to_owned()),
            smtp_password: Some("canary".to_owned()),
            ..mail
        };
        let said = refused(open);
        assert!(said.contains("smtp_tls") && !said.contains("canary"), "{said}");
        let gateway = Settings { gateway_sms_url: Some("https://sms.example/".to_owned()), ..Settings::default() };
        assert!(refused(gateway.clone()).contains("gateway_secret"));
        assert!(refused(Settings { gateway_secret: Some("x".to_owned()), ..gateway }).contains("whsec_"));
        let ca = Settings { messages_ca: Some("/no/such.pem".into()), ..Settings::default() };
        assert!(refused(ca).contains("messages_ca"));
        for wrong in ["handover.example", "https://handover.example/", "https://a@b.example", "https://b.example#x"] {
            let said = refused(Settings { public_url: Some(wrong.to_owned()), ..Settings::default() });
            assert!(said.contains("public_url"), "{wrong}: {said}");
        }
    }

    #[test]
    fn messages_end_in_a_folder_until_a_channel_is_set() {
        let default = Settings::default();
        assert_eq!(default.message_folder(), Some(default.data.join("messages")));
        let mail = Settings { smtp_host: Some("mail.example".to_owned()), ..Settings::default() };
        assert_eq!(mail.message_folder(), None);
    }

    #[test]
    fn links_in_messages_lead_to_the_server() {
        let at = |address: &str| Settings::default().base_url(address.parse().expect("an address"));
        assert_eq!(at("127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(at("0.0.0.0:80"), "http://localhost:80");
        let public = Settings { public_url: Some("https://handover.example".to_owned()), ..Settings::default() };
        assert_eq!(public.base_url("0.0.0.0:80".parse().expect("an address")), "https://handover.example");
    }

    #[test]
    fn a_key_in_the_address_of_a_gateway_is_not_shown() {
        let settings =
            Settings { gateway_sms_url: Some("https://sms.example/send?key=canary".to_owned()), ..Settings::default() };
        let shown = format!("{settings:?}");
        assert!(!shown.contains("canary") && shown.contains("https://sms.example/send?(set)"), "{shown}");
    }
}
