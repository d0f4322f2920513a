//! The language that a client prefers for messages (RFC 9110, `Accept-Language`).

use domain::Language;
use http::{HeaderMap, HeaderValue, header};

/// Most languages that are looked at.
const MOST: usize = 20;
/// The primary tags of Chinese: of the language, of its varieties, and as older programs write it.
const CHINESE: [&str; 13] = ["zh", "zho", "chi", "cmn", "yue", "wuu", "hak", "nan", "gan", "hsn", "cjy", "cdo", "lzh"];
/// The primary tags of English.
const ENGLISH: [&str; 2] = ["en", "eng"];

/// The preferred one of the languages that messages have; English where the client names neither.
pub(super) fn preferred(headers: &HeaderMap) -> Language {
    let values = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
    let mut best = (Language::En, 0.0);
    for range in values.flat_map(|value| value.split(',')).take(MOST) {
        let mut parts = range.split(';').map(str::trim);
        let Some(language) = parts.next().and_then(known) else { continue };
        let given = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let quality = given.map_or(Some(1.0_f32), |q| q.trim().parse().ok());
        // Of two that are as good, the first one.
        if let Some(quality) = quality.filter(|quality| (0.0..=1.0).contains(quality) && *quality > best.1) {
            best = (language, quality);
        }
    }
    best.0
}

/// The language of a tag such as `zh-CN`, or of a locale's name such as `zh_CN.UTF-8`.
fn known(tag: &str) -> Option<Language> {
    let primary = tag.split(['-', '_', '.']).next().unwrap_or_default();
    let is_one_of = |tags: &[&str]| tags.iter().any(|known| primary.eq_ignore_ascii_case(known));
    if is_one_of(&CHINESE) { Some(Language::Zh) } else { is_one_of(&ENGLISH).then_some(Language::En) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_that_is_there() {
        for (accepted, language) in [
            ("", Language::En),
            ("zh", Language::Zh),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Zh),
            ("en-GB, zh", Language::En),
            ("en;q=0.5, ZH-Hans-CN;q=0.7", Language::Zh),
            ("de, zh;q=0.1", Language::Zh),
            ("zh_CN", Language::Zh),
            ("zh_TW.UTF-8", Language::Zh),
            ("cmn", Language::Zh),
            ("cmn-Hans", Language::Zh),
            ("CMN-Hans-CN, en;q=0.9", Language::Zh),
            ("zh-Hans-CN", Language::Zh),
            ("zh-Hant;q=0.9, en;q=0.8", Language::Zh),
            ("yue", Language::Zh),
            ("yue-HK;q=0.4, en-US;q=0.5", Language::En),
            ("en_US", Language::En),
            ("en;Q=0.2, zh;Q=0.3", Language::Zh),
            ("zhx, en", Language::En),
            ("zh;q=1.5, en;q=0.1", Language::En),
            ("de, fr;q=0.5", Language::En),
            ("*", Language::En),
            ("zh;q=0", Language::En),
            ("zh;q=nonsense", Language::En),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepted));
            assert_eq!(preferred(&headers), language, "{accepted}");
        }
        assert_eq!(preferred(&HeaderMap::new()), Language::En);
    }
}
