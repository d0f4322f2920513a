//! The description of a resolver's error, as the transport reads it.
//!
//! The schema has its own error type, made of its use cases' errors. It describes each error by a [`Fault`], which is
//! the source of the GraphQL error. An error without one is foreign and is masked.

use std::any::Any;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use domain::words::Phrase;

/// An error with a cause that is for the log, never for the client.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// An error of the application, as the transport reads it. The message is that of the GraphQL error.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The code in `extensions.code`.
    pub code: &'static str,
    /// How long to wait with the same request, if it may succeed then, and why. A whole request without data is
    /// answered 503 with `Retry-After`.
    pub wait: Option<(Duration, Phrase)>,
    /// The causes of a fault of the server from the outermost to the innermost, for the log only.
    pub chain: Option<String>,
    /// The error itself, for the schema.
    pub error: Arc<dyn Any + Send + Sync>,
}

impl Fault {
    /// The code of a request that came while the server had too much to do.
    pub const OVERLOADED: &'static str = "OVERLOADED";
    /// The code of a request that took too long.
    pub const TIMEOUT: &'static str = "TIMEOUT";

    /// Logs the causes of a fault of the server; other errors have none.
    pub(super) fn log(&self, what: &'static str) {
        if let Some(chain) = &self.chain {
            tracing::error!(error = %chain, "{what}");
        }
    }
}
