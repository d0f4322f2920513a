//! Sync: the operations that devices push, each through the same code as its single command, with its answer kept; the
//! pending edits, kept until a person resolves them; and the devices that have synced.

mod answer;
mod contact;
mod cut;
pub mod device;
mod former;
mod gate;
pub mod gc;
mod park;
pub mod push;
pub mod read;
mod received;
pub mod resolve;

pub use answer::Answer;
pub use received::ReceivedOperation;

/// An edit that waits, as it is stored.
pub type PendingEditRow = store::entity::pending_edits::Model;
/// An operation with its answer, as it is stored.
pub type OperationRow = store::entity::operations::Model;
