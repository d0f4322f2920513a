//! The two internal rounds: the first is closed, the second half done.

use app::error::Result;

use super::{Action, Timeline};
use crate::calendar::Calendar;
use domain::Party;

/// A round.
pub(crate) struct RoundSpec {
    pub(crate) number: i32,
    pub(crate) stage: &'static str,
    pub(crate) name: &'static str,
    pub(crate) parties: &'static [Party],
    /// The working days from its planning to today.
    pub(crate) planned: (usize, usize),
}

/// The rounds.
pub(crate) const ROUNDS: &[RoundSpec] = &[
    RoundSpec {
        number: 1,
        stage: "INTERNAL_R1",
        name: "模拟验房第一轮 Internal inspection 1",
        parties: &[Party::Developer, Party::Supervisor],
        planned: (34, 28),
    },
    RoundSpec {
        number: 2,
        stage: "INTERNAL_R2",
        name: "模拟验房第二轮（复验） Internal inspection 2",
        parties: &[Party::Developer, Party::Supervisor, Party::Property],
        planned: (8, 1),
    },
];

/// The actions on a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoundAction {
    Plan,
    Open,
    Close,
}

/// The actions on the inspection of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InspectionAction {
    Start,
    /// A party records its results.
    Record(Party),
    Submit,
    Sign(Party),
    Inaccessible,
}

use InspectionAction::{Inaccessible, Record, Sign, Start, Submit};

/// The progress of the inspection of a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Signed,
    /// Submitted, and signed by the developer alone.
    Submitted,
    Begun,
    Locked,
}

/// The minutes from the beginning of an inspection to its defects, its records, and its end.
const MINUTES: [i64; 4] = [4, 38, 44, 52];

/// The beginning of the inspection of a home: the working days before today, and the minute of the day.
pub(super) fn begin_of(round: usize, home: usize) -> (usize, i64) {
    let (a_day, first) = if round == 0 { (10, 34) } else { (5, 8) };
    let slot = i64::try_from(home % a_day).unwrap_or(0);
    let pace = if round == 0 { 55 } else { 85 };
    // Varied, so that not all begin at the full hour.
    let odd = i64::try_from(home * 7 % 11).unwrap_or(0);
    (first - home / a_day, 8 * 60 + 25 + slot * pace + odd)
}

/// The number of homes that the second round has inspected before today.
const SECOND_DONE: usize = 30;

fn reach(round: usize, home: usize) -> Option<Reach> {
    match (round, home) {
        (0, 17 | 41) => Some(Reach::Locked),
        (0, _) => Some(Reach::Signed),
        (_, 29) => Some(Reach::Locked),
        (_, 27 | 28) => Some(Reach::Begun),
        (_, 24..=26) => Some(Reach::Submitted),
        (_, home) if home < SECOND_DONE => Some(Reach::Signed),
        _ => None,
    }
}

/// Whether the unit was accessible.
pub(super) fn is_inspected(round: usize, home: usize) -> bool {
    matches!(reach(round, home), Some(Reach::Signed | Reach::Submitted | Reach::Begun))
}

pub(super) fn write(timeline: &mut Timeline, calendar: &Calendar) -> Result<()> {
    for (round, spec) in ROUNDS.iter().enumerate() {
        let (first, _) = spec.planned;
        timeline.add(calendar.at(first + 1, 15 * 60)?, Action::Round(round, RoundAction::Plan));
        timeline.add(calendar.at(first, 8 * 60 + 10)?, Action::Round(round, RoundAction::Open));
        for home in 0..timeline.homes.len() {
            if let Some(reach) = reach(round, home) {
                inspect(timeline, calendar, (round, home), reach)?;
            }
        }
    }
    timeline.add(calendar.at(27, 17 * 60)?, Action::Round(0, RoundAction::Close));
    today(timeline, calendar);
    Ok(())
}

/// The home whose inspection is in progress at the start of the program.
fn today(timeline: &mut Timeline, calendar: &Calendar) {
    let action = |action| Action::Inspection(1, SECOND_DONE, action);
    timeline.add(calendar.ago(50), action(Start));
    timeline.add(calendar.ago(12), action(Record(Party::Supervisor)));
}

fn inspect(timeline: &mut Timeline, calendar: &Calendar, (round, home): (usize, usize), reach: Reach) -> Result<()> {
    let (day, minute) = begin_of(round, home);
    let mut add = |after: i64, action| {
        timeline.add(calendar.at(day, minute + after)?, Action::Inspection(round, home, action));
        Ok::<_, app::Error>(())
    };
    if reach == Reach::Locked {
        return add(0, Inaccessible);
    }
    add(0, Start)?;
    add(MINUTES[1], Record(Party::Developer))?;
    add(MINUTES[2], Record(Party::Supervisor))?;
    if reach == Reach::Begun {
        return Ok(());
    }
    add(MINUTES[3], Submit)?;
    add(MINUTES[3] + 2, Sign(Party::Developer))?;
    if reach == Reach::Signed {
        for (n, &party) in (0_i64..).zip(ROUNDS[round].parties.iter().filter(|party| **party != Party::Developer)) {
            add(MINUTES[3] + 6 + 5 * n, Sign(party))?;
        }
    }
    Ok(())
}

/// The time at which the n-th defect of an inspection is found.
pub(super) fn found_at(round: usize, home: usize, n: usize) -> (usize, i64) {
    let (day, minute) = begin_of(round, home);
    (day, minute + MINUTES[0] + 3 * i64::try_from(n.min(10)).unwrap_or(0))
}
