//! Counting in the write transaction, for those that have no unit of work.

use domain::Timestamp;
use domain::id::{PersonId, ProjectId};
use domain::quota::{DailyQuota, Quota, QuotaDay, day_of, exceeded};
use jiff::tz::TimeZone;
use store::db::WriteTx;
use store::quotas::QuotaKey;

use crate::error::Result;

/// Counts an operation of the person that is kept although it was not done, with the bytes that are kept of it. Its
/// project may be unknown, so days are those of UTC.
///
/// # Errors
/// `QUOTA_EXCEEDED`, or an internal error.
pub(crate) async fn charge_kept(tx: &WriteTx, person_id: PersonId, now: Timestamp, bytes: usize) -> Result<()> {
    let day = day_of(now, &TimeZone::UTC);
    let key = QuotaKey { project_id: ProjectId::nil(), person_id, day: day.number };
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let amounts = [(Quota::KeptOperations, 1), (Quota::KeptBytes, bytes)];
    count(tx, (key, day), &DailyQuota::STAFF, &amounts).await
}

/// Counts, up to the limits.
///
/// # Errors
/// `QUOTA_EXCEEDED`, or an internal error.
pub(super) async fn count(
    tx: &WriteTx,
    (key, day): (QuotaKey, QuotaDay),
    limits: &DailyQuota,
    amounts: &[(Quota, i64)],
) -> Result<()> {
    for (quota, amount) in amounts {
        let limit = limits.limit(*quota);
        if !store::quotas::consume(tx, key, *quota, *amount, limit).await? {
            return Err(exceeded(*quota, limit, day).into());
        }
    }
    Ok(())
}
