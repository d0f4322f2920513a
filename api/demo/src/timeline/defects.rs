//! The defects of the demo: finding, place, finder, and the steps of their lives.

use app::error::{Error, Result};

use super::lifecycles::{ALIVE, COMMON, DUPLICATED, DUPLICATES, OVER, SECOND, Step, UNROUTED, When, led};
use super::rounds::{found_at, is_inspected};
use super::{Action, Timeline};
use crate::calendar::Calendar;
use crate::dice::Dice;
use crate::findings::{self, Finding};
use crate::people::{ENGINEERS, ESCORT, SUPERVISORS};
use crate::plans::{PlanRoom, PlanSpec};
use crate::site;

/// A defect.
#[derive(Debug, Clone)]
pub(crate) struct DefectHistory {
    pub(crate) finding: &'static Finding,
    /// The unit's code.
    pub(crate) unit: String,
    /// The room's code in the unit.
    pub(crate) room: String,
    pub(crate) room_type: &'static str,
    /// On the unit type's plan.
    pub(crate) pin: Option<(f64, f64)>,
    /// The finder.
    pub(crate) by: &'static str,
    /// In which round (by index) and home (by index).
    pub(crate) found_in: Option<(usize, usize)>,
    /// The index of the history that it duplicates.
    pub(crate) duplicate_of_history: Option<usize>,
}

/// The number of homes at the start of the walk with few living defects, because the second round has inspected them.
const QUIET_HOMES: usize = 18;

pub(super) fn write(timeline: &mut Timeline, calendar: &Calendar, plans: &[PlanSpec]) -> Result<()> {
    let homes = timeline.homes.len();
    let mut writer = Writer { timeline, calendar, plans, found: vec![[0; 2]; homes], turn: 0 };
    for (n, steps) in led(OVER).enumerate() {
        writer.inspected(0, n * 7 % homes, findings::ROUTED, steps)?;
    }
    for (n, steps) in led(ALIVE).enumerate() {
        writer.inspected(0, QUIET_HOMES + n * 11 % (homes - QUIET_HOMES), findings::ROUTED, steps)?;
    }
    for (n, steps) in led(UNROUTED).enumerate() {
        writer.inspected(0, QUIET_HOMES - 2 + n * 5 % (homes - QUIET_HOMES), findings::UNROUTED, steps)?;
    }
    for (n, steps) in led(DUPLICATES).enumerate() {
        let first = writer.inspected(0, 20 + n * 6, findings::ROUTED, DUPLICATED)?;
        writer.repeated(first, steps)?;
    }
    for (n, steps) in led(SECOND).enumerate() {
        writer.inspected(1, n * 5 % 29, findings::ROUTED, steps)?;
    }
    for (n, steps) in led(COMMON).enumerate() {
        writer.common(n, steps)?;
    }
    Ok(())
}

struct Writer<'a> {
    timeline: &'a mut Timeline,
    calendar: &'a Calendar,
    plans: &'a [PlanSpec],
    /// The number of defects of each home in each round.
    found: Vec<[usize; 2]>,
    turn: usize,
}

