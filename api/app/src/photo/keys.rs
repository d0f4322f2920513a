//! Where the bytes of photos lie in the object store.
//!
//! Originals and renditions are named by their content: the same bytes are kept once in a project, and making a
//! rendition again writes the same object.

use uuid::Uuid;

/// The place for one upload; nobody else reads or writes it.
pub(super) fn staging(photo_id: Uuid, ticket: Uuid) -> String {
    format!("staging/{photo_id}/{ticket}")
}

/// A place that no link leads to, where bytes cannot change while they are checked.
pub(super) fn unlinked(photo_id: Uuid, ticket: Uuid) -> String {
    format!("checking/{photo_id}/{ticket}")
}

/// The original.
pub(super) fn original(project_id: Uuid, sha256: &[u8]) -> String {
    format!("projects/{project_id}/photos/{}", hex::encode(sha256))
}

/// A rendition of an original.
pub(super) fn rendition(original: &str, edge: u32) -> String {
    format!("{original}.{edge}.jpg")
}
