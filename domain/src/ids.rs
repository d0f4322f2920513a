//! Ids: made by the client, version 7, checked for form only.

use uuid::Uuid;

use crate::refusal::{Refusal, RefusalCode};

/// Checks that an id for a new object is a UUID of version 7.
///
/// # Errors
/// [`RefusalCode::InvalidId`] at `field`.
pub fn check_new(id: Uuid, field: &str) -> Result<(), Refusal> {
    if id.get_version_num() == 7 { Ok(()) } else { Err(Refusal::at(RefusalCode::InvalidId, field)) }
}
