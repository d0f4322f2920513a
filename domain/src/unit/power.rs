//! The days on which a person belongs to a unit. Owners and co-owners own it until the ownership is ended; a proxy's
//! power of attorney has days of its own, which may lie ahead.

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::OwnerKind;
use crate::refusal::{Refusal, RefusalCode};
use crate::time::Timestamp;

/// Most years that the end of a power lies ahead.
const YEARS_AHEAD: i16 = 10;

/// The first and the last day, in the project's time zone. Both count whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnershipDays {
    /// The first day; none if it is not known.
    pub from: Option<Date>,
    /// The last day of a proxy's power; none for a power without end, and for owners.
    pub until: Option<Date>,
}

/// The moments between which a person sees the unit; none where nothing bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OwnershipMoments {
    /// From the beginning of the first day of a power.
    pub from: Option<Timestamp>,
    /// Until the end of the last day of a power.
    pub until: Option<Timestamp>,
}

impl OwnershipDays {
    /// Checks the days of a new proxy: the last day is neither past nor before the first one, and both lie within ten
    /// years. Of owners there is no last day.
    ///
    /// # Errors
    /// `INVALID_VALUE` at `until` or `from`.
    pub fn check(self, kind: OwnerKind, today: Date) -> Result<(), Refusal> {
        let wrong = |field| Refusal::at(RefusalCode::InvalidValue, field);
        let Some(until) = self.until else {
            return match self.from.filter(|from| kind == OwnerKind::Proxy && is_far(*from, today)) {
                Some(_) => Err(wrong("from").because(FAR.0, FAR.1)),
                None => Ok(()),
            };
        };
        if kind != OwnerKind::Proxy {
            let en = "only a proxy's power has a last day; end an ownership when it ends";
            return Err(wrong("until").because(en, "只有代理人的授权有截止日期；业主身份请在终止时办理"));
        }
        if until < today || self.from.is_some_and(|from| until < from) {
            let en = "the last day lies before today or before the first day";
            return Err(wrong("until").because(en, "截止日期早于今天或早于起始日"));
        }
        if is_far(until, today) {
            return Err(wrong("until").because(FAR.0, FAR.1));
        }
        Ok(())
    }

    /// The moments of a proxy's power; nothing bounds what owners see.
    #[must_use]
    pub fn moments(self, kind: OwnerKind, zone: &TimeZone) -> OwnershipMoments {
        if kind != OwnerKind::Proxy {
            return OwnershipMoments::default();
        }
        let next = self.until.and_then(|day| day.checked_add(1.day()).ok());
        OwnershipMoments {
            from: self.from.and_then(|day| beginning(day, zone)),
            until: next.and_then(|day| beginning(day, zone)),
        }
    }
}

/// Why a day is too far away.
const FAR: (&str, &str) = ("the day lies more than ten years ahead", "日期晚于十年后");

/// Years of jiff lie between -9999 and 9999.
fn is_far(day: Date, today: Date) -> bool {
    day.year() - today.year() > YEARS_AHEAD
}

fn beginning(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    let moment = day.to_datetime(Time::midnight()).to_zoned_datetime(zone.clone()).ok()?;
    Some(Timestamp(moment.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn both_days_of_a_power_count_whole() {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let days = OwnershipDays { from: Some(date(2026, 3, 2)), until: Some(date(2026, 3, 5)) };
        let moments = days.moments(OwnerKind::Proxy, &zone);
        let at = |text| Timestamp::from_rfc3339(text);
        assert_eq!(moments.from, at("2026-03-02T00:00:00+08:00"));
        assert_eq!(moments.until, at("2026-03-06T00:00:00+08:00"));
        assert_eq!(days.moments(OwnerKind::Owner, &zone), OwnershipMoments::default());
    }

    #[test]
    fn a_power_ends_neither_before_today_nor_before_it_begins() {
        let today = date(2026, 3, 2);
        let check = |kind, from: Option<Date>, until: Option<Date>| {
            OwnershipDays { from, until }.check(kind, today).map_err(|refusal| refusal.field.concat())
        };
        let proxy = OwnerKind::Proxy;
        for until in [Some(today), Some(date(2026, 3, 9)), Some(date(2036, 3, 2)), None] {
            assert_eq!(check(proxy, Some(date(2026, 3, 1)), until), Ok(()), "{until:?}");
        }
        assert_eq!(check(proxy, Some(date(2026, 4, 1)), Some(date(2026, 4, 1))), Ok(()), "it may begin later");
        for (from, until) in
            [(None, date(2026, 3, 1)), (Some(date(2026, 4, 2)), date(2026, 4, 1)), (None, date(2037, 1, 1))]
        {
            assert_eq!(check(proxy, from, Some(until)), Err("until".to_owned()), "{from:?} {until}");
        }
        assert_eq!(check(proxy, Some(date(2037, 1, 1)), None), Err("from".to_owned()));
        assert_eq!(check(OwnerKind::CoOwner, None, Some(date(2026, 3, 9))), Err("until".to_owned()));
        assert_eq!(check(OwnerKind::Owner, Some(today), None), Ok(()));
    }
}
