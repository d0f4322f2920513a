//! Which columns the fields of a defect in a list need.

use store::columns::Columns;
use store::entity::defects::Column;

/// The columns of one field, in addition to those of every row; none for an unknown field: then whole rows are read.
pub fn required_columns(field: &str) -> Option<Columns> {
    let columns = match field {
        // What every row has, and what hangs on it.
        "__typename" | "id" | "number" | "status" | "statusText" | "project" | "unit" | "room" | "attempts"
        | "reusedPhoto" | "reusedPhotos" | "photos" | "disputes" | "comments" | "events" | "duplicates"
        | "allowedCommands" => Columns::NONE,
        "part" => Column::Part.into(),
        "type" => Column::TypeCode.into(),
        "description" => Column::Description.into(),
        "severity" => Column::Severity.into(),
        "category" => Column::Category.into(),
        "trade" => Column::Trade.into(),
        "pin" | "photoPairs" => Columns::of([Column::PinX, Column::PinY, Column::PlanId]),
        "round" => Column::RoundId.into(),
        "inspection" => Column::InspectionId.into(),
        "lateFor" => Column::LateForId.into(),
        "checkItem" => Column::CheckItemId.into(),
        "raisedBy" => Column::RaisedBy.into(),
        "raisedParty" => Column::RaisedParty.into(),
        "raisedByOwner" => Column::OwnerFinding.into(),
        "responsibleCompany" => Column::ResponsibleCompanyId.into(),
        "assignee" => Column::AssigneeId.into(),
        "assignedAt" => Column::AssignedAt.into(),
        "dueAt" => Column::DueAt.into(),
        "overdue" => Columns::of([Column::DueAt, Column::ClockStoppedAt]),
        "escalated" => Column::EscalatedAt.into(),
        "escalations" => Columns::NONE,
        "onHold" => Column::HeldSince.into(),
        "holdReason" => Column::HoldReason.into(),
        "failedAttempts" => Column::FailedCount.into(),
        "reopenedCount" => Column::ReopenedCount.into(),
        "duplicateOf" => Column::DuplicateOf.into(),
        "version" => Column::Version.into(),
        "occurredAt" => Column::OccurredAt.into(),
        "recordedAt" => Column::RecordedAt.into(),
        "updatedAt" => Column::UpdatedAt.into(),
        "fixedAt" => Column::FixedAt.into(),
        "closedAt" => Column::ClosedAt.into(),
        _ => return None,
    };
    Some(columns | of_every_row())
}

fn of_every_row() -> Columns {
    Columns::of([Column::Id, Column::ProjectId, Column::UnitId, Column::RoomId, Column::Number, Column::Status])
}
