//! The inputs of commands on unit inspections.

use app::command::Command;
use app::input::{CommandHeader, ReasonedCommand};
use app::inspection::results::clear::ClearResults;
use app::inspection::results::{MeasurementInput, RecordResults, ResultInput};
use app::inspection::sign::Sign;
use async_graphql::InputObject;
use domain::id::{ChecklistItemId, InspectionId, PhotoId, RoomId, SignatureId};
use domain::inspection::CheckOutcome;

use crate::command::{header, into_command};
use crate::scalars::{DateTime, Uid};

/// Declares inputs that name a unit inspection, each with further fields of its own.
macro_rules! inspection_inputs {
    ($($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident : $kind:ty,)* })+) => {
        $(
            $(#[$meta])*
            #[derive(InputObject, Clone)]
            pub struct $name {
                /// The unit inspection.
                pub inspection_id: Uid<InspectionId>,
                $($(#[$fmeta])* pub $field: $kind,)*
                /// The version that the viewer knew; left out = any.
                pub expected_version: Option<i32>,
                /// The device's time; left out = the server's.
                pub occurred_at: Option<DateTime>,
            }

            impl $name {
                fn header(&self) -> CommandHeader<InspectionId> {
                    header(self.inspection_id, self.expected_version, self.occurred_at)
                }
            }
        )+
    };
}

inspection_inputs! {
    /// Which unit inspection begins.
    UnitInspectionStartInput {}

    /// The results and measurements.
    CheckResultsRecordInput {
        /// Results, 500 at most, each room and item once.
        #[graphql(default)]
        results: Vec<CheckResultInput>,
        /// Measurements, 500 at most, each room and item once.
        #[graphql(default)]
        measurements: Vec<MeasurementRecordInput>,
    }

    /// Which results are taken back, and why.
    CheckResultsClearInput {
        /// The places of the results, 500 at most.
        places: Vec<CheckPlaceInput>,
        /// Why, at most 4,000 characters.
        reason: String,
    }

    /// Which unit inspection is complete.
    UnitInspectionSubmitInput {}

    /// A signature under a submitted unit inspection.
    UnitInspectionSignInput {
        /// The signature's id, a UUID of version 7 made by the client. The same again with the same content is no
        /// second signature.
        signature_id: Uid<SignatureId>,
        /// The unit inspection's `contentHash` as the signer was shown it.
        content_hash: String,
        /// The image of the signature: a photo that the signer declared for it by `photoUploadCreate`.
        photo_id: Option<Uid<PhotoId>>,
    }

    /// Which unit inspection is taken up again, and why.
    UnitInspectionReopenInput {
        /// Why, at most 4,000 characters.
        reason: String,
    }

    /// The unit that could not be entered, and the reason.
    UnitInspectionMarkInaccessibleInput {
        /// Why, at most 4,000 characters.
        reason: String,
    }
}

/// A checklist item in a room.
#[derive(InputObject, Clone)]
pub struct CheckPlaceInput {
    /// The room.
    pub room_id: Uid<RoomId>,
    /// The checklist item.
    pub item_id: Uid<ChecklistItemId>,
}

/// The result of a checklist item in a room.
#[derive(InputObject, Clone)]
pub struct CheckResultInput {
    /// The room.
    pub room_id: Uid<RoomId>,
    /// The checklist item, of the round's checklist and of such rooms.
    pub item_id: Uid<ChecklistItemId>,
    /// The finding.
    pub result: CheckOutcome,
    /// In words, at most 4,000 characters; left out = none. Required against what the own company measured.
    pub note: Option<String>,
}

/// The measurement of a checklist item in a room.
#[derive(InputObject, Clone)]
pub struct MeasurementRecordInput {
    /// The room.
    pub room_id: Uid<RoomId>,
    /// The checklist item, one with a measurement rule.
    pub item_id: Uid<ChecklistItemId>,
    /// The design value as a decimal; needed by rules of kind `DEVIATION`.
    pub design: Option<String>,
    /// The readings as decimals, 1 to 50, in the order measured.
    pub readings: Vec<String>,
}

into_command! {
    UnitInspectionStartInput => |input| Command::UnitInspectionStart(input.header());
    CheckResultsRecordInput => |input| Command::CheckResultsRecord(input.into());
    CheckResultsClearInput => |input| Command::CheckResultsClear(input.into());
    UnitInspectionSubmitInput => |input| Command::UnitInspectionSubmit(input.header());
    UnitInspectionSignInput => |input| Command::UnitInspectionSign(input.into());
    UnitInspectionReopenInput => |input| {
        Command::UnitInspectionReopen(ReasonedCommand { header: input.header(), reason: input.reason })
    };
    UnitInspectionMarkInaccessibleInput => |input| {
        Command::UnitInspectionMarkInaccessible(ReasonedCommand { header: input.header(), reason: input.reason })
    };
}

impl From<CheckResultsRecordInput> for RecordResults {
    fn from(input: CheckResultsRecordInput) -> Self {
        Self {
            header: input.header(),
            results: input.results.into_iter().map(Into::into).collect(),
            measurements: input.measurements.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<CheckResultsClearInput> for ClearResults {
    fn from(input: CheckResultsClearInput) -> Self {
        Self {
            header: input.header(),
            places: input.places.into_iter().map(|place| (place.room_id.0, place.item_id.0)).collect(),
            reason: input.reason,
        }
    }
}

impl From<UnitInspectionSignInput> for Sign {
    fn from(input: UnitInspectionSignInput) -> Self {
        Self {
            header: input.header(),
            signature_id: input.signature_id.0,
            content_hash: input.content_hash,
            photo_id: input.photo_id.map(|id| id.0),
        }
    }
}

impl From<CheckResultInput> for ResultInput {
    fn from(entry: CheckResultInput) -> Self {
        Self { room_id: entry.room_id.0, item_id: entry.item_id.0, outcome: entry.result, note: entry.note }
    }
}

impl From<MeasurementRecordInput> for MeasurementInput {
    fn from(entry: MeasurementRecordInput) -> Self {
        let (room_id, item_id) = (entry.room_id.0, entry.item_id.0);
        Self { room_id, item_id, design: entry.design, readings: entry.readings }
    }
}
