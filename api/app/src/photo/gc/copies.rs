//! Copies without metadata of photos that were ready before there were such copies.

use domain::id::PhotoId;

use super::error::{GcError, GcReport};
use crate::App;
use crate::jobs::JobError;
use crate::photo::render::stripped;

/// Photos read from the database at once.
const PAGE: u64 = 100;
/// Copies made in one garbage collection: each is a read and a write of some megabytes.
const MOST: u64 = 2_000;

pub(super) async fn make_missing_copies(app: &App, report: &mut GcReport) -> Result<(), GcError> {
    let mut after = PhotoId::nil();
    while report.copies_made < MOST {
        let page = store::photos::unstripped_after(app.db.read(), after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        for (photo_id, original) in page {
            let Some(original) = original else { continue };
            match stripped::make_stripped_copy(app, &original).await {
                Ok(key) => {
                    app.db.write(async |tx| store::photos::set_stripped_key(tx, &original, &key).await).await?;
                    report.copies_made += 1;
                }
                Err(JobError::DependencyDown(reason)) => return Err(GcError::DependencyDown(reason)),
                // An original that is lost or damaged: `photos verify` tells, and other photos do not wait for it.
                Err(error) => tracing::warn!(%photo_id, %error, "a photo has no copy without metadata"),
            }
        }
    }
    Ok(())
}
