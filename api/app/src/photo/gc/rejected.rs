//! Photos that an older reader rejected: judged anew, once.

use domain::id::PhotoId;
use imaging::READER_VERSION;

use super::error::{GcError, GcReport};
use crate::App;
use crate::jobs::JobError;
use crate::photo::render::renditions::process_original;

/// Photos read from the database at once.
const PAGE: u64 = 100;
/// Photos judged in one garbage collection: each is a read of some megabytes.
const MOST: u64 = 2_000;

pub(super) async fn process_rejected_again(app: &App, report: &mut GcReport) -> Result<(), GcError> {
    let mut after = PhotoId::nil();
    let mut judged = 0;
    while judged < MOST {
        let page = store::photos::rejected_after(app.db.read(), READER_VERSION, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for photo in page {
            judged += 1;
            match process_original(app, &photo).await {
                Ok(is_usable) => report.photos_rescued += u64::from(is_usable),
                Err(JobError::DependencyDown(reason)) => return Err(GcError::DependencyDown(reason)),
                // The bytes are lost: it stays rejected, and is not looked at again.
                Err(error) => {
                    tracing::warn!(photo = %photo.id, %error, "a rejected photo cannot be judged anew");
                    app.db
                        .write(async |tx| store::photos::set_reader_version(tx, photo.id, READER_VERSION).await)
                        .await?;
                }
            }
        }
    }
    Ok(())
}
