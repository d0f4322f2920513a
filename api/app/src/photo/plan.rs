//! Floor plans: links to their pictures.

use blob_store::Caching;
use store::entity::unit_type_plans;

use crate::App;

/// A link to the picture of a plan that the caller has been shown; none for a plan without a picture.
#[must_use]
pub fn url(app: &App, plan: &unit_type_plans::Model) -> Option<String> {
    let key = plan.object_key.as_deref()?;
    Some(app.objects.presign_get(key, Caching::Own, Some(plan.content_type.as_str())))
}
