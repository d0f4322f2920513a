//! What an owner sees of a defect: its state in plain words, never who argues about it.

use super::codes::DefectStatus;
use crate::party::Role;

/// The status as an owner reads it: a dispute between companies is none of theirs.
#[must_use]
pub const fn status_for_owner(status: DefectStatus) -> DefectStatus {
    match status {
        DefectStatus::Disputed => DefectStatus::Assigned,
        DefectStatus::Open
        | DefectStatus::Assigned
        | DefectStatus::InProgress
        | DefectStatus::Fixed
        | DefectStatus::Rework
        | DefectStatus::Closed
        | DefectStatus::Void => status,
    }
}

/// The status as a person of this role reads it.
#[must_use]
pub const fn status_for(role: Role, status: DefectStatus) -> DefectStatus {
    match role {
        Role::Owner => status_for_owner(status),
        _ => status,
    }
}

/// The stored statuses that an owner's filter for `shown` means.
#[must_use]
pub fn statuses_shown_as(shown: DefectStatus) -> Vec<DefectStatus> {
    DefectStatus::ALL.iter().copied().filter(|status| status_for_owner(*status) == shown).collect()
}
