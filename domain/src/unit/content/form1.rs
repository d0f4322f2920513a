//! The first form of a review's content: hashed in the order of its fields. Hashes of reviews from before the second
//! form are verified by it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::defect::{DefectStatus, Severity};
use crate::id::{DefectId, RoomId, UnitId};
use crate::time::Timestamp;
use crate::unit::readiness::BlockerCode;

/// The version of the form below. A change of the form is a new version, so that old hashes stay checkable.
const FORM: u32 = 1;

/// The unit as its owner sees it.
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
    /// The status as the owner reads it.
    pub status: DefectStatus,
    /// By when it is to be repaired.
    pub due_at: Option<Timestamp>,
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

    /// The bytes to be hashed: JSON without blanks, fields in the order above.
    ///
    /// # Errors
    /// Never in practice: there are only texts, numbers and lists.
    pub fn canonical(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defect(number: i64, status: DefectStatus) -> ReviewedDefect {
        ReviewedDefect {
            number,
            defect_id: DefectId::from_u128(7),
            room_id: None,
            part: "WALL".to_owned(),
            type_code: "WALL.CRACK".to_owned(),
            severity: Severity::Minor,
            description: "A crack".to_owned(),
            status,
            due_at: Some(Timestamp(5)),
            photos: vec!["b".to_owned(), "a".to_owned()],
        }
    }

    fn bytes(defects: Vec<ReviewedDefect>, waived: bool) -> Vec<u8> {
        let blocker = ReviewedBlocker { code: BlockerCode::NotInspected, subject_id: None, waived };
        let content = ReviewContent::new(UnitId::from_u128(1), "1-101".to_owned(), defects, waived, vec![blocker]);
        content.canonical().expect("plain data")
    }

    #[test]
    fn order_does_not_matter_content_does() {
        let (one, two) = (defect(1, DefectStatus::Closed), defect(2, DefectStatus::Open));
        let first = bytes(vec![one.clone(), two.clone()], true);
        assert_eq!(first, bytes(vec![two.clone(), one.clone()], true));
        assert_ne!(first, bytes(vec![one.clone(), two], false));
        assert_ne!(first, bytes(vec![one.clone(), defect(2, DefectStatus::Closed)], true));
        assert_ne!(first, bytes(vec![one], true));
    }

    #[test]
    fn the_form_is_fixed() {
        let text = String::from_utf8(bytes(vec![defect(3, DefectStatus::Fixed)], true)).expect("UTF-8");
        let (unit, id) = (UnitId::from_u128(1), UnitId::from_u128(7));
        let expected = format!(
            r#"{{"form":1,"unitId":"{unit}","unitCode":"1-101","defects":[{{"number":3,"defectId":"{id}","roomId":null,"part":"WALL","typeCode":"WALL.CRACK","severity":"MINOR","description":"A crack","status":"FIXED","dueAt":5,"photos":["a","b"]}}],"ready":true,"blockers":[{{"code":"NOT_INSPECTED","subjectId":null,"waived":true}}]}}"#
        );
        assert_eq!(text, expected);
    }
}
