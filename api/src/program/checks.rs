//! What is read out of settings when something is opened with them, asked before anything is opened: a wrong setting
//! leaves no data folder, no database and no running store behind.

use ::http::{HeaderValue, Uri};
use imaging::markup::FontSource;

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
    font_source(settings)?;
    messages::channels(settings)?;
    objects::check(settings)
}

/// The origins of `cors_origins`.
pub(super) fn cors_origins(settings: &Settings) -> Result<Vec<HeaderValue>, StartError> {
    settings.cors_origins.iter().map(|text| origin(text)).collect()
}

/// The letters of `markup_font`, if a file is named.
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
        assert!(check(&Settings::default()).is_ok());
    }

    #[test]
    fn an_origin_is_what_a_browser_sends() {
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
