//! The one error type that resolvers return, so that nothing else can reach a client by accident.
//!
//! async-graphql turns whatever implements `Display` into text for the client. [`ApiError`] therefore does not
//! implement it: the text of each kind is written here, and the source of an internal error goes to the log only.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Error, ErrorExtensionValues, ServerError};
use domain::words::Phrase;
use store::partial::NotRead;
use transport::budget::AnswerTooLarge;
use transport::words;
use transport::{BoxError, Fault};

/// What a resolver answers in `Err`.
#[derive(Clone, Debug)]
pub enum ApiError {
    /// The caller must sign in first.
    Unauthenticated,
    /// The caller is known and may not do this at all.
    Forbidden,
    /// There is no such thing, or the caller may not know of it: the same answer.
    NotFound,
    /// The caller's program asked wrongly (a malformed id, a cursor of another list).
    BadRequest {
        /// What went wrong, for programs.
        code: &'static str,
        /// What went wrong and what would be right, for the program's author.
        message: String,
    },
    /// The server has too much to do: the whole request is answered 503 with `Retry-After`.
    Overloaded(Duration),
    /// The database's disk is full, and nothing was done: the whole request is answered 503 with `Retry-After`.
    StorageFull,
    /// The database has cancelled a statement that took too long: the whole request is answered 503 with `Retry-After`.
    TooSlow,
    /// The database has broken off a command before anything of it was done: it is done again.
    BrokenOff(Arc<dyn StdError + Send + Sync>),
    /// Our own fault: logged once with its chain, masked for the client.
    Internal(Arc<dyn StdError + Send + Sync>),
}

/// The short form of a resolver's result.
///
/// Where an error should leave a nullable field empty and the rest of the answer whole, the field answers
/// `Option<ApiResult<T>>` (`transpose()` of an `ApiResult<Option<T>>`): async-graphql lets an outer `Err` empty the
/// whole parent.
pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    /// The error of a resolver behind a GraphQL error, if it came from one.
    pub fn of(error: &ServerError) -> Option<&Self> {
        error.source::<Fault>()?.error.downcast_ref()
    }

    /// The code of a command that was not done because the disk was full.
    pub const STORAGE_FULL: &'static str = "STORAGE_FULL";
    /// When the same may be sent again.
    const STORAGE_FULL_WAIT: Duration = Duration::from_secs(30);
    /// The same after a statement that took too long: each one costs the database as much again.
    const TOO_SLOW_WAIT: Duration = Duration::from_secs(5);

    /// How long to wait with the same request, if it passes by itself, and why.
    pub(crate) const fn wait(&self) -> Option<(Duration, Phrase)> {
        match self {
            Self::Overloaded(wait) => Some((*wait, words::OVERLOADED)),
            Self::StorageFull => Some((Self::STORAGE_FULL_WAIT, words::STORAGE_FULL)),
            Self::TooSlow => Some((Self::TOO_SLOW_WAIT, words::DATABASE_TOO_SLOW)),
            _ => None,
        }
    }

    /// A fault of the caller's program.
    pub fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::BadRequest { code, message: message.into() }
    }

    /// An internal error, from any error or text.
    pub fn internal(source: impl Into<BoxError>) -> Self {
        Self::Internal(Arc::from(source.into()))
    }

    /// The code in `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadRequest { code, .. } => code,
            Self::Overloaded(_) | Self::BrokenOff(_) => Fault::OVERLOADED,
            Self::StorageFull => Self::STORAGE_FULL,
            Self::TooSlow => Fault::TIMEOUT,
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// The text that the client may read.
    pub fn message(&self) -> &str {
        match self {
            Self::Unauthenticated => words::SIGN_IN.0,
            Self::Forbidden => "not allowed",
            Self::NotFound => "not found",
            Self::BadRequest { message, .. } => message,
            Self::Overloaded(_) | Self::BrokenOff(_) => words::OVERLOADED.0,
            Self::StorageFull => words::STORAGE_FULL.0,
            Self::TooSlow => words::DATABASE_TOO_SLOW.0,
            Self::Internal(_) => words::INTERNAL.0,
        }
    }

    /// The causes of an internal error from the outermost to the innermost, for the log.
    pub fn chain(&self) -> Option<String> {
        let Self::Internal(source) = self else {
            return None;
        };
        let mut text = source.to_string();
        let mut next = source.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        Some(text)
    }
}

impl From<AnswerTooLarge> for ApiError {
    fn from(refused: AnswerTooLarge) -> Self {
        Self::bad_request(AnswerTooLarge::CODE, refused.message)
    }
}

impl From<NotRead> for ApiError {
    /// A field that reads a column which [`required_columns`](crate::lookahead::RequiredColumns) does not name.
    fn from(source: NotRead) -> Self {
        Self::internal(source)
    }
}

impl From<BoxError> for ApiError {
    fn from(source: BoxError) -> Self {
        Self::internal(source)
    }
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        Self { code: error.code(), wait: error.wait(), chain: error.chain(), error: Arc::new(error) }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code());
        let message = error.message().to_owned();
        // How the transport tells our own errors from anything else.
        Error { message, source: Some(Arc::new(Fault::from(error))), extensions: Some(extensions) }
    }
}
