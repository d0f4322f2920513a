//! Lineage: a later round shows each defect of the unit again, with what became of it.

use super::codes::EarlierOutcome;
use crate::defect::DefectStatus;
use crate::id::RoundId;
use crate::time::Timestamp;

/// The facts about a defect of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// Where it stands now.
    pub status: DefectStatus,
    /// How often it was opened again after it had been closed.
    pub reopened_count: u32,
    /// The round in which it was logged, none when outside of any.
    pub round_id: Option<RoundId>,
    /// When it was logged.
    pub recorded_at: Timestamp,
}

/// The outcome of a defect, seen from the round `round_id` that was opened at `opened_at` (none: not opened yet).
///
/// A defect of this round is new in it. One logged outside of any round is new when it came after the opening.
#[must_use]
pub fn earlier_outcome(defect: &Earlier, round_id: RoundId, opened_at: Option<Timestamp>) -> EarlierOutcome {
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

/// What a defect's events say of it up to some moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Where it stood; none before it was logged.
    pub status: Option<DefectStatus>,
    /// How often it had been opened again after it had been closed.
    pub reopened_count: u32,
    /// When it was closed for the last time before it was opened again, by the device's clock.
    pub repaired_at: Option<Timestamp>,
    /// When it was opened again for the last time, by the device's clock.
    pub broken_at: Option<Timestamp>,
    closed_at: Option<Timestamp>,
    before_dispute: Option<DefectStatus>,
}

impl Replayed {
    /// Takes the next event into account: from which status, to which, and when.
    pub fn next(&mut self, to: DefectStatus, occurred_at: Timestamp) {
        let was_closed = self.status == Some(DefectStatus::Closed);
        match (was_closed, to) {
            (false, DefectStatus::Closed) => self.closed_at = Some(occurred_at),
            (true, status) if status != DefectStatus::Closed => {
                self.reopened_count += 1;
                (self.repaired_at, self.broken_at) = (self.closed_at, Some(occurred_at));
            }
            _ => {}
        }
        if to == DefectStatus::Disputed {
            let before = self.status.filter(|status| DefectStatus::TO_DO.contains(status));
            self.before_dispute = before.or(self.before_dispute);
        }
        self.status = Some(to);
    }

    /// Where owners read that it stood, as far as events say: a disputed defect where it stood before the dispute.
    #[must_use]
    pub fn shown_status(&self) -> Option<DefectStatus> {
        match self.status {
            Some(DefectStatus::Disputed) => self.before_dispute.or(Some(DefectStatus::Assigned)),
            status => status,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_say_when_it_was_repaired_and_when_it_was_broken_again() {
        use DefectStatus as S;
        let mut replayed = Replayed::default();
        for (at, status) in
            [(1, S::Assigned), (2, S::Fixed), (3, S::Closed), (4, S::Closed), (5, S::Assigned), (6, S::Fixed)]
        {
            replayed.next(status, Timestamp(at));
        }
        assert_eq!((replayed.status, replayed.reopened_count), (Some(S::Fixed), 1));
        assert_eq!((replayed.repaired_at, replayed.broken_at), (Some(Timestamp(3)), Some(Timestamp(5))));
        replayed.next(S::Closed, Timestamp(7));
        replayed.next(S::Rework, Timestamp(8));
        assert_eq!(replayed.reopened_count, 2);
        assert_eq!((replayed.repaired_at, replayed.broken_at), (Some(Timestamp(7)), Some(Timestamp(8))));
    }

    #[test]
    fn owners_read_of_a_disputed_defect_where_it_stood_before() {
        use DefectStatus as S;
        for (statuses, shown) in [
            (vec![S::Assigned, S::Disputed], S::Assigned),
            (vec![S::Assigned, S::InProgress, S::InProgress, S::Disputed], S::InProgress),
            (vec![S::Assigned, S::Disputed, S::Disputed, S::Assigned, S::Fixed, S::Rework, S::Disputed], S::Rework),
            // Merged while companies disputed it, and taken back.
            (vec![S::Assigned, S::InProgress, S::Disputed, S::Void, S::Disputed], S::InProgress),
            (vec![S::Assigned, S::InProgress, S::Disputed, S::Void], S::Void),
            (vec![S::Disputed], S::Assigned),
        ] {
            let mut replayed = Replayed::default();
            for &status in &statuses {
                replayed.next(status, Timestamp(1));
            }
            assert_eq!(replayed.shown_status(), Some(shown), "{statuses:?}");
        }
        assert_eq!(Replayed::default().shown_status(), None);
    }

    #[test]
    fn each_status_of_an_earlier_defect() {
        use DefectStatus as S;
        use EarlierOutcome as O;
        let (first, second) = (RoundId::from_u128(1), RoundId::from_u128(2));
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
