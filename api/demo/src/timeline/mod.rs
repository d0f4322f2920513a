//! The demo's timeline: all actions in the order of time. It is the same on every machine.

mod defects;
mod lifecycles;
mod owners;
mod rounds;

use app::error::Result;
use domain::Timestamp;

use super::calendar::Calendar;
use super::plans::PlanSpec;
use super::site::{Home, homes};

pub(super) use defects::DefectHistory;
pub(super) use lifecycles::Step;
pub(super) use owners::{OPENED, OwnerAction};
pub(super) use rounds::{InspectionAction, ROUNDS, RoundAction, RoundSpec};

/// An action of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// On a round, by its index in [`ROUNDS`].
    Round(usize, RoundAction),
    /// On the inspection of a home (by index) in a round.
    Inspection(usize, usize, InspectionAction),
    /// A defect is logged.
    Log(usize),
    /// A step of a defect.
    Defect(usize, Step),
    /// On a home with owners, by the index in [`OPENED`].
    Owner(usize, OwnerAction),
    /// The blockers of the first home in a range of indexes that is not ready are waived.
    Waive(usize, usize),
}

/// An action with its time.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimelineEntry {
    pub(super) at: Timestamp,
    pub(super) action: Action,
}

/// All actions, with their homes and defects.
pub(super) struct Timeline {
    pub(super) homes: Vec<Home>,
    pub(super) histories: Vec<DefectHistory>,
    pub(super) entries: Vec<TimelineEntry>,
    /// The time of the project's setup.
    pub(super) begins: Timestamp,
}

impl Timeline {
    /// Creates the timeline of the weeks before today.
    pub(super) fn write(calendar: &Calendar, plans: &[PlanSpec]) -> Result<Self> {
        let homes = homes();
        let mut timeline = Self { homes, histories: Vec::new(), entries: Vec::new(), begins: calendar.at(36, 9 * 60)? };
        rounds::write(&mut timeline, calendar)?;
        defects::write(&mut timeline, calendar, plans)?;
        owners::write(&mut timeline, calendar, plans)?;
        // A stable sort keeps the order of actions with the same time.
        timeline.entries.sort_by_key(|entry| entry.at);
        Ok(timeline)
    }

    fn add(&mut self, at: Timestamp, action: Action) {
        self.entries.push(TimelineEntry { at, action });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::unit_type_plans;
    use crate::site::TIME_ZONE;

    #[test]
    fn timeline_is_deterministic_and_in_the_past() {
        let now = Timestamp::from_rfc3339("2026-03-02T09:00:00+08:00").expect("a moment");
        let write = || {
            let calendar = Calendar::before(now, TIME_ZONE).expect("a calendar");
            Timeline::write(&calendar, &unit_type_plans()).expect("a timeline")
        };
        let (one, two) = (write(), write());
        let acts =
            |timeline: &Timeline| timeline.entries.iter().map(|entry| (entry.at, entry.action)).collect::<Vec<_>>();
        assert_eq!(acts(&one), acts(&two));
        assert!(one.entries.iter().all(|entry| entry.at > one.begins && entry.at <= now));
        let logged = one.entries.iter().filter(|entry| matches!(entry.action, Action::Log(_))).count();
        assert_eq!(logged, one.histories.len());
        assert!((190..=230).contains(&logged), "{logged} defects");
    }
}
