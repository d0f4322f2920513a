//! Checks of settings that are parsed when a resource is opened. They run before anything is opened, so that a wrong
//! setting leaves no data folder, no database and no running store behind.

use ::http::{HeaderValue, Uri};
use imaging::markup::FontSource;
use listener::Hosts;

use super::error::StartError;
use super::messages;
use super::objects;
use super::settings::Settings;

/// Whether every setting can be used.
///
/// # Errors
/// `StartError::Setting` with the name of the setting, or the object store's own refusal.
pub(super) fn check(settings: &Settings) -> Result<(), StartError> {
    cors_origins(settings)?;
    hosts(settings)?;
    font_source(settings)?;
    messages::channels(settings)?;
    objects::check(settings)
}

/// The origins of `cors_origins`.
pub(super) fn cors_origins(settings: &Settings) -> Result<Vec<HeaderValue>, StartError> {
    settings.cors_origins.iter().map(|text| origin(text)).collect()
}

/// The host names under which the API and the embedded store answer: those of the settings, among them the server's own
/// address in links of messages. Without `hosts` every name, for proxies on this machine. The demo shows its sign-ins to everybody who opens the page, so with it a page of another
/// site must not reach this machine under its own name (DNS rebinding), and only named hosts are right.
pub(super) fn hosts(settings: &Settings) -> Result<Hosts, StartError> {
    let named: Vec<String> = settings.hosts.iter().map(|text| host(text)).collect::<Result<_, _>>()?;
    if named.is_empty() && !settings.demo() {
        return Ok(Hosts::default());
    }
    let of_store = settings.s3_public_endpoint.as_ref().filter(|_| settings.s3_endpoint.is_none());
    let of_addresses = [of_store, settings.public_url.as_ref()].into_iter().flatten();
    let of_addresses = of_addresses.filter_map(|address| address.parse::<Uri>().ok()?.host().map(str::to_owned));
    Ok(Hosts::only(named.into_iter().chain(of_addresses)))
}

/// A host name as browsers send it.
fn host(text: &str) -> Result<String, StartError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if !text.is_empty() && text.bytes().all(fits) {
        return Ok(text.to_owned());
    }
    let form = "it looks like handover.example, without scheme, port and path";
    Err(StartError::Setting(format!("hosts: \"{text}\" is no host name; {form}")))
}

/// The font of `markup_font`, if a file is named.
pub(super) fn font_source(settings: &Settings) -> Result<Option<FontSource>, StartError> {
    let wrong = |error| StartError::Setting(format!("markup_font: {error}"));
    settings.markup_font.clone().map(FontSource::with_file).transpose().map_err(wrong)
}

/// An origin as browsers send it.
fn origin(text: &str) -> Result<HeaderValue, StartError> {
    let bad =
        || StartError::Setting(format!("cors_origins: \"{text}\" is no origin; it looks like https://app.example"));
    let uri: Uri = text.parse().map_err(|_| bad())?;
    match (uri.scheme_str(), uri.authority()) {
        (Some(scheme @ ("http" | "https")), Some(authority)) if format!("{scheme}://{authority}") == text => {
            text.parse().map_err(|_| bad())
        }
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_settings_are_refused_before_anything_is_opened() {
        let refused = |settings: Settings| check(&settings).expect_err("wrong").to_string();
        let page = Settings { cors_origins: vec!["*".to_owned()], demo: Some(false), ..Settings::default() };
        assert!(refused(page).contains("cors_origins: \"*\" is no origin"));
        let store = Settings { s3_public_endpoint: Some("objects.example".to_owned()), ..Settings::default() };
        assert!(refused(store).contains("must start with http"));
        let font = Settings { markup_font: Some("/no/such/font.ttf".into()), ..Settings::default() };
        assert!(refused(font).contains("markup_font"));
        let name = Settings { hosts: vec!["https://handover.example".to_owned()], ..Settings::default() };
        assert!(refused(name).contains("hosts: \"https://handover.example\" is no host name"));
        assert!(check(&Settings::default()).is_ok());
    }

    #[test]
    fn host_is_a_name_without_scheme_and_port() {
        for good in ["handover.example", "xn--fiq228c.example", "site_1", "192.0.2.7"] {
            assert_eq!(host(good).expect(good), good);
        }
        for bad in ["", "*", "handover.example:8080", "handover.example/", "a b", "交付.example", "user@a.example"] {
            assert!(host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn demo_answers_only_under_allowed_host_names() {
        let answers = |settings: &Settings, host: &str| {
            let request = ::http::Request::get("/").header("host", host).body(()).expect("a request");
            hosts(settings).expect("hosts").check(&request).is_ok()
        };
        let named = || vec!["handover.example".to_owned()];
        let off = Settings { demo: Some(false), ..Settings::default() };
        let public = Settings { demo_public: true, listen: ([0, 0, 0, 0], 8080).into(), ..Settings::default() };
        let store = Some("https://photos.example:8443".to_owned());
        let url = Some("https://links.example".to_owned());
        for (settings, host, right) in [
            (Settings::default(), "localhost:8080", true),
            (Settings::default(), "127.0.0.1:8080", true),
            (Settings::default(), "evil.example:8080", false),
            (Settings { hosts: named(), ..Settings::default() }, "handover.example", true),
            (Settings { hosts: named(), ..Settings::default() }, "evil.example", false),
            (Settings { s3_public_endpoint: store, ..Settings::default() }, "photos.example:8443", true),
            (Settings { public_url: url.clone(), ..Settings::default() }, "links.example", true),
            (Settings { public_url: url, hosts: named(), ..off.clone() }, "links.example", true),
            (public.clone(), "192.168.1.5:8080", true),
            (public, "evil.example:8080", false),
            // Without the demo a proxy on this machine may pass on any name, unless the settings name the right ones.
            (off.clone(), "evil.example", true),
            (Settings { hosts: named(), ..off.clone() }, "evil.example", false),
            (Settings { hosts: named(), ..off }, "handover.example:443", true),
        ] {
            assert_eq!(answers(&settings, host), right, "{host} with {settings:?}");
        }
    }

    #[test]
    fn origin_has_the_form_that_browsers_send() {
        for good in ["https://app.example", "http://127.0.0.1:5173"] {
            assert_eq!(origin(good).expect(good), good);
        }
        for bad in
            ["*", "", "nope", "app.example", "https://app.example/", "https://app.example/path", "ftp://a.example"]
        {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
