//! How a use case fails: a refusal (a validation or permission error), a missing object, or an internal error.

use domain::{Refusal, RefusalCode};

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case did nothing. All that it had begun was rolled back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A validation or permission error, for the person.
    #[error("refused: {0:?}")]
    Refused(Vec<Refusal>),
    /// A concurrent request did the same operation of a device: its answer is stored.
    #[error("an operation was done twice at once")]
    Repeated,
    /// The server has too much to do. It may be tried again after this time.
    #[error("too much to do")]
    Overloaded(std::time::Duration),
    /// An error of the program or of the machine: for the log, never for a client.
    #[error("internal fault")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An internal error.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// Whether the same work may be done again from its beginning at once: the database has broken off its transaction
    /// for the sake of another one, and nothing of it was committed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.database().is_some_and(store::db::is_transient)
    }

    /// Whether the same request may succeed later without any correction.
    #[must_use]
    pub fn passes_by_itself(&self) -> bool {
        matches!(self, Self::Overloaded(_)) || self.database().is_some_and(store::db::passes_by_itself)
    }

    /// Whether the database has cancelled a statement that took too long.
    #[must_use]
    pub fn took_too_long(&self) -> bool {
        self.database().is_some_and(store::db::took_too_long)
    }

    /// Whether nothing was done because the database's disk is full.
    #[must_use]
    pub fn is_storage_full(&self) -> bool {
        self.database().is_some_and(store::db::is_storage_full)
    }

    /// The database's error, if it caused the fault.
    fn database(&self) -> Option<&store::Error> {
        match self {
            Self::Internal(source) => source.downcast_ref(),
            Self::Refused(_) | Self::Repeated | Self::Overloaded(_) => None,
        }
    }

    /// The causes from the outermost to the innermost, for the log.
    #[must_use]
    pub fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }

    /// Puts steps before the fields of refusals, for inputs nested in others.
    #[must_use]
    pub fn under(self, prefix: &str) -> Self {
        match self {
            Self::Refused(refusals) => {
                Self::Refused(refusals.into_iter().map(|refusal| refusal.under(prefix)).collect())
            }
            Self::Repeated | Self::Overloaded(_) | Self::Internal(_) => self,
        }
    }

    /// The refusal for an object that does not exist or is not visible to the caller.
    #[must_use]
    pub fn not_found(field: &str) -> Self {
        Refusal::at(RefusalCode::NotFound, field).into()
    }
}

/// One line in the log for each command that is denied, whichever way it came in; the request's span says who and from
/// where. No text of the input: the code and the field's name only.
pub(crate) fn note_denial(refusal: &Refusal) {
    if refusal.code.is_denial() {
        tracing::info!(code = refusal.code.as_str(), field = refusal.field.join("."), "denied");
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        note_denial(&refusal);
        Self::Refused(vec![refusal])
    }
}

impl From<RefusalCode> for Error {
    fn from(code: RefusalCode) -> Self {
        Refusal::new(code).into()
    }
}

impl From<store::Error> for Error {
    fn from(source: store::Error) -> Self {
        // A code or name with a NUL in it, of which nothing is known: PostgreSQL has no such text at all.
        if store::db::is_unstorable_text(&source) {
            return RefusalCode::TextInvalid.into();
        }
        // Two concurrent commands took a unique value: the second is refused, as if it had come later.
        if let Some(refusal) = store::db::violated_unique(&source).and_then(|known| crate::constraints::refusal(&known))
        {
            return refusal.into();
        }
        Self::internal(source)
    }
}

impl From<store::partial::NotRead> for Error {
    fn from(source: store::partial::NotRead) -> Self {
        Self::internal(source)
    }
}

impl From<serde_json::Error> for Error {
    fn from(source: serde_json::Error) -> Self {
        Self::internal(source)
    }
}

/// A stored code that the program does not know: another program wrote to the database.
impl From<domain::UnknownCode> for Error {
    fn from(source: domain::UnknownCode) -> Self {
        Self::internal(source)
    }
}
