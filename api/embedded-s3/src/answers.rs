//! Answers in S3's terms: object headers, conditional reads, and errors.

use std::io;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use s3s::dto::{ETag, ETagCondition, Object, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use crate::folder::is_absent;
use crate::object_file::Metadata;

/// The conditions of a read.
#[derive(Clone, Copy, Default)]
pub(crate) struct Conditions<'a> {
    pub(crate) if_match: Option<&'a ETagCondition>,
    pub(crate) if_none_match: Option<&'a ETagCondition>,
    pub(crate) if_modified_since: Option<&'a Timestamp>,
    pub(crate) if_unmodified_since: Option<&'a Timestamp>,
}

/// Evaluates the conditions of a read: tags before times, as in RFC 9110 (13.2.2).
pub(crate) fn check_conditions(metadata: &Metadata, conditions: Conditions<'_>) -> S3Result<()> {
    let Conditions { if_match, if_none_match, if_modified_since, if_unmodified_since } = conditions;
    let is_this = |condition: &ETagCondition| match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(tag) => tag.value() == metadata.sha256,
    };
    if if_match.is_some_and(|condition| !is_this(condition)) {
        return Err(s3_error!(PreconditionFailed));
    }
    // HTTP dates have a resolution of one second.
    let written_at = moment(metadata.written_at / 1_000 * 1_000);
    if if_match.is_none() && if_unmodified_since.is_some_and(|since| written_at > *since) {
        return Err(s3_error!(PreconditionFailed));
    }
    if if_none_match.is_some_and(is_this) {
        return Err(s3_error!(NotModified));
    }
    if if_none_match.is_none() && if_modified_since.is_some_and(|since| written_at <= *since) {
        return Err(s3_error!(NotModified));
    }
    Ok(())
}

/// An object as a listing shows it.
pub(crate) fn listed((key, metadata): (String, Metadata)) -> Object {
    Object {
        e_tag: e_tag(&metadata),
        last_modified: Some(written_at(&metadata)),
        size: i64::try_from(metadata.length).ok(),
        key: Some(key),
        ..Default::default()
    }
}

/// The entity tag: the SHA-256, because no two contents share it.
pub(crate) fn e_tag(metadata: &Metadata) -> Option<ETag> {
    Some(ETag::Strong(metadata.sha256.clone()))
}

/// The SHA-256 as S3 writes it.
pub(crate) fn checksum(metadata: &Metadata) -> Option<String> {
    let hash = hex::decode(&metadata.sha256).ok()?;
    Some(STANDARD.encode(hash))
}

/// When the object was written.
pub(crate) fn written_at(metadata: &Metadata) -> Timestamp {
    moment(metadata.written_at)
}

/// Milliseconds since 1970 as S3 writes them.
pub(crate) fn moment(milliseconds: u64) -> Timestamp {
    Timestamp::from(SystemTime::UNIX_EPOCH + Duration::from_millis(milliseconds))
}

/// Maps an I/O error to an S3 error. Errors that the client cannot correct are logged here, and their details are not
/// sent.
pub(crate) fn refusal(error: io::Error) -> S3Error {
    match error.kind() {
        _ if is_absent(&error) => s3_error!(NoSuchKey),
        io::ErrorKind::AlreadyExists => {
            s3_error!(PreconditionFailed, "there is an object under this key")
        }
        io::ErrorKind::InvalidFilename => s3_error!(KeyTooLongError, "a part of the key between slashes is too long"),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            tracing::error!(%error, "the object store's disk is full");
            full()
        }
        _ => {
            tracing::error!(%error, "the object store's data folder failed");
            s3_error!(InternalError)
        }
    }
}

/// The disk is full. S3 has no code for it; the status (507) says that the request is not at fault and may succeed
/// later.
fn full() -> S3Error {
    let code = S3ErrorCode::Custom("InsufficientStorage".into());
    let mut error = S3Error::with_message(code, "the object store's disk is full");
    error.set_status_code(StatusCode::INSUFFICIENT_STORAGE);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_disk_is_answered_as_insufficient_storage() {
        // ENOSPC, EDQUOT, EFBIG
        for number in [28, 122, 27] {
            let error = refusal(io::Error::from_raw_os_error(number));
            assert_eq!(error.status_code(), Some(StatusCode::INSUFFICIENT_STORAGE), "{number}");
        }
        assert_eq!(refusal(io::Error::from_raw_os_error(5)).code(), &S3ErrorCode::InternalError);
    }
}
