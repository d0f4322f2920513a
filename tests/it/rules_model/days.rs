//! Working time in Shanghai by arithmetic alone: each moment has a position on the line of working time, on which days
//! off have no length. Shanghai has no daylight saving time, and the fixture's project has no holidays: Saturday and
//! Sunday are off.

const DAY: i64 = 86_400_000_000;
/// Shanghai is eight hours ahead.
const EAST: i64 = 8 * 3_600_000_000;
/// The first day of 1970 was a Thursday, three days after a Monday.
const SINCE_MONDAY: i64 = 3;

/// Whether days off are skipped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    pub(super) skip: bool,
}

impl Days {
    /// The same time of day, this many counted days later.
    pub(super) fn after(self, from: i64, mut days: i64) -> i64 {
        let mut to = from;
        while days > 0 {
            to += DAY;
            days -= i64::from(!self.skip || weekday(to) < 5);
        }
        to
    }

    /// The working time from one moment to another.
    pub(super) fn between(self, from: i64, to: i64) -> i64 {
        if self.skip { place(to) - place(from) } else { to - from }
    }

    /// The moment that is this much working time later, or earlier.
    pub(super) fn plus(self, from: i64, micros: i64) -> i64 {
        if self.skip { moment(place(from) + micros) } else { from + micros }
    }
}

/// Whole days since the Monday before 1970 began in Shanghai, and the time of day.
fn local(at: i64) -> (i64, i64) {
    let at = at + EAST;
    (at.div_euclid(DAY) + SINCE_MONDAY, at.rem_euclid(DAY))
}

/// Monday is 0.
fn weekday(at: i64) -> i64 {
    local(at).0.rem_euclid(7)
}

/// The position on the line of working time; a whole weekend is at its end.
fn place(at: i64) -> i64 {
    let (day, time) = local(at);
    let (week, weekday) = (day.div_euclid(7), day.rem_euclid(7));
    if weekday < 5 { (week * 5 + weekday) * DAY + time } else { (week + 1) * 5 * DAY }
}

/// The moment at a position on the line of working time; the end of a Friday maps to the beginning of Monday.
fn moment(place: i64) -> i64 {
    let (worked, time) = (place.div_euclid(DAY), place.rem_euclid(DAY));
    let day = worked.div_euclid(5) * 7 + worked.rem_euclid(5);
    (day - SINCE_MONDAY) * DAY + time - EAST
}
