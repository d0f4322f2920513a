//! The outcome of an operation that a device pushes, and when its work is kept until a person decides.

use crate::defect::DefectStatus as S;
use crate::refusal::RefusalCode as C;

string_enum! {
    /// What became of a pushed operation.
    pub enum SyncOutcome {
        /// Done now.
        Applied = "APPLIED",
        /// Done before: the same operation again.
        AlreadyApplied = "ALREADY_APPLIED",
        /// Done, although the device had not seen the newest version: what others changed stays.
        Merged = "MERGED",
        /// The same was changed by others, or it has moved on, or the right was lost: nothing is lost, what the device
        /// did is kept as a pending edit until a person settles it. What does not conflict was done.
        Conflict = "CONFLICT",
        /// Not done: the user errors say why.
        Rejected = "REJECTED",
    }
}

string_enum! {
    /// Why an edit waits.
    pub enum PendingEditReason {
        /// Others have changed the same fields.
        FieldChanged = "FIELD_CHANGED",
        /// The object is no longer in the state in which this was possible.
        StateMovedOn = "STATE_MOVED_ON",
        /// The author had lost the right when the operation arrived.
        RightLost = "RIGHT_LOST",
    }
}

string_enum! {
    /// What became of an edit that waits.
    pub enum PendingEditState {
        /// It waits.
        Pending = "PENDING",
        /// A person had it done after all.
        Applied = "APPLIED",
        /// A person decided against it.
        Dismissed = "DISMISSED",
    }
}

string_enum! {
    /// Why a client must begin again.
    pub enum ResetReason {
        /// The cursor is not one of this project and person, or was altered.
        OtherCursor = "OTHER_CURSOR",
        /// The server was restored from a backup that is older than the cursor.
        Restored = "RESTORED",
        /// The person's role or units, or the filter, are other ones than those that the cursor is of.
        ScopeChanged = "SCOPE_CHANGED",
    }
}

string_enum! {
    /// What a person does with an edit that waits.
    pub enum PendingEditCommand {
        /// Have it done after all.
        Apply = "APPLY",
        /// Decide against it.
        Dismiss = "DISMISS",
    }
}

/// Why work that is refused by this code is kept, if it is: because the object has moved on, or because the right may
/// have been lost meanwhile. Everything else is a fault of the work itself.
#[must_use]
pub const fn parks_as(code: C) -> Option<PendingEditReason> {
    match code {
        C::MovedOn
        | C::WrongState
        | C::OnHold
        | C::NotOnHold
        | C::AlreadyJudged
        | C::Merged
        | C::NotMerged
        | C::RepairReported
        | C::RoundNotOpen => Some(PendingEditReason::StateMovedOn),
        C::FieldChanged | C::StaleVersion => Some(PendingEditReason::FieldChanged),
        C::NotFound | C::RoleNotAllowed | C::NotResponsible | C::NotYourFinding | C::NotYourPhoto => {
            Some(PendingEditReason::RightLost)
        }
        _ => None,
    }
}

/// The phase of a status: a command means the same in all states of a phase. Between an assignment and the report of a
/// repair the phase is the same.
#[must_use]
pub const fn workflow_phase(status: S) -> S {
    match status {
        S::Assigned | S::InProgress | S::Rework => S::Assigned,
        S::Open => S::Open,
        S::Fixed => S::Fixed,
        S::Disputed => S::Disputed,
        S::Closed => S::Closed,
        S::Void => S::Void,
    }
}
