//! A gateway for text messages, an official account or push notifications: one signed POST of JSON for each message.
//! The gateway recognizes a message by its id, so a message may be sent again.

use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::error::ChannelError;
use crate::settings::GatewaySettings;
use crate::signature::{self, Secret};
use crate::tls::Roots;
use crate::{Outcome, Outgoing};

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of an answer that are read.
const ANSWER_BYTES: usize = 64 * 1024;
/// Most characters of an answer that are kept.
const KEPT_CHARS: usize = 300;
/// The header by which a gateway recognizes a message.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// A gateway.
pub(crate) struct Gateway {
    url: Uri,
    secret: Secret,
    timeout: Duration,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").field("host", &self.url.host()).finish_non_exhaustive()
    }
}

impl Gateway {
    pub(crate) fn new(settings: &GatewaySettings, secret: Secret, roots: &Roots) -> Result<Self, ChannelError> {
        let url = read_url(settings)?;
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(roots.client_config()?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { url, secret, timeout: settings.timeout, client })
    }

    /// Posts a message.
    pub(crate) async fn send(&self, message: &Outgoing) -> Outcome {
        let request = match self.request(message) {
            Ok(request) => request,
            Err(error) => return Outcome::Refused(format!("the request cannot be written: {error}")),
        };
        let answered = tokio::time::timeout(self.timeout, self.client.request(request)).await;
        let response = match answered {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_connect() => {
                return Outcome::Outage(format!("no connection: {}", cause(&error)));
            }
            Ok(Err(error)) => return Outcome::Unknown(format!("no answer: {}", cause(&error))),
            Err(_) => return Outcome::Unknown(format!("no answer in {:?}", self.timeout)),
        };
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES).collect();
        let body = tokio::time::timeout(self.timeout, body).await.ok().and_then(Result::ok);
        let text = body.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned()).unwrap_or_default();
        outcome(status, &text)
    }

    fn request(&self, message: &Outgoing) -> Result<Request<Full<Bytes>>, http::Error> {
        let body = json!({
            "id": message.id,
            "channel": message.channel,
            "to": message.to,
            "language": message.language,
            "text": message.text,
            "template": message.kind,
            "params": message.params,
        })
        .to_string();
        let (id, seconds) = (message.id.to_string(), now_seconds());
        Request::builder()
            .method(Method::POST)
            .uri(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "handover")
            .header(IDEMPOTENCY_KEY, &id)
            .header(signature::ID, &id)
            .header(signature::TIMESTAMP, seconds)
            .header(signature::SIGNATURE, self.secret.sign(&id, seconds, body.as_bytes()))
            .body(Full::new(Bytes::from(body)))
    }
}

/// The machine's time: a gateway compares it with its own, so the clock of the use cases, which tests hold still, is the
/// wrong one.
#[expect(clippy::disallowed_methods, reason = "a gateway compares it with its own clock")]
fn now_seconds() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// What an answer means: taken; come back later; never.
fn outcome(status: StatusCode, text: &str) -> Outcome {
    let said = || format!("{}: {}", status.as_u16(), shortened(text));
    if status.is_success() {
        let answer: Option<Value> = serde_json::from_str(text).ok();
        let provider_id = answer.as_ref().and_then(|answer| match &answer["id"] {
            Value::String(id) => Some(shortened(id)),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        });
        return Outcome::Accepted { provider_id, answer: Some(said()) };
    }
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Outcome::Outage(said());
    }
    Outcome::Refused(said())
}

/// The address of a gateway: with TLS, but for one on this machine, because codes and links are in what is sent.
fn read_url(settings: &GatewaySettings) -> Result<Uri, ChannelError> {
    let wrong = |reason: &str| ChannelError::value(settings.setting, reason);
    let url: Uri =
        settings.url.parse().map_err(|_| wrong("expected an address like https://gateway.example/messages"))?;
    let host = url.host().ok_or_else(|| wrong("expected an address with a host"))?;
    if url.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err(wrong("an address without user and password; requests are signed by gateway_secret"));
    }
    match url.scheme_str() {
        Some("https") => Ok(url),
        Some("http") if is_this_machine(host) => Ok(url),
        Some("http") => Err(wrong("http is for a gateway on this machine; codes and links need https")),
        _ => Err(wrong("expected https://")),
    }
}

/// Whether a host is this machine.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The innermost cause, which says most.
fn cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    shortened(&cause.to_string())
}

/// The first characters of what a stranger said, on one line.
pub(crate) fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !c.is_control()).take(KEPT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_later_or_never() {
        let accepted = outcome(StatusCode::ACCEPTED, r#"{"id": "a-1"}"#);
        assert!(matches!(accepted, Outcome::Accepted { provider_id: Some(id), .. } if id == "a-1"));
        let without = outcome(StatusCode::OK, "thanks");
        assert!(matches!(without, Outcome::Accepted { provider_id: None, .. }));
        for status in [429, 500, 502, 503] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert!(matches!(outcome(status, ""), Outcome::Outage(_)), "{status}");
        }
        for status in [301, 400, 401, 404, 422] {
            let status = StatusCode::from_u16(status).expect("a status");
            assert!(matches!(outcome(status, ""), Outcome::Refused(_)), "{status}");
        }
    }

    #[test]
    fn a_gateway_beyond_this_machine_needs_tls() {
        let read = |url: &str| read_url(&GatewaySettings::new(url.to_owned(), "gateway_sms_url"));
        for good in ["https://sms.example/send", "http://127.0.0.1:9000/", "http://localhost/x", "http://[::1]:1/"] {
            assert!(read(good).is_ok(), "{good}");
        }
        for wrong in ["http://sms.example/", "ftp://sms.example/", "/send", "", "https://user:word@sms.example/"] {
            let said = read(wrong).expect_err(wrong).to_string();
            assert!(said.starts_with("gateway_sms_url: ") && !said.contains("word@"), "{said}");
        }
    }
}
