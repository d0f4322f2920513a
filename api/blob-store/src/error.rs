//! Errors of the object store. Messages hold no secrets.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

/// A failure of the object store.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// There is no object under this key.
    #[error("the object store has no such object")]
    NotFound,
    /// The object is larger than the caller's limit.
    #[error("the object is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The store refused: wrong key pair, no bucket, a bad digest. A repetition does not help.
    #[error("the object store refused to {action}: {code} (HTTP {status})")]
    Refused {
        /// The attempted action.
        action: &'static str,
        /// The HTTP status.
        status: u16,
        /// The store's code for the reason.
        code: String,
    },
    /// The store does not answer, or reports a failure of its own. A later repetition may succeed.
    #[error("the object store could not {action}, it is out of reach: {reason}")]
    Unreachable {
        /// The attempted action.
        action: &'static str,
        /// The observed failure.
        reason: String,
    },
    /// A setting is invalid.
    #[error("the object store's {name} {reason}")]
    Settings {
        /// The setting.
        name: &'static str,
        /// The valid form.
        reason: &'static str,
    },
    /// The store must not be used, because it accepts uploads with a wrong signature.
    #[error("the object store does not check signatures: anybody could read and change the photos; use another server")]
    ChecksNoSignatures,
    /// Anything else.
    #[error("the object store could not {action}: {reason}")]
    Other {
        /// The attempted action.
        action: &'static str,
        /// The observed failure.
        reason: String,
    },
}

impl ObjectError {
    /// Whether a repetition may succeed later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// Whether the store as a whole is unusable, and not just this object: it is unreachable, refuses our keys, or has
    /// lost its bucket. After its operator has corrected that, the same request succeeds.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Refused { status, .. } => matches!(status, 401 | 403 | 404),
            Self::ChecksNoSignatures => true,
            error => error.is_passing(),
        }
    }

    pub(super) fn of_status(action: &'static str, status: u16, code: Option<&str>) -> Self {
        let code = code.unwrap_or("no reason given").to_owned();
        match status {
            // A missing bucket is not a missing object, because nothing could be stored either.
            404 if code != "NoSuchBucket" => Self::NotFound,
            400..=428 | 430..=499 => Self::Refused { action, status, code },
            _ => Self::Unreachable { action, reason: format!("{code} (HTTP {status})") },
        }
    }
}

/// Converts an SDK error of an action.
pub(super) fn failure<E>(action: &'static str) -> impl FnOnce(SdkError<E, HttpResponse>) -> ObjectError
where
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    move |error| match &error {
        SdkError::ServiceError(answer) => {
            ObjectError::of_status(action, answer.raw().status().as_u16(), answer.err().code())
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => {
            ObjectError::Unreachable { action, reason: chain(&error) }
        }
        _ => ObjectError::Other { action, reason: chain(&error) },
    }
}

/// The messages of an error and its causes, without their `Debug` text, which holds requests and answers.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    std::iter::once(error.to_string()).chain(causes.map(ToString::to_string)).collect::<Vec<_>>().join(": ")
}
