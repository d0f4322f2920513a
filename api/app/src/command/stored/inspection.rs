//! Stored inputs of commands on unit inspections.

use domain::id::{ChecklistItemId, InspectionId, PhotoId, RoomId, SignatureId};
use domain::inspection::CheckOutcome;
use serde::Deserialize;

use super::{List, Moment, time};
use crate::input::{CommandHeader, ReasonedCommand};
use crate::inspection::results::clear;
use crate::inspection::{results, sign};

/// `UnitInspectionStartInput`, `UnitInspectionSubmitInput`, and what the others have in common with them.
#[derive(Deserialize)]
pub(in crate::command) struct Inspection {
    #[serde(rename = "inspectionId")]
    inspection_id: InspectionId,
    #[serde(rename = "expectedVersion")]
    expected_version: Option<i32>,
    #[serde(rename = "occurredAt")]
    occurred_at: Option<Moment>,
}

impl From<Inspection> for CommandHeader<InspectionId> {
    fn from(stored: Inspection) -> Self {
        Self {
            target: stored.inspection_id,
            expected_version: stored.expected_version,
            occurred_at: time(stored.occurred_at),
        }
    }
}

/// `UnitInspectionReopenInput`, `UnitInspectionMarkInaccessibleInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Reasoned {
    #[serde(flatten)]
    inspection: Inspection,
    #[serde(rename = "reason")]
    reason: String,
}

impl From<Reasoned> for ReasonedCommand<InspectionId> {
    fn from(stored: Reasoned) -> Self {
        Self { header: stored.inspection.into(), reason: stored.reason }
    }
}

/// `CheckResultsRecordInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Record {
    #[serde(flatten)]
    inspection: Inspection,
    #[serde(rename = "results", default)]
    results: List<CheckResult>,
    #[serde(rename = "measurements", default)]
    measurements: List<Measurement>,
}

/// `CheckResultInput`.
#[derive(Deserialize)]
struct CheckResult {
    #[serde(rename = "roomId")]
    room_id: RoomId,
    #[serde(rename = "itemId")]
    item_id: ChecklistItemId,
    #[serde(rename = "result")]
    result: CheckOutcome,
    #[serde(rename = "note")]
    note: Option<String>,
}

/// `MeasurementRecordInput`.
#[derive(Deserialize)]
struct Measurement {
    #[serde(rename = "roomId")]
    room_id: RoomId,
    #[serde(rename = "itemId")]
    item_id: ChecklistItemId,
    #[serde(rename = "design")]
    design: Option<String>,
    #[serde(rename = "readings")]
    readings: List<String>,
}

impl From<Record> for results::RecordResults {
    fn from(stored: Record) -> Self {
        Self {
            header: stored.inspection.into(),
            results: stored.results.map(Into::into),
            measurements: stored.measurements.map(Into::into),
        }
    }
}

impl From<CheckResult> for results::ResultInput {
    fn from(stored: CheckResult) -> Self {
        Self { room_id: stored.room_id, item_id: stored.item_id, outcome: stored.result, note: stored.note }
    }
}

impl From<Measurement> for results::MeasurementInput {
    fn from(stored: Measurement) -> Self {
        let readings = stored.readings.0;
        Self { room_id: stored.room_id, item_id: stored.item_id, design: stored.design, readings }
    }
}

/// `CheckResultsClearInput`.
#[derive(Deserialize)]
pub(in crate::command) struct ClearResults {
    #[serde(flatten)]
    inspection: Inspection,
    #[serde(rename = "places")]
    places: List<CheckPlace>,
    #[serde(rename = "reason")]
    reason: String,
}

/// `CheckPlaceInput`.
#[derive(Deserialize)]
struct CheckPlace {
    #[serde(rename = "roomId")]
    room_id: RoomId,
    #[serde(rename = "itemId")]
    item_id: ChecklistItemId,
}

impl From<ClearResults> for clear::ClearResults {
    fn from(stored: ClearResults) -> Self {
        Self {
            header: stored.inspection.into(),
            places: stored.places.map(|place| (place.room_id, place.item_id)),
            reason: stored.reason,
        }
    }
}

/// `UnitInspectionSignInput`.
#[derive(Deserialize)]
pub(in crate::command) struct Sign {
    #[serde(flatten)]
    inspection: Inspection,
    #[serde(rename = "signatureId")]
    signature_id: SignatureId,
    #[serde(rename = "contentHash")]
    content_hash: String,
    #[serde(rename = "photoId")]
    photo_id: Option<PhotoId>,
}

impl From<Sign> for sign::Sign {
    fn from(stored: Sign) -> Self {
        Self {
            header: stored.inspection.into(),
            signature_id: stored.signature_id,
            content_hash: stored.content_hash,
            photo_id: stored.photo_id,
        }
    }
}
