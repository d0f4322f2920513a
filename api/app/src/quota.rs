//! Daily quotas: counted in the write transaction of what they count, in this place alone.
//!
//! The counter of a person and day is locked until the commit. It is the last lock that a use case takes before the
//! commit, so that two of them never wait for each other.

use domain::Actor;
use domain::quota::{DailyQuota, Quota, QuotaDay, day_of, exceeded};
use jiff::tz::TimeZone;
use store::quotas::QuotaKey;
use uuid::Uuid;

use crate::error::Result;
use crate::project::rules::ProjectRules;
use crate::work::Work;

impl Work {
    /// Counts what the actor adds to the project. A repeated create is answered before and never counted again.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED`, or a fault of ours.
    pub(crate) async fn charge(&self, rules: &ProjectRules, actor: &Actor, amounts: &[(Quota, i64)]) -> Result<()> {
        let limits = rules.policy.quota_of(actor.role());
        let day = day_of(self.now, &rules.zone);
        let key = QuotaKey { project_id: actor.project_id, person_id: actor.person_id, day: day.number };
        self.count(key, day, &limits, amounts).await
    }

    /// Counts an operation of the person that is kept although it was not done, with the bytes that are kept of it. Its
    /// project may be unknown, so days are those of UTC.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED`, or a fault of ours.
    pub(crate) async fn charge_kept(&self, bytes: usize) -> Result<()> {
        let day = day_of(self.now, &TimeZone::UTC);
        let person_id = self.person_id().unwrap_or_default();
        let key = QuotaKey { project_id: Uuid::nil(), person_id, day: day.number };
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let amounts = [(Quota::KeptOperations, 1), (Quota::KeptBytes, bytes)];
        self.count(key, day, &DailyQuota::STAFF, &amounts).await
    }

    async fn count(&self, key: QuotaKey, day: QuotaDay, limits: &DailyQuota, amounts: &[(Quota, i64)]) -> Result<()> {
        for (quota, amount) in amounts {
            let limit = limits.limit(*quota);
            if !store::quotas::take(&self.tx, key, *quota, *amount, limit).await? {
                return Err(exceeded(*quota, limit, day).into());
            }
        }
        Ok(())
    }
}
