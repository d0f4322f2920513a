//! Quotas: how much one person may add in one day, so that no account fills the disk.

use jiff::ToSpan;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::refusal::{Refusal, RefusalCode};
use crate::time::Timestamp;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// Operations of one person that are kept in one day although they were not done: refused, unreadable, or parked as
/// pending edits.
pub const KEPT_OPERATIONS_PER_DAY: i64 = 1_000;
/// Bytes of input that are kept of them.
pub const KEPT_BYTES_PER_DAY: i64 = 4 * 1_024 * 1_024;

string_enum! {
    /// What a quota counts.
    pub enum Quota {
        /// Declared photos and clips.
        Photos = "PHOTOS",
        /// Bytes of declared photos and clips.
        PhotoBytes = "PHOTO_BYTES",
        /// Comments.
        Comments = "COMMENTS",
        /// Logged defects.
        Defects = "DEFECTS",
        /// Operations that are kept although they were not done.
        KeptOperations = "KEPT_OPERATIONS",
        /// Bytes of input of these operations.
        KeptBytes = "KEPT_BYTES",
    }
}

/// How much one person may add to a project in one day of the project's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct DailyQuota {
    /// Photos and clips.
    pub photos: u32,
    /// Their bytes.
    pub photo_bytes: i64,
    /// Comments.
    pub comments: u32,
    /// Defects.
    pub defects: u32,
}

impl DailyQuota {
    /// The default for staff: several times the busiest day of an inspector.
    pub const STAFF: Self = Self { photos: 5_000, photo_bytes: 20_000_000_000, comments: 3_000, defects: 3_000 };
    /// The default for owners: several times what a household finds in its own unit.
    pub const OWNER: Self = Self { photos: 300, photo_bytes: 3_000_000_000, comments: 300, defects: 300 };
    /// The highest number of photos, comments or defects that a policy may allow.
    pub const MOST: u32 = 1_000_000;
    /// The highest number of bytes that a policy may allow: 10 TB.
    pub const MOST_BYTES: i64 = 10_000_000_000_000;

    /// The limit of what a quota counts.
    #[must_use]
    pub fn limit(&self, quota: Quota) -> i64 {
        match quota {
            Quota::Photos => self.photos.into(),
            Quota::PhotoBytes => self.photo_bytes,
            Quota::Comments => self.comments.into(),
            Quota::Defects => self.defects.into(),
            Quota::KeptOperations => KEPT_OPERATIONS_PER_DAY,
            Quota::KeptBytes => KEPT_BYTES_PER_DAY,
        }
    }

    /// Whether the values are possible.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        let counts = [self.photos, self.comments, self.defects].iter().all(|count| *count <= Self::MOST);
        counts && (0..=Self::MOST_BYTES).contains(&self.photo_bytes)
    }
}

impl Default for DailyQuota {
    fn default() -> Self {
        Self::STAFF
    }
}

/// One day of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaDay {
    /// Days since 1970 on the wall of the time zone.
    pub number: i64,
    /// When the next day begins.
    pub ends_at: Timestamp,
}

/// The day of a moment in a time zone.
#[must_use]
pub fn day_of(now: Timestamp, zone: &TimeZone) -> QuotaDay {
    in_zone(now, zone).unwrap_or_else(|| {
        // Outside the calendar: a day of UTC by arithmetic alone.
        let number = now.0.div_euclid(SECONDS_PER_DAY * 1_000_000);
        QuotaDay { number, ends_at: Timestamp(0).plus_seconds((number + 1).saturating_mul(SECONDS_PER_DAY)) }
    })
}

fn in_zone(now: Timestamp, zone: &TimeZone) -> Option<QuotaDay> {
    let date = now.in_zone(zone)?.date();
    let midnight = |zone: TimeZone, date: jiff::civil::Date| {
        Some(date.to_datetime(jiff::civil::Time::midnight()).to_zoned_datetime(zone).ok()?.timestamp())
    };
    let ends_at = midnight(zone.clone(), date.checked_add(1.day()).ok()?)?.into();
    Some(QuotaDay { number: midnight(TimeZone::UTC, date)?.as_second().div_euclid(SECONDS_PER_DAY), ends_at })
}

/// The refusal of an amount above a quota.
#[must_use]
pub fn exceeded(quota: Quota, limit: i64, day: QuotaDay) -> Refusal {
    let (en, zh) = words(quota);
    let again = day.ends_at.to_rfc3339();
    Refusal::new(RefusalCode::QuotaExceeded).with("quota", quota).with("limit", limit).with("retryAt", &again).because(
        &format!("at most {limit} {en} per person and day; the next day begins at {again}"),
        &format!("每人每天最多 {limit} {zh}；新的一天从 {again} 开始"),
    )
}

/// What a quota counts, in English and Chinese.
const fn words(quota: Quota) -> (&'static str, &'static str) {
    match quota {
        Quota::Photos => ("photos in this project", "张照片（本项目）"),
        Quota::PhotoBytes => ("bytes of photos in this project", "字节照片数据（本项目）"),
        Quota::Comments => ("comments in this project", "条评论（本项目）"),
        Quota::Defects => ("defects in this project", "条问题（本项目）"),
        Quota::KeptOperations => ("operations that could not be done are kept", "项未能执行的操作可被保留"),
        Quota::KeptBytes => ("bytes of operations that could not be done are kept", "字节未能执行的操作内容可被保留"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::Language;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).expect("valid")
    }

    #[test]
    fn a_day_ends_at_midnight_of_the_time_zone() {
        let shanghai = TimeZone::get("Asia/Shanghai").expect("bundled");
        let late = day_of(at("2026-03-02T23:59:59+08:00"), &shanghai);
        let early = day_of(at("2026-03-03T00:00:00+08:00"), &shanghai);
        assert_eq!(late.ends_at, at("2026-03-03T00:00:00+08:00"));
        assert_eq!(early.number, late.number + 1);
        assert_eq!(day_of(at("2026-03-02T00:00:00+08:00"), &shanghai).number, late.number);
    }

    #[test]
    fn a_day_without_midnight_and_a_time_outside_the_calendar_have_a_day_all_the_same() {
        let sao_paulo = TimeZone::get("America/Sao_Paulo").expect("bundled");
        // The clock jumped from 24:00 to 1:00 on 4 November 2018.
        let day = day_of(at("2018-11-03T12:00:00-03:00"), &sao_paulo);
        assert_eq!(day.ends_at, at("2018-11-04T03:00:00Z"));
        let last = day_of(Timestamp(i64::MAX), &sao_paulo);
        assert!(last.number > day.number && last.ends_at.0 > 0);
    }

    #[test]
    fn the_refusal_says_what_how_much_and_when_again_in_both_languages() {
        let day = day_of(at("2026-03-02T08:00:00+08:00"), &TimeZone::UTC);
        let refusal = exceeded(Quota::Comments, 3_000, day);
        for language in [Language::En, Language::Zh] {
            let message = refusal.message(language);
            assert!(message.contains("3000") && message.contains("2026-03-03T00:00:00.000Z"), "{message}");
            assert!(!message.contains('{'), "{message}");
        }
    }
}
