//! What an allowed command does: the new status and the move of the due clock.

use super::calendar::Calendar;
use super::codes::{DefectStatus as S, DisputeOutcome};
use super::facts::DefectFacts;
use crate::party::Party;
use crate::policy::{Policy, Verification};
use crate::time::Timestamp;

/// A command with what decides its effect. It has been permitted already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A company becomes responsible.
    Assign,
    /// The repair begins.
    Start,
    /// An attempt is reported.
    ReportFixed,
    /// A verdict on the attempt.
    Verdict {
        /// Whose.
        party: Party,
        /// Pass or fail.
        passed: bool,
    },
    /// The contractor disputes.
    Dispute,
    /// The developer settles the dispute.
    ResolveDispute {
        /// How.
        outcome: DisputeOutcome,
        /// Where the defect stood when it was disputed, if known.
        before: Option<S>,
    },
    /// Declared void, or merged into another.
    Void,
    /// Taken back from void; the status before it was voided, if known.
    Restore {
        /// Where it stood.
        before: Option<S>,
    },
    /// Opened again.
    Reopen,
    /// Put on hold.
    Hold,
    /// Taken from hold.
    Resume,
}

/// What happens to the due clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockMove {
    /// Nothing.
    Keep,
    /// A new due time is counted from now, and the clock runs.
    Start,
    /// It stands still from now.
    Stop,
    /// It runs again with the working time that was left when it stopped.
    Run,
    /// No due time any more.
    Clear,
}

/// What a command does to a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// The status afterwards.
    pub status: S,
    /// The clock.
    pub clock: ClockMove,
    /// What became of the pending attempt: passed, failed, or still pending (`None`).
    pub attempt_passed: Option<bool>,
}

/// The effect of a permitted step.
#[must_use]
pub fn effect_of(defect: &DefectFacts, step: Step, policy: &Policy) -> Effect {
    let to = |status, clock| Effect { status, clock, attempt_passed: None };
    match step {
        Step::Assign => to(S::Assigned, ClockMove::Start),
        Step::Start => to(S::InProgress, ClockMove::Keep),
        Step::ReportFixed => to(S::Fixed, ClockMove::Stop),
        Step::Verdict { party, passed } => verdict(defect, party, passed, policy),
        Step::Dispute => to(S::Disputed, ClockMove::Stop),
        Step::ResolveDispute { outcome, before } => match outcome {
            // The state before the dispute: a defect that was sent back for rework is still in rework.
            DisputeOutcome::Upheld => to(before.unwrap_or(S::Assigned), ClockMove::Run),
            DisputeOutcome::Reassigned => to(S::Assigned, ClockMove::Start),
            DisputeOutcome::Voided => to(S::Void, ClockMove::Stop),
        },
        Step::Void => to(S::Void, ClockMove::Stop),
        Step::Restore { before } => restore(defect, before),
        Step::Reopen if defect.responsible_company_id.is_some() => to(S::Assigned, ClockMove::Start),
        Step::Reopen => to(S::Open, ClockMove::Clear),
        Step::Hold => to(defect.status, ClockMove::Stop),
        Step::Resume => to(defect.status, ClockMove::Run),
    }
}

/// A fail sends back at once. A pass closes when the policy has all the passes it needs; the owner who found the
/// defect is the one it must satisfy, so the owner's pass closes alone.
fn verdict(defect: &DefectFacts, party: Party, passed: bool, policy: &Policy) -> Effect {
    let already_closed = defect.status == S::Closed;
    if !passed {
        let (status, clock) = match (already_closed, defect.responsible_company_id) {
            (true, None) => (S::Open, ClockMove::Clear),
            (true, Some(_)) => (S::Rework, ClockMove::Start),
            (false, _) => (S::Rework, ClockMove::Run),
        };
        return Effect { status, clock, attempt_passed: Some(false) };
    }
    if already_closed {
        return Effect { status: S::Closed, clock: ClockMove::Keep, attempt_passed: Some(true) };
    }
    let passes = |wanted: Party| wanted == party || defect.verdicts.contains(&(wanted, true));
    // Contractors never verify and owners only their own findings: neither is waited for, whatever the policy lists.
    let waited_for = |wanted: &&Party| !matches!(wanted, Party::Contractor | Party::Customer);
    let enough = match policy.verification {
        Verification::AnyOne => true,
        Verification::All => policy.verifying_parties.iter().filter(waited_for).all(|wanted| passes(*wanted)),
    };
    if enough || party == Party::Customer {
        Effect { status: S::Closed, clock: ClockMove::Keep, attempt_passed: Some(true) }
    } else {
        Effect { status: S::Fixed, clock: ClockMove::Keep, attempt_passed: None }
    }
}

/// Restores the earlier status if it is known. Otherwise the defect is assigned, or open without a responsible
/// company.
///
/// A dispute that was resolved by voiding is over, so the repair begins again. A dispute that was still open when the
/// defect was merged continues.
fn restore(defect: &DefectFacts, before: Option<S>) -> Effect {
    let is_resolved = |status: &S| *status == S::Disputed && !defect.merged;
    let status = before.filter(|status| !is_resolved(status)).unwrap_or(match defect.responsible_company_id {
        Some(_) => S::Assigned,
        None => S::Open,
    });
    let clock = match status {
        S::Assigned | S::InProgress | S::Rework if !defect.on_hold => ClockMove::Run,
        S::Open => ClockMove::Clear,
        _ => ClockMove::Keep,
    };
    Effect { status, clock, attempt_passed: None }
}

/// The due time and the stop time after a move of the clock.
///
/// `fresh_due` is the due time counted anew from now, asked for only by [`ClockMove::Start`]. A clock that runs again
/// keeps the working time that was left when it stopped; of an overdue repair it keeps the working time that it was
/// late.
#[must_use]
pub fn move_clock(
    defect: &DefectFacts,
    clock: ClockMove,
    now: Timestamp,
    fresh_due: Option<Timestamp>,
    calendar: Calendar<'_>,
) -> (Option<Timestamp>, Option<Timestamp>) {
    match clock {
        ClockMove::Keep => (defect.due_at, defect.clock_stopped_at),
        ClockMove::Start => (fresh_due, None),
        ClockMove::Stop => (defect.due_at, defect.clock_stopped_at.or(Some(now))),
        ClockMove::Run => {
            let resumed = |due: Timestamp| match defect.clock_stopped_at {
                Some(stopped) if stopped < now => calendar.plus_working(now, calendar.working_micros(stopped, due)),
                _ => due,
            };
            (defect.due_at.map(resumed), None)
        }
        ClockMove::Clear => (None, None),
    }
}
