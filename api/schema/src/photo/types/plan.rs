//! How the fields of a photo are written.

use async_graphql::Context;
use domain::id::PhotoId;
use domain::photo::{PhotoFormat, PhotoSize};

use super::{DEFAULT_FORMAT, DEFAULT_SIZE, Photo, PhotoWithdrawal, PhotoWriteOff};
use crate::plan::{Leaf, WriteBound, by_id, planned};
use crate::scalars::Uid;

by_id! {
    Photo: PhotoId = photo.photos;
}

planned! {
    Photo [photos: Id DefectId Stage State] {
        "id" => value(|photo| Uid::from(photo.0.id()));
        "defectId" => leaf(defect_id);
        "stage" => leaf(stage);
        "state" => leaf(state);
        "writtenOff" => part(written_off) [WrittenOffAt WrittenOffBy WriteOffReason];
        "withdrawn" => part(withdrawn) [WithdrawnAt WithdrawnBy WithdrawReason];
        "rejection" => leaf(rejection) [Rejection];
        "damaged" => leaf(damaged) [Damaged];
        "contentType" => leaf(content_type) [ContentType];
        "byteSize" => leaf(byte_size) [ByteSize];
        "width" => leaf(width) [Width];
        "height" => leaf(height) [Height];
        "orientation" => leaf(orientation) [Orientation];
        "placeholder" => leaf(placeholder) [Placeholder];
        "durationMs" => leaf(duration_ms) [DurationMs];
        "url" => bound(url) [
            ObjectKey ThumbKey LargeKey MarkedKey StrippedKey ContentType WebpAt PersonId CompanyId Rejection
        ];
        "markup" => part(markup) [Markup MarkupBy MarkupAt];
        "declaredBy" => one(declared_by) [PersonId];
        "deviceId" => asked() [DeviceId PersonId];
        "deviceName" => asked() [DeviceName PersonId];
        "camera" => asked() [Camera PersonId];
        "takenLocal" => leaf(taken_local) [TakenLocal];
        "takenAt" => leaf(taken_at) [TakenLocal TakenOffset];
        "occurredAt" => leaf(occurred_at) [OccurredAt];
        "declaredAt" => leaf(declared_at) [DeclaredAt];
        "receivedAt" => leaf(received_at) [ReceivedAt];
        "readyAt" => leaf(ready_at) [ReadyAt];
        "version" => leaf(version) [Version];
    }
}

planned! {
    PhotoWriteOff {
        "at" => leaf(at);
        "person" => one(person);
        "reason" => leaf(reason);
    }
}

planned! {
    PhotoWithdrawal {
        "at" => leaf(at);
        "person" => one(person);
        "reason" => leaf(reason);
    }
}

/// A link, by the arguments that all rows share.
fn url(ctx: &Context<'_>) -> Option<WriteBound<Photo>> {
    let (_, size) = ctx.param_value::<PhotoSize>("size", Some(|| DEFAULT_SIZE)).ok()?;
    let (_, format) = ctx.param_value::<PhotoFormat>("format", Some(|| DEFAULT_FORMAT)).ok()?;
    let (_, marked) = ctx.param_value::<bool>("marked", Some(|| false)).ok()?;
    Some(Box::new(move |photo, ctx, text| photo.url(ctx, size, format, marked).write_json(text)))
}
