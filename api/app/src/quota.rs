//! Daily quotas: counted here alone, in the write transaction of the counted objects.
//!
//! The counter of a person and day is locked until the commit. It is the last lock that a use case takes before the
//! commit, so that two of them never wait for each other.

mod count;

use domain::Actor;
use domain::quota::{Quota, day_of};
use store::quotas::QuotaKey;

pub(crate) use count::charge_kept;

use crate::error::Result;
use crate::project::rules::ProjectRules;
use crate::unit_of_work::UnitOfWork;

impl UnitOfWork {
    /// Counts the actor's additions to the project. A repeated create is answered before and never counted again.
    ///
    /// # Errors
    /// `QUOTA_EXCEEDED`, or an internal error.
    pub(crate) async fn charge(&self, rules: &ProjectRules, actor: &Actor, amounts: &[(Quota, i64)]) -> Result<()> {
        let limits = rules.policy.quota_of(actor.role());
        let day = day_of(self.now, &rules.zone);
        let key = QuotaKey { project_id: actor.project_id, person_id: actor.person_id, day: day.number };
        count::count(&self.tx, (key, day), &limits, amounts).await
    }
}
