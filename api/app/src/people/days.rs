//! Days that people enter.

use domain::{Refusal, RefusalCode};
use jiff::civil::Date;

/// Most years between a day that a person enters and today: a sale is entered late, but not by a generation.
const YEARS_BACK: i16 = 10;

/// Checks a day on which an ownership begins or ends: neither in the future nor long before any sale of a new home.
///
/// # Errors
/// `INVALID_VALUE` at `field`.
pub(super) fn check_day(day: Date, today: Date, field: &str) -> Result<(), Refusal> {
    let wrong = || Refusal::at(RefusalCode::InvalidValue, field);
    if day > today {
        return Err(wrong().because("the day lies in the future", "日期晚于今天"));
    }
    // Years of jiff lie between -9999 and 9999.
    if today.year() - day.year() > YEARS_BACK {
        return Err(wrong().because("the day lies more than ten years back", "日期早于十年前"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_lies_within_the_last_ten_years() {
        let today = date(2026, 3, 2);
        for good in [today, date(2026, 3, 1), date(2016, 1, 1)] {
            assert_eq!(check_day(good, today, "from"), Ok(()), "{good}");
        }
        for bad in [date(2026, 3, 3), date(9999, 12, 31), date(2015, 12, 31), date(1900, 1, 1), date(-9999, 1, 1)] {
            assert!(check_day(bad, today, "from").is_err(), "{bad}");
        }
    }
}
