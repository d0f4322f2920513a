//! The exact content that an owner reviews: the unit as it was shown, in canonical JSON, from which the review's hash
//! is made.

pub mod form1;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::defect::{DefectStatus, Severity};
use crate::id::{DefectId, RoomId, UnitId};
use crate::unit::readiness::BlockerCode;
use crate::vocabulary::{Named, Words};

/// The version of the form below. A change of the form is a new version, so that old hashes stay checkable.
const FORM: u32 = 2;

/// The unit as its owner sees it, with names beside codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewContent {
    form: u32,
    /// The unit.
    pub unit_id: UnitId,
    /// Its number for people.
    pub unit_code: String,
    /// Its defects, as far as the owner sees them.
    pub defects: Vec<ReviewedDefect>,
    /// Whether it was ready for delivery.
    pub ready: bool,
    /// What stood against it.
    pub blockers: Vec<ReviewedBlocker>,
}

/// One defect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedDefect {
    /// The defect's number for people.
    pub number: String,
    /// The defect.
    pub defect_id: DefectId,
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
    /// The status as the owner reads it.
    pub status: DefectStatus,
    /// By when it is to be repaired, in RFC 3339.
    pub due_at: Option<String>,
    /// SHA-256 in hexadecimal of the photos that the owner sees.
    pub photos: Vec<String>,
}

/// One blocker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedBlocker {
    /// What.
    pub code: BlockerCode,
    /// The inspection, defect or photo.
    pub subject_id: Option<Uuid>,
    /// Whether it was waived.
    pub waived: bool,
    /// In plain words, as the owner reads it in English.
    pub en: String,
    /// In plain words, as the owner reads it in Chinese.
    pub zh: String,
}

impl ReviewContent {
    /// The content of a review, its lists sorted, so that the same content gives the same bytes in whatever order it
    /// was read.
    #[must_use]
    pub fn new(
        unit_id: UnitId,
        unit_code: String,
        mut defects: Vec<ReviewedDefect>,
        ready: bool,
        mut blockers: Vec<ReviewedBlocker>,
    ) -> Self {
        for defect in &mut defects {
            defect.photos.sort_unstable();
        }
        defects.sort_unstable();
        blockers.sort_unstable();
        Self { form: FORM, unit_id, unit_code, defects, ready, blockers }
    }

    /// The canonical bytes, of which the hash is made.
    ///
    /// # Errors
    /// Never in practice: there are only texts, truth values and lists.
    pub fn canonical(&self) -> serde_json::Result<Vec<u8>> {
        serde_json_canonicalizer::to_vec(self)
    }
}

/// The form of a stored content, and the bytes of which its hash was made in that form.
///
/// # Errors
/// When the content is of no form that a version has written.
pub fn hashed_bytes(content: &serde_json::Value) -> serde_json::Result<(u32, Vec<u8>)> {
    if content["form"] == 1 {
        let first: form1::ReviewContent = serde_json::from_value(content.clone())?;
        return Ok((1, first.canonical()?));
    }
    Ok((FORM, serde_json_canonicalizer::to_vec(content)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defect(number: &str, status: DefectStatus) -> ReviewedDefect {
        let words = |code: &str| Words { code: code.to_owned(), zh: "墙".to_owned(), en: "Wall".to_owned() };
        ReviewedDefect {
            number: number.to_owned(),
            defect_id: DefectId::from_u128(7),
            room: None,
            part: words("WALL"),
            kind: words("WALL.CRACK"),
            severity: Severity::Minor,
            description: "A crack".to_owned(),
            status,
            due_at: Some("2026-03-09T00:00:00.000Z".to_owned()),
            photos: vec!["b".to_owned(), "a".to_owned()],
        }
    }

    fn content(defects: Vec<ReviewedDefect>) -> ReviewContent {
        let (en, zh) = ("Not inspected".to_owned(), "尚未验房".to_owned());
        let blocker = ReviewedBlocker { code: BlockerCode::NotInspected, subject_id: None, waived: false, en, zh };
        ReviewContent::new(UnitId::from_u128(1), "1-101".to_owned(), defects, true, vec![blocker])
    }

    #[test]
    fn order_does_not_matter_content_does_and_what_is_stored_has_the_same_bytes() {
        let bytes = |defects| content(defects).canonical().expect("plain data");
        let (one, two) = (defect("D-000001", DefectStatus::Closed), defect("D-000002", DefectStatus::Open));
        let first = bytes(vec![one.clone(), two.clone()]);
        assert_eq!(first, bytes(vec![two, one.clone()]));
        assert_ne!(first, bytes(vec![one]));
        let stored: serde_json::Value = serde_json::from_slice(&first).expect("JSON");
        assert_eq!(hashed_bytes(&stored).expect("a form"), (2, first));
    }

    #[test]
    fn a_content_of_the_first_form_has_the_bytes_that_were_hashed_then() {
        let unit = UnitId::from_u128(1);
        let first = form1::ReviewContent::new(unit, "1-101".to_owned(), Vec::new(), true, Vec::new());
        let bytes = first.canonical().expect("plain data");
        let stored: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(hashed_bytes(&stored).expect("a form"), (1, bytes));
    }
}
