//! Stored inputs of commands on defects.
//!
//! A stored command is on one defect: `defectIds` of the single mutations is never stored.

use domain::defect::{CommentVisibility, DisputeGround, DisputeOutcome, Severity, VoidReason};
use domain::id::{
    AttemptId, ChecklistItemId, CommentId, CompanyId, DefectId, DisputeId, InspectionId, PersonId, PhotoId, PlanId,
    RoomId, UnitId, VerdictId,
};
use serde::Deserialize;

use super::{List, Moment, patch, time};
use crate::defect::{PinInput, assign, comment, dispute, log, merge, report_fixed, update, verify, void};
use crate::input::{CommandHeader, Patch, ReasonedCommand};

/// `DefectStartInput`, `DefectResumeInput`, and what the others have in common with them.
#[derive(Deserialize)]
pub(in crate::command) struct Defect {
    #[serde(rename = "defectId")]
    defect_id: DefectId,
    #[serde(rename = "expectedVersion")]
    expected_version: Option<i32>,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
}

impl From<Defect> for CommandHeader<DefectId> {
    fn from(stored: Defect) -> Self {
        Self {
            target: stored.defect_id,
            expected_version: stored.expected_version,
            occurred_at: time(stored.occurred_at),
        }
    }
}

/// `PinPosition`.
#[derive(Deserialize)]
struct Pin {
    #[serde(rename = "x")]
    x: f64,
    #[serde(rename = "y")]
    y: f64,
    #[serde(rename = "planId")]
    plan_id: Option<PlanId>,
}

impl From<Pin> for PinInput {
    fn from(stored: Pin) -> Self {
        Self { x: stored.x, y: stored.y, plan_id: stored.plan_id }
    }
}

/// `DefectLogInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Log {
    #[serde(rename = "defectId")]
    defect_id: DefectId,
    #[serde(rename = "unitId")]
    unit_id: UnitId,
    #[serde(rename = "roomId")]
    room_id: Option<RoomId>,
    #[serde(rename = "type")]
    type_code: String,
    #[serde(rename = "description")]
    description: Option<String>,
    #[serde(rename = "severity")]
    severity: Option<Severity>,
    #[serde(rename = "trade")]
    trade: Option<String>,
    #[serde(rename = "pin")]
    pin: Option<Pin>,
    #[serde(rename = "inspectionId")]
    inspection_id: Option<InspectionId>,
    #[serde(rename = "checkItemId")]
    check_item_id: Option<ChecklistItemId>,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
}

impl From<Log> for log::LogDefect {
    fn from(stored: Log) -> Self {
        Self {
            defect_id: stored.defect_id,
            unit_id: stored.unit_id,
            room_id: stored.room_id,
            type_code: stored.type_code,
            description: stored.description,
            severity: stored.severity,
            trade: stored.trade,
            pin: stored.pin.map(Into::into),
            inspection_id: stored.inspection_id,
            check_item_id: stored.check_item_id,
            occurred_at: time(stored.occurred_at),
        }
    }
}

/// `DefectUpdateInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Update {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "description", default, deserialize_with = "patch")]
    description: Patch<String>,
    #[serde(rename = "type")]
    type_code: Option<String>,
    #[serde(rename = "unitId")]
    unit_id: Option<UnitId>,
    #[serde(rename = "roomId", default, deserialize_with = "patch")]
    room_id: Patch<RoomId>,
    #[serde(rename = "severity")]
    severity: Option<Severity>,
    #[serde(rename = "trade")]
    trade: Option<String>,
    #[serde(rename = "pin", default, deserialize_with = "patch")]
    pin: Patch<Pin>,
}

impl From<Update> for update::UpdateDefect {
    fn from(stored: Update) -> Self {
        Self {
            header: stored.defect.into(),
            description: stored.description,
            type_code: stored.type_code,
            unit_id: stored.unit_id,
            room_id: stored.room_id,
            severity: stored.severity,
            trade: stored.trade,
            pin: stored.pin.map(Into::into),
        }
    }
}

/// `DefectHoldInput`, `DefectReopenInput`, `DefectRestoreInput`, `DefectWithdrawInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Reasoned {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "reason")]
    reason: String,
}

impl From<Reasoned> for ReasonedCommand<DefectId> {
    fn from(stored: Reasoned) -> Self {
        Self { header: stored.defect.into(), reason: stored.reason }
    }
}

