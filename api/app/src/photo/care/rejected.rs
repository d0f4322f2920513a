//! Photos that an older reader rejected: judged anew, once.

use imaging::READER_VERSION;
use uuid::Uuid;

use super::error::{CareError, Cleaned};
use crate::App;
use crate::jobs::JobError;
use crate::photo::render::job::judge;

/// Photos read from the database at once.
const PAGE: u64 = 100;
/// Photos judged in one round of care: each is a read of some megabytes.
const MOST: u64 = 2_000;

pub(super) async fn judge_anew(app: &App, cleaned: &mut Cleaned) -> Result<(), CareError> {
    let mut after = Uuid::nil();
    let mut judged = 0;
    while judged < MOST {
        let page = store::photos::rejected_after(app.db.read(), READER_VERSION, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for photo in page {
            judged += 1;
            match judge(app, &photo).await {
                Ok(is_usable) => cleaned.photos_rescued += u64::from(is_usable),
                Err(JobError::Outage(reason)) => return Err(CareError::Outage(reason)),
                // The bytes are lost: it stays rejected, and is not looked at again.
                Err(error) => {
                    tracing::warn!(photo = %photo.id, %error, "a rejected photo cannot be judged anew");
                    app.db.write(async |tx| store::photos::judged(tx, photo.id, READER_VERSION).await).await?;
                }
            }
        }
    }
    Ok(())
}
