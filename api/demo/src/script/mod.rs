//! The demo's script: everything that happens, with its moment, in the order of time. The same on every machine.

mod lives;
mod owners;
mod rounds;
mod stories;

use app::error::Result;
use domain::Timestamp;

use super::calendar::Calendar;
use super::plans::PlanSpec;
use super::site::{Home, homes};

pub(super) use lives::Step;
pub(super) use owners::{OPENED, OwnerAct};
pub(super) use rounds::{InspectionAct, ROUNDS, RoundAct, RoundSpec};
pub(super) use stories::Story;

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// To a round, by its index in [`ROUNDS`].
    Round(usize, RoundAct),
    /// To the inspection of a home (by index) in a round.
    Inspection(usize, usize, InspectionAct),
    /// A defect is found.
    Log(usize),
    /// Something is done about it.
    Defect(usize, Step),
    /// To a home that has owners, by the index in [`OPENED`].
    Owner(usize, OwnerAct),
    /// The first home from one index to before another that is not ready is let pass.
    Waive(usize, usize),
}

/// An act with its moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scene {
    pub(super) at: Timestamp,
    pub(super) act: Act,
}

/// The whole script.
pub(super) struct Script {
    pub(super) homes: Vec<Home>,
    pub(super) stories: Vec<Story>,
    pub(super) scenes: Vec<Scene>,
    /// When the project was set up.
    pub(super) begins: Timestamp,
}

impl Script {
    /// Writes the script of the weeks before today.
    pub(super) fn write(calendar: &Calendar, plans: &[PlanSpec]) -> Result<Self> {
        let homes = homes();
        let mut script = Self { homes, stories: Vec::new(), scenes: Vec::new(), begins: calendar.at(36, 9 * 60)? };
        rounds::write(&mut script, calendar)?;
        stories::write(&mut script, calendar, plans)?;
        owners::write(&mut script, calendar, plans)?;
        // Stable, so that what was written first of one moment happens first.
        script.scenes.sort_by_key(|scene| scene.at);
        Ok(script)
    }

    fn add(&mut self, at: Timestamp, act: Act) {
        self.scenes.push(Scene { at, act });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans::unit_type_plans;
    use crate::site::TIME_ZONE;

    #[test]
    fn the_script_is_the_same_each_time_and_lies_in_the_past() {
        let now = Timestamp::from_rfc3339("2026-03-02T09:00:00+08:00").expect("a moment");
        let write = || {
            let calendar = Calendar::before(now, TIME_ZONE).expect("a calendar");
            Script::write(&calendar, &unit_type_plans()).expect("a script")
        };
        let (one, two) = (write(), write());
        let acts = |script: &Script| script.scenes.iter().map(|scene| (scene.at, scene.act)).collect::<Vec<_>>();
        assert_eq!(acts(&one), acts(&two));
        assert!(one.scenes.iter().all(|scene| scene.at > one.begins && scene.at <= now));
        let logged = one.scenes.iter().filter(|scene| matches!(scene.act, Act::Log(_))).count();
        assert_eq!(logged, one.stories.len());
        assert!((190..=230).contains(&logged), "{logged} defects");
    }
}