/// `DefectAssignInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Assign {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "companyId")]
    company_id: Option<CompanyId>,
    #[serde(rename = "assigneeId", default, deserialize_with = "patch")]
    assignee_id: Patch<PersonId>,
    #[serde(rename = "dueAt")]
    due_at: Option<Moment>,
    #[serde(rename = "note")]
    note: Option<String>,
}

impl From<Assign> for assign::Assign {
    fn from(stored: Assign) -> Self {
        Self {
            header: stored.defect.into(),
            company_id: stored.company_id,
            assignee_id: stored.assignee_id,
            due_at: time(stored.due_at),
            note: stored.note,
        }
    }
}

/// `DefectReportFixedInput`.
#[derive(Deserialize)]
pub(in crate::command) struct ReportFixed {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "attemptId")]
    attempt_id: AttemptId,
    #[serde(rename = "photoIds", default)]
    photo_ids: List<PhotoId>,
    #[serde(rename = "note")]
    note: Option<String>,
}

impl From<ReportFixed> for report_fixed::ReportFixed {
    fn from(stored: ReportFixed) -> Self {
        Self {
            header: stored.defect.into(),
            attempt_id: stored.attempt_id,
            photo_ids: stored.photo_ids.0,
            note: stored.note,
        }
    }
}

/// `DefectVerifyInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Verify {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "verdictId")]
    verdict_id: VerdictId,
    #[serde(rename = "passed")]
    passed: bool,
    #[serde(rename = "note")]
    note: Option<String>,
}

impl From<Verify> for verify::Verify {
    fn from(stored: Verify) -> Self {
        Self { header: stored.defect.into(), verdict_id: stored.verdict_id, passed: stored.passed, note: stored.note }
    }
}

/// `DefectDisputeInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Dispute {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "disputeId")]
    dispute_id: DisputeId,
    #[serde(rename = "ground")]
    ground: DisputeGround,
    #[serde(rename = "reason")]
    reason: String,
}

impl From<Dispute> for dispute::DisputeDefect {
    fn from(stored: Dispute) -> Self {
        Self {
            header: stored.defect.into(),
            dispute_id: stored.dispute_id,
            ground: stored.ground,
            reason: stored.reason,
        }
    }
}

/// `DefectResolveDisputeInput`.
#[derive(Deserialize)]
pub(in crate::command) struct ResolveDispute {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "outcome")]
    outcome: DisputeOutcome,
    #[serde(rename = "companyId")]
    company_id: Option<CompanyId>,
    #[serde(rename = "note")]
    note: Option<String>,
}

impl From<ResolveDispute> for dispute::ResolveDispute {
    fn from(stored: ResolveDispute) -> Self {
        Self { header: stored.defect.into(), outcome: stored.outcome, company_id: stored.company_id, note: stored.note }
    }
}

/// `DefectVoidInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Void {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "reason")]
    reason: VoidReason,
    #[serde(rename = "duplicateOf")]
    duplicate_of: Option<DefectId>,
    #[serde(rename = "note")]
    note: Option<String>,
}

impl From<Void> for void::VoidDefect {
    fn from(stored: Void) -> Self {
        Self {
            header: stored.defect.into(),
            reason: stored.reason,
            duplicate_of: stored.duplicate_of,
            note: stored.note,
        }
    }
}

/// `DefectMergeInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Merge {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "intoDefectId")]
    into: DefectId,
    #[serde(rename = "note")]
    note: Option<String>,
}

impl From<Merge> for merge::MergeDefect {
    fn from(stored: Merge) -> Self {
        Self { header: stored.defect.into(), into: stored.into, note: stored.note }
    }
}

/// `DefectUnmergeInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Unmerge {
    #[serde(flatten)]
    defect: Defect,
    #[serde(rename = "note")]
    note: Option<String>,
}

impl From<Unmerge> for merge::UnmergeDefect {
    fn from(stored: Unmerge) -> Self {
        Self { header: stored.defect.into(), note: stored.note }
    }
}

/// `DefectCommentInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Comment {
    #[serde(rename = "defectId")]
    defect_id: DefectId,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
    #[serde(rename = "commentId")]
    comment_id: CommentId,
    #[serde(rename = "visibility")]
    visibility: CommentVisibility,
    #[serde(rename = "body")]
    body: String,
}

impl From<Comment> for comment::Comment {
    fn from(stored: Comment) -> Self {
        Self {
            header: CommandHeader { occurred_at: time(stored.occurred_at), ..CommandHeader::on(stored.defect_id) },
            comment_id: stored.comment_id,
            visibility: stored.visibility,
            body: stored.body,
        }
    }
}
