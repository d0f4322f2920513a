//! Reads the parameters of a GraphQL request from a JSON body or from a URL.

use std::time::Duration;

use async_graphql::{Name, Request, Value, Variables};
use axum::body::Body;
use axum::extract::Query;
use http::{HeaderMap, StatusCode, Uri, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;

use super::problem::Problem;

/// The body must say that it is JSON. This also keeps web forms of other sites out: a browser asks before it sends
/// this type elsewhere.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mut parts = value.unwrap_or_default().split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
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

/// Reads a body of at most so many bytes, in at most so long.
pub(super) async fn read_body(body: Body, bytes: usize, within: Duration) -> Result<bytes::Bytes, Problem> {
    let too_large =
        || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", format!("the body is over {bytes} bytes"));
    match tokio::time::timeout(within, Limited::new(body, bytes).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::malformed("the body broke off")),
        Err(_) => Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "BODY_TIMEOUT", "the body did not arrive in time")),
    }
}

/// The parameters of a POST.
pub(super) fn from_json(body: &[u8]) -> Result<Request, Problem> {
    // Some editors and libraries write a byte order mark before what they send.
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    let value =
        serde_json::from_slice(body).map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))?;
    from_value(value)
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
pub(super) fn from_url(uri: &Uri) -> Result<Request, Problem> {
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
