//! How the fields of a defect are written.

use async_graphql::Context;
use domain::id::DefectId;
use domain::photo::PhotoStage;

use super::{AllowedDefectCommand, Defect, DefectEscalation, Pin};
use crate::plan::{Branch, by_id, many, planned};
use crate::scalars::Uid;

by_id! {
    Defect: DefectId = defect.defects;
}

planned! {
    Defect [defects: Id ProjectId UnitId RoomId Number Status] {
        "id" => value(|defect| Uid::from(defect.0.id()));
        "number" => leaf(number);
        "status" => leaf(status);
        "statusText" => leaf(status_text);
        "project" => one(project);
        "unit" => one(unit);
        "room" => one(room);
        "part" => leaf(part) [Part];
        "type" => one(kind) [TypeCode];
        "description" => leaf(description) [Description];
        "severity" => leaf(severity) [Severity];
        "category" => leaf(category) [Category];
        "trade" => leaf(trade) [Trade];
        "pin" => part(pin) [PinX PinY PlanId];
        "round" => one(round) [RoundId];
        "inspection" => one(inspection) [InspectionId];
        "lateFor" => one(late_for) [LateForId];
        "checkItem" => one(check_item) [CheckItemId];
        "raisedBy" => one(raised_by) [RaisedBy];
        "raisedParty" => leaf(raised_party) [RaisedParty];
        "raisedByOwner" => leaf(raised_by_owner) [OwnerFinding];
        "responsibleCompany" => one(responsible_company) [ResponsibleCompanyId];
        "assignee" => one(assignee) [AssigneeId];
        "assignedAt" => leaf(assigned_at) [AssignedAt];
        "dueAt" => leaf(due_at) [DueAt];
        "overdue" => leaf(overdue) [DueAt ClockStoppedAt];
        "escalated" => leaf(escalated) [EscalatedAt];
        "escalations" => many(escalations);
        "onHold" => leaf(on_hold) [HeldSince];
        "holdReason" => leaf(hold_reason) [HoldReason];
        "attempts" => many(attempts);
        "photos" => below(photos);
        "photoPairs" => asked() [PinX PinY PlanId];
        "reusedPhoto" => asked();
        "reusedPhotos" => asked();
        "failedAttempts" => leaf(failed_attempts) [FailedCount];
        "reopenedCount" => leaf(reopened_count) [ReopenedCount];
        "disputes" => many(disputes);
        "comments" => many(comments);
        "events" => many(events);
        "duplicateOf" => one(duplicate_of) [DuplicateOf];
        "duplicates" => many(duplicates);
        "version" => leaf(version) [Version];
        "occurredAt" => leaf(occurred_at) [OccurredAt];
        "recordedAt" => leaf(recorded_at) [RecordedAt];
        "updatedAt" => leaf(updated_at) [UpdatedAt];
        "fixedAt" => leaf(fixed_at) [FixedAt];
        "closedAt" => leaf(closed_at) [ClosedAt];
        "allowedCommands" => many(allowed_commands);
    }
}

planned! {
    Pin {
        "x" => value(|pin| pin.x);
        "y" => value(|pin| pin.y);
        "planId" => value(|pin| pin.plan_id);
    }
}

planned! {
    DefectEscalation {
        "step" => value(|step| step.step);
        "dueAt" => value(|step| step.due_at);
        "recordedAt" => value(|step| step.recorded_at);
    }
}

planned! {
    AllowedDefectCommand {
        "name" => value(|command| command.name);
        "allowed" => value(|command| command.allowed);
        "reason" => value(|command| command.reason);
    }
}

/// The photos, by the arguments that all rows share.
fn photos<'a>(ctx: Context<'a>) -> Option<Box<dyn Branch<Defect> + 'a>> {
    let (_, stage) = ctx.param_value::<Option<PhotoStage>>("stage", None).ok()?;
    let (_, first) = ctx.param_value::<Option<u32>>("first", None).ok()?;
    many(ctx, move |defect: &Defect, ctx: &Context<'_>| defect.photos(ctx, stage, first))
}
