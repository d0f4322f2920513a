//! The exact content that the parties sign: the inspection as a page for people, in canonical JSON, from which its hash
//! is made.

pub mod form1;

use serde::{Deserialize, Serialize};

use super::codes::{CheckOutcome, EarlierOutcome};
use crate::defect::{DefectStatus, Severity};
use crate::id::{ChecklistItemId, CompanyId, DefectId, InspectionId, RoomId, RoundId, UnitId};
use crate::party::Party;
use crate::vocabulary::{Named, Words};

/// The version of the form below. A change of the form is a new version, so that old hashes stay checkable.
pub const FORM: u32 = 2;

/// The content that the parties sign. Names stand beside ids and codes as they were at the submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectionContent {
    /// [`FORM`].
    pub form: u32,
    /// The unit inspection.
    pub inspection_id: InspectionId,
    /// Which submission; another one after each reopening.
    pub submission_no: i32,
    /// When it was taken, by the server's clock, in RFC 3339.
    pub taken_at: String,
    /// The round.
    pub round: ContentRound,
    /// The unit with its number for people.
    pub unit: Named<UnitId>,
    /// The results of all parties.
    pub results: Vec<ContentResult>,
    /// The measurements of all parties.
    pub measurements: Vec<ContentMeasurement>,
    /// The defects found in this inspection, and the earlier ones that its page shows.
    pub defects: Vec<ContentDefect>,
}

/// The round of the inspection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentRound {
    /// The round.
    pub id: RoundId,
    /// Its number.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// Its stage.
    pub stage: Words,
    /// The parties that must sign.
    pub required_parties: Vec<Party>,
}

/// One result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentResult {
    /// The room.
    pub room: Named<RoomId>,
    /// The checklist item.
    pub item: ContentItem,
    /// The company that recorded it.
    pub company: Named<CompanyId>,
    /// Its party.
    pub party: Party,
    /// The result.
    pub outcome: CheckOutcome,
    /// The note.
    pub note: Option<String>,
}

/// A checklist item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContentItem {
    /// The item.
    pub id: ChecklistItemId,
    /// Its code and text.
    #[serde(flatten)]
    pub words: Words,
}

/// One measurement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentMeasurement {
    /// The room.
    pub room: Named<RoomId>,
    /// The checklist item.
    pub item: ContentItem,
    /// The company that measured.
    pub company: Named<CompanyId>,
    /// Its party.
    pub party: Party,
    /// The rule that judged it.
    pub rule: Words,
    /// The design value.
    pub design: Option<String>,
    /// The readings, in the order measured.
    pub readings: Vec<String>,
    /// How many are out of tolerance.
    pub out_of_tolerance: i32,
}

/// One defect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentDefect {
    /// The defect's number for people.
    pub number: String,
    /// The defect.
    pub defect_id: DefectId,
    /// Whether it was found in this inspection.
    pub found_here: bool,
    /// What became of it, seen from this round.
    pub outcome: EarlierOutcome,
    /// The room; none for the unit as a whole.
    pub room: Option<Named<RoomId>>,
    /// The part.
    pub part: Words,
    /// The defect type.
    #[serde(rename = "type")]
    pub kind: Words,
    /// The severity.
    pub severity: Severity,
    /// The description.
    pub description: String,
    /// The status at the submission.
    pub status: DefectStatus,
    /// The status that owners read then; no part of what is signed, and none where it is not known.
    #[serde(skip)]
    pub shown_status: Option<DefectStatus>,
    /// SHA-256 of its photos in hexadecimal.
    pub photos: Vec<String>,
}

impl InspectionContent {
    /// Sorts the lists, so that the same content gives the same bytes in whatever order it was read.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.results.sort_unstable();
        self.measurements.sort_unstable();
        for defect in &mut self.defects {
            defect.photos.sort_unstable();
        }
        self.defects.sort_unstable();
        self
    }

    /// The canonical bytes, of which the hash is made.
    ///
    /// # Errors
    /// Never in practice: there are only texts, whole numbers and lists.
    pub fn canonical(&self) -> serde_json::Result<Vec<u8>> {
        serde_json_canonicalizer::to_vec(self)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn named<I: From<Uuid>>(id: u128) -> Named<I> {
        Named { id: Uuid::from_u128(id).into(), name: format!("name {id}") }
    }

    fn content(order: [u128; 2], outcome: CheckOutcome) -> InspectionContent {
        let words = |code: &str| Words { code: code.to_owned(), zh: "墙".to_owned(), en: "Wall".to_owned() };
        let result = |room| ContentResult {
            room: named(room),
            item: ContentItem { id: ChecklistItemId::from_u128(5), words: words("LIV-1") },
            company: named(6),
            party: Party::Developer,
            outcome,
            note: None,
        };
        let round = ContentRound {
            id: RoundId::from_u128(2),
            number: 1,
            name: "First".to_owned(),
            stage: words("HOUSEHOLD_ACCEPTANCE"),
            required_parties: vec![Party::Developer],
        };
        InspectionContent {
            form: FORM,
            inspection_id: InspectionId::from_u128(1),
            submission_no: 1,
            taken_at: "2026-03-02T00:00:00.000Z".to_owned(),
            round,
            unit: named(3),
            results: order.map(result).to_vec(),
            measurements: Vec::new(),
            defects: Vec::new(),
        }
    }

    #[test]
    fn order_does_not_matter_content_does() {
        let bytes = |order, outcome| content(order, outcome).sorted().canonical().expect("plain data");
        let first = bytes([7, 8], CheckOutcome::Pass);
        assert_eq!(first, bytes([8, 7], CheckOutcome::Pass));
        assert_ne!(first, bytes([7, 8], CheckOutcome::Fail));
        let read: InspectionContent = serde_json::from_slice(&first).expect("the same form");
        assert_eq!(read.canonical().expect("plain data"), first, "what is read again has the same bytes");
    }
}
