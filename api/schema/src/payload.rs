//! The payloads of mutations: the object, and the validation and permission errors.

use std::sync::Arc;
use std::time::Duration;

use app::Error;
use app::input::Patch;
use async_graphql::{MaybeUndefined, SimpleObject};
use domain::{Language, Note, NoteCode, Refusal, RefusalCode};

use super::error::{ApiError, ApiResult};

/// A validation or permission error.
#[derive(Debug, Clone, SimpleObject)]
pub struct UserError {
    /// The code of the error, for programs.
    pub code: RefusalCode,
    /// The fault and the correct form, in the viewer's language.
    pub message: String,
    /// The path of the input field at fault; empty when it is the whole command.
    pub field: Vec<String>,
}

impl UserError {
    /// A refusal in the language of who asked.
    pub fn new(refusal: &Refusal, language: Language) -> Self {
        Self { code: refusal.code, message: refusal.message(language), field: refusal.field.clone() }
    }
}

/// Information for a person about a completed command.
#[derive(Debug, Clone, SimpleObject)]
pub struct CommandNote {
    /// The code of the note, for programs.
    pub code: NoteCode,
    /// The note, in the viewer's language.
    pub message: String,
}

impl CommandNote {
    /// Notes in the language of who asked.
    pub fn all(notes: &[Note], language: Language) -> Vec<Self> {
        notes.iter().map(|note| Self { code: note.code, message: note.message(language) }).collect()
    }
}

/// When a request may be sent once more that the database could not do now.
pub(super) const LATER: Duration = Duration::from_secs(1);

/// Splits a use case's answer into what the payload holds: the object, or the user errors.
///
/// # Errors
/// An internal error stays an error.
pub fn split<T>(answer: app::Result<T>, language: Language) -> ApiResult<(Option<T>, Vec<UserError>)> {
    match answer {
        Ok(object) => Ok((Some(object), Vec::new())),
        Err(Error::Refused(refusals)) => {
            Ok((None, refusals.iter().map(|refusal| UserError::new(refusal, language)).collect()))
        }
        Err(error) if error.is_transient() => Err(ApiError::BrokenOff(Arc::new(error))),
        Err(error) => Err(error.into()),
    }
}

/// What a client is told of an error after which the same request may succeed later; none for any other error.
fn passing(error: &Error) -> Option<ApiError> {
    if error.is_storage_full() {
        return Some(ApiError::StorageFull);
    }
    if let Error::Overloaded(wait) = error {
        return Some(ApiError::Overloaded(*wait));
    }
    if !error.passes_by_itself() {
        return None;
    }
    tracing::warn!(error = error.chain(), "the database could not do it now");
    Some(if error.took_too_long() { ApiError::TooSlow } else { ApiError::Overloaded(LATER) })
}

/// A field of an update: left out means unchanged, null means cleared.
pub fn patch<T, U: From<T>>(value: MaybeUndefined<T>) -> Patch<U> {
    match value {
        MaybeUndefined::Undefined => Patch::Unchanged,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Set(value.into()),
    }
}

/// Declares a mutation's payload: `payload! { /// What it answers. DefectLogPayload { defect: Defect } }`.
///
/// `DefectLogPayload::from_result(result, language)` makes it from a use case's result.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident { $(#[$fmeta:meta])* $field:ident : $object:ty }) => {
        $(#[$meta])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$fmeta])*
            pub $field: Option<$object>,
            /// Validation and permission errors. Empty on success.
            pub user_errors: Vec<$crate::payload::UserError>,
        }

        impl $name {
            /// The payload of a use case's result.
            pub fn from_result<T: Into<$object>>(
                answer: app::Result<T>,
                language: domain::Language,
            ) -> $crate::error::ApiResult<Self> {
                let (object, user_errors) = $crate::payload::split(answer, language)?;
                Ok(Self { $field: object.map(Into::into), user_errors })
            }
        }
    };
}
pub(crate) use payload;

impl From<Error> for ApiError {
    /// For reads, where there is no payload to put a refusal into, and for errors that are no refusals.
    fn from(error: Error) -> Self {
        if let Some(passing) = passing(&error) {
            return passing;
        }
        match error {
            Error::Internal(source) => Self::internal(source),
            Error::Repeated => Self::internal(error),
            Error::Overloaded(wait) => Self::Overloaded(wait),
            Error::Refused(refusals) => match refusals.first() {
                Some(refusal) if refusal.code == RefusalCode::NotFound => Self::NotFound,
                Some(refusal) if refusal.code == RefusalCode::RoleNotAllowed => Self::Forbidden,
                Some(refusal) => Self::bad_request(refusal.code.as_str(), refusal.message(Language::En)),
                None => Self::bad_request("REFUSED", "refused"),
            },
        }
    }
}
