//! Lineage: a later round shows each defect of the unit again, with what became of it.

use uuid::Uuid;

use super::codes::EarlierOutcome;
use crate::defect::DefectStatus;
use crate::time::Timestamp;

/// What is known of a defect of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Where it stands now.
    pub status: DefectStatus,
    /// How often it was opened again after it had been closed.
    pub reopened_count: u32,
    /// The round in which it was logged, none when outside of any.
    pub round_id: Option<Uuid>,
    /// When it was logged.
    pub recorded_at: Timestamp,
}

/// What became of a defect, seen from the round `round_id` that was opened at `opened_at` (none: not opened yet).
///
/// A defect of this round is new in it. One logged outside of any round is new when it came after the opening.
#[must_use]
pub fn earlier_outcome(defect: &Earlier, round_id: Uuid, opened_at: Option<Timestamp>) -> EarlierOutcome {
    let new = match defect.round_id {
        Some(logged_in) => logged_in == round_id,
        None => opened_at.is_some_and(|opened| defect.recorded_at >= opened),
    };
    match defect.status {
        DefectStatus::Void => EarlierOutcome::Void,
        _ if new => EarlierOutcome::New,
        DefectStatus::Closed => EarlierOutcome::Fixed,
        DefectStatus::Fixed => EarlierOutcome::AwaitingVerification,
        DefectStatus::Open
        | DefectStatus::Assigned
        | DefectStatus::InProgress
        | DefectStatus::Rework
        | DefectStatus::Disputed => {
            if defect.reopened_count > 0 {
                EarlierOutcome::Regressed
            } else {
                EarlierOutcome::StillOpen
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_an_earlier_defect() {
        use DefectStatus as S;
        use EarlierOutcome as O;
        let (first, second) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let seen = |status, reopened_count, round_id, at| {
            let defect = Earlier { status, reopened_count, round_id, recorded_at: Timestamp(at) };
            earlier_outcome(&defect, second, Some(Timestamp(100)))
        };
        // Status, never reopened, reopened, logged in this round.
        for (status, plain, reopened, new) in [
            (S::Open, O::StillOpen, O::Regressed, O::New),
            (S::Assigned, O::StillOpen, O::Regressed, O::New),
            (S::InProgress, O::StillOpen, O::Regressed, O::New),
            (S::Rework, O::StillOpen, O::Regressed, O::New),
            (S::Disputed, O::StillOpen, O::Regressed, O::New),
            (S::Fixed, O::AwaitingVerification, O::AwaitingVerification, O::New),
            (S::Closed, O::Fixed, O::Fixed, O::New),
            (S::Void, O::Void, O::Void, O::Void),
        ] {
            assert_eq!(seen(status, 0, Some(first), 50), plain, "{status}");
            assert_eq!(seen(status, 0, None, 99), plain, "{status} outside of any round");
            assert_eq!(seen(status, 1, Some(first), 50), reopened, "{status} reopened");
            assert_eq!(seen(status, 0, Some(second), 50), new, "{status} of this round");
            assert_eq!(seen(status, 0, None, 100), new, "{status} after the opening");
        }
    }
}
