//! The commands on a defect, one row each.

use super::codes::DefectStatus as S;
use crate::command::Act;
use crate::event::{Audience, EventName as E};
use crate::party::Role as R;

/// The roles that find defects.
const FINDERS: &[R] = &[
    R::DeliveryManager,
    R::SiteEngineer,
    R::CustomerRelations,
    R::SupervisingEngineer,
    R::PropertyManager,
    R::EscortInspector,
    R::RectificationLead,
    R::Worker,
    R::Owner,
];

/// The roles that verify a repair. A contractor's staff are among them so that their refusal is `FOUR_EYES`, not
/// `ROLE_NOT_ALLOWED`.
const JUDGES: &[R] = &[
    R::DeliveryManager,
    R::SiteEngineer,
    R::SupervisingEngineer,
    R::PropertyManager,
    R::EscortInspector,
    R::RectificationLead,
    R::Worker,
    R::Owner,
];

/// The roles that may find a repaired defect again.
const VISITORS: &[R] =
    &[R::DeliveryManager, R::SiteEngineer, R::SupervisingEngineer, R::PropertyManager, R::EscortInspector, R::Owner];

/// The roles that dispatch repairs.
const DISPATCHERS: &[R] = &[R::DeliveryManager, R::SiteEngineer, R::SupervisingEngineer];

/// The roles that adjudicate for the developer.
const ADJUDICATORS: &[R] = &[R::DeliveryManager, R::SiteEngineer];

/// The roles that repair.
const REPAIRERS: &[R] = &[R::RectificationLead, R::Worker];

command_table! {
    /// A command on an existing defect.
    pub enum DefectCommand on S {
        /// Change description, type, place, severity or pin.
        Update = "UPDATE" {
            states: S::ALIVE,
            mutations: &["defectUpdate"],
            roles: FINDERS,
            event: E::DefectUpdated,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Make a company responsible.
        Assign = "ASSIGN" {
            states: &[S::Open, S::Assigned, S::InProgress, S::Rework],
            mutations: &["defectAssign"],
            roles: DISPATCHERS,
            event: E::DefectAssigned,
            audience: Audience::Owner,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Set the person inside the responsible company.
        SetAssignee = "SET_ASSIGNEE" {
            states: S::TO_DO,
            mutations: &["defectAssign"],
            roles: &[R::RectificationLead],
            event: E::DefectAssigneeSet,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Begin the repair.
        Start = "START" {
            states: &[S::Assigned, S::Rework],
            mutations: &["defectStart"],
            roles: REPAIRERS,
            event: E::DefectStarted,
            audience: Audience::Owner,
            act: Act::OnDefect,
            shows_presence: true,
            needs_connection: false,
        }
        /// Report repair attempt n, with after-photos.
        ReportFixed = "REPORT_FIXED" {
            states: S::TO_DO,
            mutations: &["defectReportFixed"],
            roles: REPAIRERS,
            event: E::DefectReportedFixed,
            audience: Audience::Owner,
            act: Act::OnDefect,
            shows_presence: true,
            needs_connection: false,
        }
        /// Judge the attempt: pass or fail.
        Verify = "VERIFY" {
            states: &[S::Fixed],
            mutations: &["defectVerify"],
            roles: JUDGES,
            event: E::DefectVerified,
            audience: Audience::Owner,
            act: Act::OnDefect,
            shows_presence: true,
            needs_connection: false,
        }
        /// Say: not ours, or not a defect.
        Dispute = "DISPUTE" {
            states: S::TO_DO,
            mutations: &["defectDispute"],
            roles: &[R::RectificationLead],
            event: E::DefectDisputed,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Uphold the assignment, reassign, or void.
        ResolveDispute = "RESOLVE_DISPUTE" {
            states: &[S::Disputed],
            mutations: &["defectResolveDispute"],
            roles: ADJUDICATORS,
            event: E::DefectDisputeResolved,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Entered in error, not a defect, or a duplicate.
        Void = "VOID" {
            states: &[S::Open, S::Assigned, S::InProgress, S::Rework],
            mutations: &["defectVoid"],
            roles: DISPATCHERS,
            event: E::DefectVoided,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Take a void defect back.
        Restore = "RESTORE" {
            states: &[S::Void],
            mutations: &["defectRestore"],
            roles: ADJUDICATORS,
            event: E::DefectRestored,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Open a closed defect again.
        Reopen = "REOPEN" {
            states: &[S::Closed],
            mutations: &["defectReopen"],
            roles: VISITORS,
            event: E::DefectReopened,
            audience: Audience::Owner,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Stop the clock, with a reason.
        Hold = "HOLD" {
            states: S::TO_DO,
            mutations: &["defectHold"],
            roles: DISPATCHERS,
            event: E::DefectHeld,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Let the clock run again.
        Resume = "RESUME" {
            states: S::TO_DO,
            mutations: &["defectResume"],
            roles: DISPATCHERS,
            event: E::DefectResumed,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Merge into the defect of which it is a duplicate.
        Merge = "MERGE" {
            states: S::ALIVE,
            mutations: &["defectMerge"],
            roles: DISPATCHERS,
            event: E::DefectMerged,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Undo a merge.
        Unmerge = "UNMERGE" {
            states: &[S::Void],
            mutations: &["defectUnmerge"],
            roles: DISPATCHERS,
            event: E::DefectUnmerged,
            audience: Audience::Staff,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
        /// Comment.
        Comment = "COMMENT" {
            states: S::ALL,
            mutations: &["defectComment"],
            roles: R::ALL,
            event: E::DefectCommented,
            // Each event follows the visibility of its comment (`event::of_comment`).
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: false,
        }
        /// Take back an own finding whose repair has not begun.
        Withdraw = "WITHDRAW" {
            // A finding is not withdrawn while a contractor works on it.
            states: &[S::Open, S::Assigned],
            mutations: &["defectWithdraw"],
            roles: FINDERS,
            event: E::DefectWithdrawn,
            audience: Audience::Owner,
            act: Act::OnDefect,
            shows_presence: false,
            needs_connection: false,
        }
    }
}
