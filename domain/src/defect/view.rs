//! What an owner sees of a defect: its state in plain words, never who argues about it.
//!
//! Owners read a status of their own. A step that owners are shown moves it as it would move the status of a defect
//! without holds and disputes; any other step leaves it. So a defect whose repair has begun is in progress to its owner
//! while companies dispute it, and stays so when the dispute brings another company.

use super::codes::{DefectStatus, DisputeOutcome};
use super::commands::DefectCommand;
use super::facts::DefectFacts;
use super::transition::Step;
use crate::event::Audience;
use crate::party::Role;
use crate::time::Timestamp;

/// The status as a person of this role reads it, and by which the commands of this role are judged.
#[must_use]
pub const fn status_for(role: Role, facts: &DefectFacts) -> DefectStatus {
    match role {
        Role::Owner => facts.shown_status,
        _ => facts.status,
    }
}

/// A step as an owner sees it; `None` for a step that moves nothing of what an owner sees. So holds and disputes move
/// neither the status nor the due time that an owner reads, nor does another company that a dispute brings.
/// `shown_before_void` is where owners read that a void defect stood before.
#[must_use]
pub const fn step_for_owner(step: Step, shown_before_void: Option<DefectStatus>) -> Option<Step> {
    match step {
        Step::Hold
        | Step::Resume
        | Step::Dispute
        | Step::ResolveDispute { outcome: DisputeOutcome::Upheld | DisputeOutcome::Reassigned, .. } => None,
        Step::ResolveDispute { outcome: DisputeOutcome::Voided, .. } => Some(Step::Void),
        Step::Restore { before: Some(_) } => Some(Step::Restore { before: shown_before_void }),
        Step::Restore { before: None }
        | Step::Assign
        | Step::Start
        | Step::ReportFixed
        | Step::Verdict { .. }
        | Step::Void
        | Step::Reopen => Some(step),
    }
}

/// The facts as an owner sees them: without disputes and holds, and with the due clock that owners read.
#[must_use]
pub fn facts_for_owner(
    facts: &DefectFacts,
    due_at: Option<Timestamp>,
    clock_stopped_at: Option<Timestamp>,
) -> DefectFacts {
    DefectFacts { status: facts.shown_status, on_hold: false, due_at, clock_stopped_at, ..facts.clone() }
}

/// Who may read that a permitted command was done. An event that owners read as a rule is for staff where the command
/// is not possible in the status that owners read: a repair that begins a second time would tell of another company,
/// and so of a dispute.
#[must_use]
pub fn audience_of(command: DefectCommand, facts: &DefectFacts) -> Audience {
    let fits = facts.shown_status == facts.status || command.states().contains(&facts.shown_status);
    match command.event().audience() {
        Audience::Owner if !fits => Audience::Staff,
        audience => audience,
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
