//! What a unit inspection still lacks before it can be submitted.

use std::collections::HashSet;

use super::codes::{CheckOutcome, MissingKind};
use crate::id::{ChecklistItemId, RoomId};
use crate::refusal::{Refusal, RefusalCode};

/// A checklist item to be answered in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The room.
    pub room_id: RoomId,
    /// The checklist item.
    pub item_id: ChecklistItemId,
    /// Whether it must have a result.
    pub mandatory: bool,
}

/// A result that some party recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The room.
    pub room_id: RoomId,
    /// The checklist item.
    pub item_id: ChecklistItemId,
    /// The result.
    pub outcome: CheckOutcome,
}

/// A checklist item of a room that lacks something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingItem {
    /// The room.
    pub room_id: RoomId,
    /// The checklist item.
    pub item_id: ChecklistItemId,
    /// What it lacks.
    pub kind: MissingKind,
}

/// The missing entries, in the order of the items.
///
/// A mandatory item needs a result of any one party. An item that any party failed needs a defect: `defects` are the
/// (room, item) pairs on which one hangs; a void defect does not count, unless it was merged into another.
#[must_use]
pub fn missing(questions: &[Question], answers: &[Answer], defects: &[(RoomId, ChecklistItemId)]) -> Vec<MissingItem> {
    let answered: HashSet<(RoomId, ChecklistItemId)> =
        answers.iter().map(|answer| (answer.room_id, answer.item_id)).collect();
    let failed: HashSet<(RoomId, ChecklistItemId)> = answers
        .iter()
        .filter(|answer| answer.outcome == CheckOutcome::Fail)
        .map(|answer| (answer.room_id, answer.item_id))
        .collect();
    let defects: HashSet<(RoomId, ChecklistItemId)> = defects.iter().copied().collect();
    questions
        .iter()
        .filter_map(|question| {
            let at = (question.room_id, question.item_id);
            let kind = if question.mandatory && !answered.contains(&at) {
                MissingKind::Result
            } else if failed.contains(&at) && !defects.contains(&at) {
                MissingKind::Defect
            } else {
                return None;
            };
            Some(MissingItem { room_id: at.0, item_id: at.1, kind })
        })
        .collect()
}

/// Why an inspection with these gaps cannot be submitted: one refusal for each kind of gap.
///
/// # Errors
/// `RESULTS_MISSING` with the count, `DEFECT_MISSING`.
pub fn check_complete(missing: &[MissingItem]) -> Result<(), Vec<Refusal>> {
    let count = |kind| missing.iter().filter(|item| item.kind == kind).count();
    let mut refusals = Vec::new();
    match count(MissingKind::Result) {
        0 => {}
        results => refusals.push(Refusal::new(RefusalCode::ResultsMissing).with("count", results)),
    }
    if count(MissingKind::Defect) > 0 {
        refusals.push(RefusalCode::DefectMissing.into());
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id<I: From<Uuid>>(n: u128) -> I {
        Uuid::from_u128(n).into()
    }

    fn answer(room: u128, item: u128, outcome: CheckOutcome) -> Answer {
        Answer { room_id: id(room), item_id: id(item), outcome }
    }

    const QUESTIONS: [(u128, u128, bool); 4] = [(1, 10, true), (1, 11, false), (2, 10, true), (2, 12, true)];

    fn gaps(answers: &[Answer], defects: &[(u128, u128)]) -> Vec<(u128, u128, MissingKind)> {
        let questions =
            QUESTIONS.map(|(room, item, mandatory)| Question { room_id: id(room), item_id: id(item), mandatory });
        let defects: Vec<(RoomId, ChecklistItemId)> =
            defects.iter().map(|(room, item)| (id(*room), id(*item))).collect();
        missing(&questions, answers, &defects)
            .into_iter()
            .map(|gap| (gap.room_id.uuid().as_u128(), gap.item_id.uuid().as_u128(), gap.kind))
            .collect()
    }

    #[test]
    fn a_mandatory_item_needs_a_result_in_each_room_by_whichever_party() {
        use CheckOutcome::{NotAccessible, NotApplicable, Pass};
        use MissingKind::Result;
        assert_eq!(gaps(&[], &[]), [(1, 10, Result), (2, 10, Result), (2, 12, Result)]);
        let some = [answer(1, 10, Pass), answer(2, 12, NotAccessible)];
        assert_eq!(gaps(&some, &[]), [(2, 10, Result)]);
        let all = [some[0], some[1], answer(2, 10, NotApplicable)];
        assert_eq!(gaps(&all, &[]), []);
    }

    #[test]
    fn a_fail_of_one_party_needs_a_defect_though_another_passed_it() {
        use CheckOutcome::{Fail, Pass};
        use MissingKind::Defect;
        let answers =
            [answer(1, 10, Pass), answer(1, 10, Fail), answer(1, 11, Fail), answer(2, 10, Pass), answer(2, 12, Pass)];
        assert_eq!(gaps(&answers, &[]), [(1, 10, Defect), (1, 11, Defect)]);
        assert_eq!(gaps(&answers, &[(2, 10), (1, 11)]), [(1, 10, Defect)], "the same item of another room is no help");
        assert_eq!(gaps(&answers, &[(1, 10), (1, 11)]), []);
    }

    #[test]
    fn refusals_count_what_is_missing() {
        let gap = |kind| MissingItem { room_id: id(1), item_id: id(2), kind };
        assert_eq!(check_complete(&[]), Ok(()));
        let both = check_complete(&[gap(MissingKind::Result), gap(MissingKind::Result), gap(MissingKind::Defect)]);
        let expected =
            vec![Refusal::new(RefusalCode::ResultsMissing).with("count", 2), RefusalCode::DefectMissing.into()];
        assert_eq!(both, Err(expected));
    }
}
