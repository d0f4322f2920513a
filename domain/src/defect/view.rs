//! What an owner sees of a defect: its state in plain words, never who argues about it.

use super::codes::{DefectStatus, DisputeOutcome};
use super::facts::DefectFacts;
use super::transition::Step;
use crate::party::Role;
use crate::time::Timestamp;

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

/// A step as an owner sees it; `None` for a step that moves nothing of what an owner sees but the status. So holds and
/// disputes never move the due time that an owner reads, nor does another company that a dispute brings.
#[must_use]
pub fn step_for_owner(step: Step) -> Option<Step> {
    match step {
        Step::Hold
        | Step::Resume
        | Step::Dispute
        | Step::ResolveDispute { outcome: DisputeOutcome::Upheld | DisputeOutcome::Reassigned, .. } => None,
        Step::ResolveDispute { outcome: DisputeOutcome::Voided, .. } => Some(Step::Void),
        Step::Restore { before } => Some(Step::Restore { before: before.map(status_for_owner) }),
        Step::Assign | Step::Start | Step::ReportFixed | Step::Verdict { .. } | Step::Void | Step::Reopen => Some(step),
    }
}

/// The facts as an owner sees them: without disputes and holds, and with the due clock that owners read.
#[must_use]
pub fn facts_for_owner(
    facts: &DefectFacts,
    due_at: Option<Timestamp>,
    clock_stopped_at: Option<Timestamp>,
) -> DefectFacts {
    let status = status_for_owner(facts.status);
    DefectFacts { status, on_hold: false, due_at, clock_stopped_at, ..facts.clone() }
}

/// The stored statuses that an owner's filter for `shown` means.
#[must_use]
pub fn statuses_shown_as(shown: DefectStatus) -> Vec<DefectStatus> {
    DefectStatus::ALL.iter().copied().filter(|status| status_for_owner(*status) == shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_and_disputes_are_no_steps_to_an_owner() {
        let resolved = |outcome| Step::ResolveDispute { outcome, before: None };
        let hidden = [DisputeOutcome::Upheld, DisputeOutcome::Reassigned].map(resolved);
        for step in hidden.into_iter().chain([Step::Hold, Step::Resume, Step::Dispute]) {
            assert_eq!(step_for_owner(step), None, "{step:?}");
        }
        assert_eq!(step_for_owner(resolved(DisputeOutcome::Voided)), Some(Step::Void));
        let restored = |before| Step::Restore { before: Some(before) };
        assert_eq!(step_for_owner(restored(DefectStatus::Disputed)), Some(restored(DefectStatus::Assigned)));
        for step in [Step::Assign, Step::Start, Step::ReportFixed, Step::Void, Step::Reopen] {
            assert_eq!(step_for_owner(step), Some(step));
        }
    }
}
