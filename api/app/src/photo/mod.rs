//! Photos: declared, uploaded to the object store, checked, made smaller, and shown to who may see the subject.

pub mod annotate;
pub mod checked;
pub mod complete;
mod content;
pub mod corrections;
pub mod declare;
mod finalize;
pub mod gc;
pub mod jobs;
pub mod markup;
mod object_keys;
pub mod original;
mod parts;
pub mod plan;
pub mod read;
mod redeclare;
pub mod render;
mod sides;
pub mod upload;
pub mod verify;
pub mod write_off;

/// A photo as it is stored; as a caller may see it, it is a [`Redacted`](crate::redacted::Redacted) one.
pub type PhotoRow = store::entity::photos::Model;

use blob_store::ObjectError;

use crate::error::Error;

/// The object store failed while a person waits: answered as a refusal, because trying again is the only remedy.
fn store_failed(error: &ObjectError) -> Error {
    tracing::error!(%error, "the object store failed");
    domain::RefusalCode::StoreUnavailable.into()
}
