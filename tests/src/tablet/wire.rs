//! The connection to the server: all HTTP that the client needs. Tests replace it by one that loses, doubles and
//! delays.

use std::time::Duration;

use serde_json::Value;

/// A complete answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`.
    pub retry_after: Option<Duration>,
    /// The complete body: half a body is no answer.
    pub body: Vec<u8>,
}

/// The answer is missing or incomplete.
#[derive(Clone, Debug)]
pub struct Broken(pub String);

/// A connection to the server. It sets its timeouts: 30 seconds are enough for a batch over a bad hotspot.
pub trait Wire: Send + Sync {
    /// `POST /graphql` with a JSON body.
    fn post(&self, token: Option<&str>, body: Vec<u8>) -> impl Future<Output = Result<Answer, Broken>> + Send;

    /// `PUT` of a photo's bytes to the object store, by a link (`PhotoUpload`) with the given headers. Returns the
    /// status.
    fn put(&self, link: &Value, bytes: Vec<u8>) -> impl Future<Output = Result<u16, Broken>> + Send;
}
