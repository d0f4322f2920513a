//! The results to record in a unit inspection.

use domain::id::{ChecklistItemId, InspectionId, RoomId};
use domain::inspection::CheckOutcome;

use crate::input::CommandHeader;

/// The finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordResults {
    /// The unit inspection.
    pub header: CommandHeader<InspectionId>,
    /// Results by room and item.
    pub results: Vec<ResultInput>,
    /// Measurements by room and item.
    pub measurements: Vec<MeasurementInput>,
}

/// The result of a checklist item in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultInput {
    /// The room.
    pub room_id: RoomId,
    /// The checklist item.
    pub item_id: ChecklistItemId,
    /// The result.
    pub outcome: CheckOutcome,
    /// In words.
    pub note: Option<String>,
}

/// The measurement of a checklist item in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasurementInput {
    /// The room.
    pub room_id: RoomId,
    /// The checklist item, one that has a measurement rule.
    pub item_id: ChecklistItemId,
    /// The design value, where the rule needs one.
    pub design: Option<String>,
    /// The readings, decimals as text, in the order measured.
    pub readings: Vec<String>,
}
