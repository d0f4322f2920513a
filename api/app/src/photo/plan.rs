//! Floor plans: links to their pictures.

use std::time::Duration;

use store::entity::unit_type_plans;

use crate::App;

/// How long a link to a plan is good for, at least.
const LINK_LIFE: Duration = Duration::from_secs(10 * 60);

/// A link to the picture of a plan that the caller has been shown; none for a plan without a picture.
#[must_use]
pub fn url(app: &App, plan: &unit_type_plans::Model) -> Option<String> {
    let key = plan.object_key.as_deref()?;
    Some(app.objects.presign_get(key, LINK_LIFE, Some(&plan.content_type)))
}
