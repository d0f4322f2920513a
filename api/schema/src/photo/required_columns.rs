//! Which columns the fields of a photo in a list need.

use store::columns::Columns;
use store::entity::photos::Column;

/// The columns of one field, in addition to those of every row; none for an unknown field: then whole rows are read.
pub fn required_columns(field: &str) -> Option<Columns> {
    let columns = match field {
        "__typename" | "id" | "defectId" | "stage" | "state" => Columns::NONE,
        "rejection" => Column::Rejection.into(),
        "damaged" => Column::Damaged.into(),
        "contentType" => Column::ContentType.into(),
        "byteSize" => Column::ByteSize.into(),
        "width" => Column::Width.into(),
        "height" => Column::Height.into(),
        "url" => {
            let keys = [Column::ObjectKey, Column::ThumbKey, Column::LargeKey, Column::MarkedKey];
            Columns::of(keys)
                | Columns::of([Column::StrippedKey, Column::ContentType, Column::WebpAt])
                | Columns::of([Column::PersonId, Column::CompanyId, Column::Rejection])
        }
        "markup" => Columns::of([Column::Markup, Column::MarkupBy, Column::MarkupAt]),
        "orientation" => Column::Orientation.into(),
        "placeholder" => Column::Placeholder.into(),
        "durationMs" => Column::DurationMs.into(),
        "writtenOff" => Columns::of([Column::WrittenOffAt, Column::WrittenOffBy, Column::WriteOffReason]),
        "withdrawn" => Columns::of([Column::WithdrawnAt, Column::WithdrawnBy, Column::WithdrawReason]),
        "deviceId" => Columns::of([Column::DeviceId, Column::PersonId]),
        "deviceName" => Columns::of([Column::DeviceName, Column::PersonId]),
        "camera" => Columns::of([Column::Camera, Column::PersonId]),
        "takenLocal" => Column::TakenLocal.into(),
        "takenAt" => Columns::of([Column::TakenLocal, Column::TakenOffset]),
        "declaredBy" => Column::PersonId.into(),
        "occurredAt" => Column::OccurredAt.into(),
        "declaredAt" => Column::DeclaredAt.into(),
        "receivedAt" => Column::ReceivedAt.into(),
        "readyAt" => Column::ReadyAt.into(),
        "version" => Column::Version.into(),
        _ => return None,
    };
    Some(columns | Columns::of([Column::Id, Column::DefectId, Column::Stage, Column::State]))
}
