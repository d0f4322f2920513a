//! Sync: what devices push, each operation through the same code as its single command, with its answer kept; what could
//! not be done as it was, kept until a person settles it; and which devices have synced.

pub mod care;
mod contact;
mod cut;
pub mod device;
mod former;
mod gate;
mod keep;
mod narrow;
pub mod operation;
pub mod push;
mod pushed;
pub mod read;
mod record;
pub mod settle;
pub mod storable;

pub use operation::{FieldConflict, Kept, Operation, Target};
pub use pushed::{Change, Pushed};

/// An edit that waits, as it is stored.
pub type PendingEditRow = store::entity::pending_edits::Model;
/// An operation with its answer, as it is stored.
pub type OperationRow = store::entity::operations::Model;
