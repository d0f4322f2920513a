//! Reads the parameters of a GraphQL request from a JSON body or from a URL.

use async_graphql::{Name, Request, Value, Variables};
use axum::body::{Body, HttpBody};
use axum::extract::Query;
use http::{HeaderMap, StatusCode, Uri, header};
use http_body_util::BodyExt;
use listener::{BodyError, Held};
use serde::Deserialize;

use super::json_repair::repaired;
use super::problem::Problem;
use crate::words;

/// The parameters of a request as they came, before anything of them is parsed.
pub(super) enum Input {
    /// The body of a POST.
    Body(Received),
    /// The URL of a GET.
    Url(Uri),
    /// A message of a WebSocket; its JSON has been read, and is short.
    Message {
        /// The parameters.
        request: Box<Request>,
        /// Bytes of the message.
        bytes: usize,
    },
}

impl Input {
    /// Bytes that came.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Body(body) => body.len(),
            Self::Url(uri) => uri.query().map_or(0, str::len),
            Self::Message { bytes, .. } => *bytes,
        }
    }

    /// Reads the parameters.
    pub(super) fn read(self, item_by_item: &[&str]) -> Result<Request, Problem> {
        match self {
            Self::Body(body) => from_json(&body, item_by_item),
            Self::Url(uri) => from_url(&uri),
            Self::Message { request, .. } => Ok(*request),
        }
    }
}

/// The body must say that it is JSON. This also keeps web forms of other sites out: a browser asks before it sends
/// this type elsewhere.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts
        .filter_map(|part| part.split_once('='))
        .all(|(name, value)| !name.trim().eq_ignore_ascii_case("charset") || is_utf8(value.trim().trim_matches('"')));
    if is_json && is_utf8 {
        Ok(())
    } else {
        Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UNSUPPORTED_MEDIA_TYPE",
            "send application/json in UTF-8",
        ))
    }
}

/// The names of UTF-8 by which the encoding standard of browsers knows it.
fn is_utf8(charset: &str) -> bool {
    const NAMES: [&str; 6] =
        ["utf-8", "utf8", "unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "x-unicode20utf8"];
    NAMES.iter().any(|name| charset.eq_ignore_ascii_case(name))
}

/// How many bytes a body may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimit {
    bytes: usize,
    anonymous: bool,
}

impl BodyLimit {
    /// The limit of a request with an access token.
    pub(super) const fn of_person(bytes: usize) -> Self {
        Self { bytes, anonymous: false }
    }

    /// The limit of a request without an access token: sign-in and refresh are small.
    pub(super) const fn anonymous(bytes: usize) -> Self {
        Self { bytes, anonymous: true }
    }

    fn exceeded(self) -> Problem {
        Problem::body_too_large(self.bytes, self.anonymous)
    }
}

/// A body that was read; its bytes count among those in memory until it is dropped.
pub(super) struct Received {
    bytes: Vec<u8>,
    _held: Held,
}

impl std::ops::Deref for Received {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// Reads a body within a limit, as long as there is room for it. How slowly it may arrive is the listener's to judge.
pub(super) async fn read_body(mut body: Body, limit: BodyLimit, mut held: Held) -> Result<Received, Problem> {
    let announced = body.size_hint().lower();
    // Before the first read: a client that waits for "100 Continue" then sends nothing.
    if announced > limit.bytes as u64 {
        return Err(limit.exceeded());
    }
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| unreceived(&error))?.into_data() else {
            continue;
        };
        if data.len() > limit.bytes - bytes.len() {
            return Err(limit.exceeded());
        }
        if !held.grow(data.len()) {
            return Err(Problem::busy(words::MANY_BYTES));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Received { bytes, _held: held })
}

/// Why a body did not arrive.
fn unreceived(error: &axum::Error) -> Problem {
    match BodyError::find(error) {
        Some(BodyError::TooSlow) => {
            Problem::for_people(StatusCode::REQUEST_TIMEOUT, "BODY_TIMEOUT", words::BODY_TOO_SLOW)
        }
        _ => Problem::malformed("the body broke off"),
    }
}

/// The parameters of a POST. `item_by_item` are the mutations that answer each item for itself.
fn from_json(body: &[u8], item_by_item: &[&str]) -> Result<Request, Problem> {
    // Some editors and libraries write a byte order mark before what they send.
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    match serde_json::from_slice(body) {
        Ok(value) => from_value(value),
        Err(error) => {
            // The fault of one item must not hold up the others.
            let is_named = |name: &&str| body.windows(name.len()).any(|some| some == name.as_bytes());
            let may_be_mended = item_by_item.iter().any(is_named);
            let mended = may_be_mended.then(|| serde_json::from_str(&repaired(body)).ok()).flatten();
            let not_json = || Problem::malformed(format!("the body is not JSON: {error}"));
            from_value(mended.ok_or_else(not_json)?)
        }
    }
}

/// The parameters of a body that has been read.
pub(super) fn from_value(value: Value) -> Result<Request, Problem> {
    match value {
        Value::Object(mut map) => {
            let mut take = |name: &str| map.swap_remove(name).unwrap_or_default();
            request(
                text("query", take("query"))?,
                text("operationName", take("operationName"))?,
                object("variables", take("variables"))?,
                object("extensions", take("extensions"))?,
            )
        }
        Value::List(_) => {
            Err(Problem::malformed("arrays of operations are not accepted: send one operation a request"))
        }
        _ => Err(Problem::malformed("the body must be a JSON object")),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UrlParams {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// The parameters of a GET; `variables` and `extensions` are JSON.
fn from_url(uri: &Uri) -> Result<Request, Problem> {
    let Query(params) = Query::<UrlParams>::try_from_uri(uri)
        .map_err(|error| Problem::malformed(format!("the URL's parameters cannot be read: {error}")))?;
    let json = |name: &str, text: Option<String>| match text.filter(|text| !text.is_empty()) {
        None => Ok(Value::Null),
        Some(text) => {
            serde_json::from_str(&text).map_err(|error| Problem::malformed(format!("{name} is not JSON: {error}")))
        }
    };
    request(
        params.query,
        params.operation_name.filter(|name| !name.is_empty()),
        object("variables", json("variables", params.variables)?)?,
        object("extensions", json("extensions", params.extensions)?)?,
    )
}

type Object = async_graphql::indexmap::IndexMap<Name, Value>;

fn request(
    query: Option<String>,
    operation: Option<String>,
    variables: Object,
    extensions: Object,
) -> Result<Request, Problem> {
    let persisted = extensions.contains_key("persistedQuery");
    let query = query.ok_or_else(|| {
        if persisted {
            Problem::persisted_query()
        } else {
            Problem::malformed("query is missing: it must hold the document")
        }
    })?;
    let mut request = Request::new(query).variables(Variables::from_value(Value::Object(variables)));
    request.operation_name = operation;
    request.extensions.extend(extensions.into_iter().map(|(name, value)| (name.to_string(), value)));
    Ok(request)
}

fn text(name: &str, value: Value) -> Result<Option<String>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(Problem::malformed(format!("{name} must be a string"))),
    }
}

fn object(name: &str, value: Value) -> Result<Object, Problem> {
    match value {
        Value::Null => Ok(Object::new()),
        Value::Object(map) => Ok(map),
        _ => Err(Problem::malformed(format!("{name} must be an object"))),
    }
}