impl Writer<'_> {
    /// A defect that an inspection finds; returns its index.
    fn inspected(
        &mut self,
        round: usize,
        home: usize,
        list: &'static [Finding],
        steps: &[(When, Step)],
    ) -> Result<usize> {
        // The next home if the unit was inaccessible.
        let homes = self.timeline.homes.len();
        let home = (home..home + homes).map(|home| home % homes).find(|home| is_inspected(round, *home)).unwrap_or(0);
        let unit_type = self.timeline.homes[home].unit_type;
        self.turn += 1;
        let (finding, room) = room_for(self.plans, unit_type, list, self.turn)?;
        let by = match self.turn % 4 {
            0 => SUPERVISORS[home % 2],
            _ => ENGINEERS[home % 2],
        };
        let history = DefectHistory {
            finding,
            unit: self.timeline.homes[home].code.clone(),
            room: room.code.to_owned(),
            room_type: room.room_type,
            pin: Some(pin_in(room, self.turn as u64)),
            by,
            found_in: Some((round, home)),
            duplicate_of_history: None,
        };
        let moment = found_at(round, home, self.found[home][round]);
        self.found[home][round] += 1;
        self.schedule(history, moment, steps)
    }

    /// The same defect, logged again by the supervisor.
    fn repeated(&mut self, first: usize, steps: &[(When, Step)]) -> Result<usize> {
        let history = self.timeline.histories[first].clone();
        let (round, home) = history.found_in.unwrap_or_default();
        let pin = history.pin.map(|(x, y)| (x + 0.006, y - 0.004));
        let duplicate = DefectHistory { by: SUPERVISORS[home % 2], pin, duplicate_of_history: Some(first), ..history };
        let (day, minute) = found_at(round, home, self.found[home][round]);
        self.found[home][round] += 1;
        self.schedule(duplicate, (day, minute + 1), steps)
    }

    /// A defect of the common parts, found by the property service.
    fn common(&mut self, n: usize, steps: &[(When, Step)]) -> Result<usize> {
        let finding = &findings::COMMON[n % findings::COMMON.len()];
        let room_type = finding.rooms[0];
        let history = DefectHistory {
            finding,
            unit: site::COMMON[n / 2 % site::COMMON.len()].0.to_owned(),
            room: if room_type == "LOBBY" { "LOB" } else { "STW" }.to_owned(),
            room_type,
            pin: None,
            by: ESCORT,
            found_in: None,
            duplicate_of_history: None,
        };
        self.schedule(history, (14 - n, 10 * 60 + 20), steps)
    }

    fn schedule(
        &mut self,
        history: DefectHistory,
        (day, minute): (usize, i64),
        steps: &[(When, Step)],
    ) -> Result<usize> {
        schedule(self.timeline, self.calendar, history, (day, minute), steps)
    }
}

/// Adds a defect, found on a working day at a minute of the day, with its steps up to yesterday.
pub(super) fn schedule(
    timeline: &mut Timeline,
    calendar: &Calendar,
    history: DefectHistory,
    (day, minute): (usize, i64),
    steps: &[(When, Step)],
) -> Result<usize> {
    let index = timeline.histories.len();
    timeline.histories.push(history);
    timeline.add(calendar.at(day, minute)?, Action::Log(index));
    let mut dice = Dice::new(index as u64, 0x57E9);
    let (mut day, mut minute) = (day, minute);
    for &(when, step) in steps {
        let next = match when {
            When::In(days) => day.checked_sub(days),
            When::Before(days) => Some(days.min(day)),
        };
        let Some(next) = next.filter(|next| *next > 0) else { break };
        minute = if next == day { minute + 25 } else { 8 * 60 + 40 + dice.below(500) as i64 };
        day = next;
        timeline.add(calendar.at(day, minute)?, Action::Defect(index, step));
    }
    Ok(index)
}

/// The next finding of a list that fits a room of the unit type.
pub(super) fn room_for<'a>(
    plans: &'a [PlanSpec],
    unit_type: &str,
    list: &'static [Finding],
    turn: usize,
) -> Result<(&'static Finding, &'a PlanRoom)> {
    let plan = plans.iter().find(|plan| plan.code == unit_type);
    let rooms = plan.map_or(&[][..], |plan| plan.rooms.as_slice());
    let fits = |finding: &'static Finding| {
        let fitting: Vec<_> = rooms.iter().filter(|room| finding.rooms.contains(&room.room_type)).collect();
        (!fitting.is_empty()).then(|| (finding, fitting[turn % fitting.len()]))
    };
    // A step that shares no divisor with the lengths of the lists visits every element.
    let from = turn * 11;
    let mut tried = (from..from + list.len()).map(|n| &list[n % list.len()]);
    tried.find_map(fits).ok_or_else(|| Error::internal(format!("no finding fits unit type {unit_type}")))
}

/// A place in the room, the same for the same turn.
pub(super) fn pin_in(room: &PlanRoom, turn: u64) -> (f64, f64) {
    let mut dice = Dice::new(turn, 0x0914);
    let ((left, top), (right, bottom)) = room.bounds();
    let mut throw = |from: f64, to: f64| {
        let exact = from + (to - from) * f64::from(dice.range(0.12, 0.88));
        (exact * 1e4).round() / 1e4
    };
    let inside = (0..20).map(|_| (throw(left, right), throw(top, bottom))).find(|point| room.contains(*point));
    inside.unwrap_or_else(|| room.centre())
}
