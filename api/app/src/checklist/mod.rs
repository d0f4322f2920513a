//! Checklists: the items to inspect in each type of room.

pub mod create;
mod items;

pub use items::ItemInput;

/// A checklist as it is stored.
pub type ChecklistRow = store::entity::checklists::Model;
