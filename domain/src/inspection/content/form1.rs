//! The first form of signed content: hashed in the order of its fields, with codes and ids only. Hashes of submissions
//! from before the second form are verified by it.

use serde::Serialize;

use crate::defect::{DefectStatus, Severity};
use crate::id::{ChecklistItemId, CompanyId, DefectId, InspectionId, RoomId, RoundId, UnitId};
use crate::inspection::codes::CheckOutcome;
use crate::party::Party;

/// The version of the form below. A change of the form is a new version, so that old hashes stay checkable.
const FORM: u32 = 1;

/// What the parties sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedContent {
    form: u32,
    /// The unit inspection.
    pub inspection_id: InspectionId,
    /// The round.
    pub round_id: RoundId,
    /// The unit.
    pub unit_id: UnitId,
    /// Which submission; another one after each reopening.
    pub submission_no: i32,
    /// The results of all parties.
    pub results: Vec<SignedResult>,
    /// The measurements of all parties.
    pub measurements: Vec<SignedMeasurement>,
    /// The defects found in this inspection, with their state at the submission.
    pub defects: Vec<SignedDefect>,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedResult {
    /// The room.
    pub room_id: RoomId,
    /// The checklist item.
    pub item_id: ChecklistItemId,
    /// The company that recorded it.
    pub company_id: CompanyId,
    /// Its party.
    pub party: Party,
    /// The result.
    pub outcome: CheckOutcome,
    /// The note.
    pub note: Option<String>,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedMeasurement {
    /// The room.
    pub room_id: RoomId,
    /// The checklist item.
    pub item_id: ChecklistItemId,
    /// The company that measured.
    pub company_id: CompanyId,
    /// Its party.
    pub party: Party,
    /// The rule that judged it.
    pub rule_code: String,
    /// The design value.
    pub design: Option<String>,
    /// The readings, in the order measured.
    pub readings: Vec<String>,
    /// How many are out of tolerance.
    pub out_of_tolerance: i32,
}

/// One defect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignedDefect {
    /// The defect's number in the project.
    pub number: i64,
    /// The defect.
    pub defect_id: DefectId,
    /// The room.
    pub room_id: Option<RoomId>,
    /// The part.
    pub part: String,
    /// The defect type.
    pub type_code: String,
    /// The severity.
    pub severity: Severity,
    /// The description.
    pub description: String,
    /// The status at the submission.
    pub status: DefectStatus,
    /// SHA-256 of its photos in hexadecimal.
    pub photos: Vec<String>,
}

impl SignedContent {
    /// The content of a submission, still without results, measurements and defects.
    #[must_use]
    pub const fn new(inspection_id: InspectionId, round_id: RoundId, unit_id: UnitId, submission_no: i32) -> Self {
        Self {
            form: FORM,
            inspection_id,
            round_id,
            unit_id,
            submission_no,
            results: Vec::new(),
            measurements: Vec::new(),
            defects: Vec::new(),
        }
    }

    /// The bytes to be hashed: JSON without blanks, fields in the order above, lists sorted, so that the same content
    /// gives the same bytes in whatever order it was read.
    ///
    /// # Errors
    /// Never in practice: there are only texts, numbers and lists.
    pub fn canonical(mut self) -> serde_json::Result<Vec<u8>> {
        self.results.sort_unstable();
        self.measurements.sort_unstable();
        for defect in &mut self.defects {
            defect.photos.sort_unstable();
        }
        self.defects.sort_unstable();
        serde_json::to_vec(&self)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn content(order: [u128; 2], outcome: CheckOutcome) -> SignedContent {
        let (inspection_id, round_id) = (InspectionId::from_u128(1), RoundId::from_u128(2));
        let mut content = SignedContent::new(inspection_id, round_id, UnitId::from_u128(3), 1);
        content.results = order
            .map(|room| SignedResult {
                room_id: RoomId::from_u128(room),
                item_id: ChecklistItemId::from_u128(5),
                company_id: CompanyId::from_u128(6),
                party: Party::Developer,
                outcome,
                note: None,
            })
            .to_vec();
        content
    }

    #[test]
    fn order_does_not_matter_content_does() {
        let bytes = |order, outcome| content(order, outcome).canonical().expect("plain data");
        let first = bytes([7, 8], CheckOutcome::Pass);
        assert_eq!(first, bytes([8, 7], CheckOutcome::Pass));
        assert_ne!(first, bytes([7, 8], CheckOutcome::Fail));
    }

    #[test]
    fn the_form_is_fixed() {
        let mut content = content([7, 7], CheckOutcome::Pass);
        content.results.pop();
        let text = String::from_utf8(content.canonical().expect("plain data")).expect("UTF-8");
        let id = Uuid::from_u128;
        let expected = format!(
            r#"{{"form":1,"inspectionId":"{}","roundId":"{}","unitId":"{}","submissionNo":1,"results":[{{"roomId":"{}","itemId":"{}","companyId":"{}","party":"DEVELOPER","outcome":"PASS","note":null}}],"measurements":[],"defects":[]}}"#,
            id(1),
            id(2),
            id(3),
            id(7),
            id(5),
            id(6)
        );
        assert_eq!(text, expected);
    }
}
