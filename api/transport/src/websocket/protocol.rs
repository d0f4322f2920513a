//! The messages and close codes of the protocol graphql-transport-ws.

use async_graphql::{Request, Value};
use serde_json::json;

use crate::application::AccessToken;
use crate::params;

/// The subprotocol.
pub(super) const NAME: &str = "graphql-transport-ws";

/// Why a connection is closed, for the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Close {
    pub(super) code: u16,
    pub(super) reason: &'static str,
}

impl Close {
    const fn new(code: u16, reason: &'static str) -> Self {
        Self { code, reason }
    }

    /// The server stops: connect again, to another one or to this one when it is back.
    pub(super) const GOING_AWAY: Self = Self::new(1001, "The server stops: connect again");
    pub(super) const NOT_WEBSOCKET: Self = Self::new(1002, "Not understood as WebSocket");
    pub(super) const NOT_UTF8: Self = Self::new(1007, "A text is not UTF-8");
    pub(super) const TOO_MANY_MESSAGES: Self = Self::new(1008, "Too many messages");
    pub(super) const TOO_LARGE: Self = Self::new(1009, "Message too large");
    pub(super) const INTERNAL: Self = Self::new(1011, "Internal error");
    pub(super) const TOO_MANY_CONNECTIONS: Self = Self::new(1013, "Too many connections of this person");
    pub(super) const NOT_NOW: Self = Self::new(1013, "The server cannot do this now: connect again later");
    pub(super) const BAD_MESSAGE: Self = Self::new(4400, "Invalid message received");
    pub(super) const NOT_ACKNOWLEDGED: Self = Self::new(4401, "Unauthorized: send connection_init first");
    /// No good access token, or no longer: the one close code of the protocol about rights after which the reference
    /// client connects again, with the token that it has by then.
    pub(super) const FORBIDDEN: Self = Self::new(4403, "Forbidden: the access token is missing, unknown or has ended");
    pub(super) const SUBPROTOCOL: Self = Self::new(4406, "Subprotocol not acceptable");
    pub(super) const INIT_TIMEOUT: Self = Self::new(4408, "Connection initialisation timeout");
    pub(super) const DUPLICATE_ID: Self = Self::new(4409, "Subscriber for this id already exists");
    pub(super) const SECOND_INIT: Self = Self::new(4429, "Too many initialisation requests");
}

/// What a client says.
#[derive(Debug)]
pub(super) enum FromClient {
    /// With the token, if the payload has one; an error if its value is no token.
    Init(Option<Result<AccessToken, Close>>),
    Ping,
    Pong,
    Subscribe {
        id: String,
        request: Box<Request>,
        /// Bytes of the message.
        bytes: usize,
    },
    Complete {
        id: String,
    },
}

impl FromClient {
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        let Ok(Value::Object(mut message)) = serde_json::from_str(text) else { return Err(Close::BAD_MESSAGE) };
        let mut take = |name: &str| message.swap_remove(name).unwrap_or_default();
        let Value::String(kind) = take("type") else { return Err(Close::BAD_MESSAGE) };
        match kind.as_str() {
            "connection_init" => init(take("payload")),
            "ping" => Ok(Self::Ping),
            "pong" => Ok(Self::Pong),
            "subscribe" => {
                let id = id(take("id"))?;
                let request = params::from_value(take("payload")).map_err(|_| Close::BAD_MESSAGE)?;
                Ok(Self::Subscribe { id, request: Box::new(request), bytes: text.len() })
            }
            "complete" => Ok(Self::Complete { id: id(take("id"))? }),
            _ => Err(Close::BAD_MESSAGE),
        }
    }
}

fn init(payload: Value) -> Result<FromClient, Close> {
    let mut payload = match payload {
        Value::Null => return Ok(FromClient::Init(None)),
        Value::Object(payload) => payload,
        _ => return Err(Close::BAD_MESSAGE),
    };
    let token = ["authorization", "Authorization"].into_iter().find_map(|name| payload.swap_remove(name));
    Ok(FromClient::Init(match token {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(AccessToken::of_bearer(&text).ok_or(Close::FORBIDDEN)),
        Some(_) => Some(Err(Close::FORBIDDEN)),
    }))
}

fn id(value: Value) -> Result<String, Close> {
    match value {
        Value::String(id) if !id.is_empty() => Ok(id),
        _ => Err(Close::BAD_MESSAGE),
    }
}

pub(super) fn acknowledge() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

pub(super) fn pong() -> String {
    json!({ "type": "pong" }).to_string()
}

pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

/// An operation has failed before it could answer.
pub(super) fn error(id: &str, errors: &serde_json::Value) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// An answer that has been written already.
pub(super) fn next(id: &str, answer: &[u8]) -> String {
    let id = serde_json::Value::from(id);
    format!(r#"{{"id":{id},"type":"next","payload":{}}}"#, String::from_utf8_lossy(answer))
}
