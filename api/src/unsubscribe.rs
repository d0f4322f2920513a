//! The page of the link in a message that switches such messages off. `GET` shows it and changes nothing, because mail
//! programs and scanners open links by themselves; `POST` switches off, from the page and from a mail program that does
//! it by one request (RFC 8058).

use app::App;
use app::messages::unsubscribe::{PATH, Subscription, find, unsubscribe};
use axum::Router;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::Language;
use domain::words::Phrase;
use http::{HeaderValue, StatusCode, header};

/// Most bytes of a request: `List-Unsubscribe=One-Click`.
const BODY_BYTES: usize = 1024;

/// Nothing but the page's own form, and the style sheet of the page of links.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
);

/// The route of the page.
pub fn router(app: App) -> Router {
    let both = get(show).post(switch_off).layer(DefaultBodyLimit::max(BODY_BYTES));
    Router::new().route(PATH, both).with_state(app)
}

async fn show(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let token = token_of(query.as_deref());
    page(&token, find(&app, &token).await)
}

async fn switch_off(State(app): State<App>, RawQuery(query): RawQuery) -> Response {
    let token = token_of(query.as_deref());
    page(&token, unsubscribe(&app, &token).await)
}

/// The secret in the query, as far as it has characters of one.
fn token_of(query: Option<&str>) -> String {
    let token = query.unwrap_or_default().split('&').find_map(|part| part.strip_prefix("token="));
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    token.unwrap_or_default().chars().take_while(plain).take(100).collect()
}

fn page(token: &str, found: app::Result<Option<Subscription>>) -> Response {
    let (status, text) = match found {
        Ok(Some(subscription)) => (StatusCode::OK, page_of(token, subscription)),
        Ok(None) => (StatusCode::NOT_FOUND, bilingual(UNKNOWN)),
        Err(error) => {
            tracing::error!(error = error.chain(), "a link that switches messages off could not be followed");
            (StatusCode::SERVICE_UNAVAILABLE, bilingual(LATER))
        }
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, text).into_response()
}

/// For somebody whose language nobody knows.
const UNKNOWN: Phrase = (
    "This link does not exist any more. Sign in to choose which messages you get.",
    "此链接已不存在，请登录后设置您要接收的消息。",
);
const LATER: Phrase = ("This could not be done now. Please try again later.", "暂时无法处理，请稍后再试。");
/// What the page says before and after.
const IS_ON: Phrase = ("You get a digest of your new notices over this channel.", "您目前通过此渠道接收新通知的摘要。");
const IS_OFF: Phrase = (
    "You get no more digests over this channel. Your inbox keeps its entries. Sign in to switch digests on again.",
    "您将不再通过此渠道收到摘要，收件箱中的通知不受影响。登录后可重新开启。",
);
const TITLE: Phrase = ("Daily digest", "每日摘要");
const TITLE_OFF: Phrase = ("Switched off", "已关闭");
const BUTTON: Phrase = ("Send me no more of these", "不再接收");

const fn said(phrase: Phrase, language: Language) -> &'static str {
    match language {
        Language::En => phrase.0,
        Language::Zh => phrase.1,
    }
}

fn bilingual(phrase: Phrase) -> String {
    html("en", "Handover", &format!("<p>{}</p><p lang=\"zh\">{}</p>", phrase.0, phrase.1))
}

fn page_of(token: &str, subscription: Subscription) -> String {
    let language = subscription.language;
    let lang = if language == Language::Zh { "zh" } else { "en" };
    if subscription.is_off {
        return html(lang, said(TITLE_OFF, language), &format!("<p>{}</p>", said(IS_OFF, language)));
    }
    let (about, button) = (said(IS_ON, language), said(BUTTON, language));
    let form = format!(
        "<form method=\"post\" action=\"{PATH}?token={token}\"><button type=\"submit\">{button}</button></form>"
    );
    html(lang, said(TITLE, language), &format!("<p>{about}</p>{form}"))
}

fn html(lang: &str, title: &str, content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/join/join.css\"></head><body><main><h1>{title}</h1>{content}</main></body></html>"
    )
}

#[cfg(test)]
mod tests {
    use domain::message::{MessageChannel, MessageKind};

    use super::*;

    #[test]
    fn a_secret_is_read_as_far_as_it_is_one() {
        for (query, token) in [
            (None, ""),
            (Some(""), ""),
            (Some("token=abc-_9"), "abc-_9"),
            (Some("x=1&token=abc&y=2"), "abc"),
            (Some("token=a\"><script>"), "a"),
        ] {
            assert_eq!(token_of(query), token, "{query:?}");
        }
    }

    #[test]
    fn the_page_offers_to_switch_off_what_is_on() {
        for &language in Language::ALL {
            let of = |is_off| {
                let (channel, kind) = (MessageChannel::Email, MessageKind::Digest);
                page_of("abc", Subscription { language, channel, kind, is_off })
            };
            assert!(of(false).contains("<form method=\"post\" action=\"/messages/unsubscribe?token=abc\">"));
            assert!(!of(true).contains("<form"));
        }
    }
}
