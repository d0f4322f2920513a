//! The way to the server: all that the client needs of HTTP. Tests put a way here that loses, doubles and delays.

use std::time::Duration;

use serde_json::Value;

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What `Retry-After` says.
    pub retry_after: Option<Duration>,
    /// The body, to its last byte: half a body is no answer.
    pub body: Vec<u8>,
}

/// No answer, or not all of it.
#[derive(Clone, Debug)]
pub struct Broken(pub String);

/// A way to the server. Time-outs are its business: 30 seconds are enough for a batch over a bad hotspot.
pub trait Wire: Send + Sync {
    /// `POST /graphql` with a JSON body.
    fn post(&self, token: Option<&str>, body: Vec<u8>) -> impl Future<Output = Result<Answer, Broken>> + Send;

    /// `PUT` of a photo's bytes to the object store, by a link (`PhotoUpload`) with the headers as they are given.
    /// Answers the status.
    fn put(&self, link: &Value, bytes: Vec<u8>) -> impl Future<Output = Result<u16, Broken>> + Send;
}
