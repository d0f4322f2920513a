//! Stay signed in: a refresh token is good once.

use domain::{Refusal, RefusalCode};

use super::tokens::{Session, hash, renew};
use crate::App;
use crate::error::Result;

/// Changes a refresh token for new tokens. A token that was changed before is in two hands: the session ends.
///
/// # Errors
/// `SESSION_EXPIRED`.
pub async fn refresh(app: &App, refresh_token: &str) -> Result<Session> {
    let expired = || Refusal::new(RefusalCode::SessionExpired);
    let now = app.clock.now();
    let given = hash(refresh_token);
    let tx = app.db.begin().await?;
    let mut row = store::sessions::by_refresh(&tx, &given).await?.ok_or_else(expired)?;
    if row.refresh_hash != given {
        row.revoked_at = row.revoked_at.or(Some(now.0));
        store::sessions::save(&tx, row).await?;
        tx.commit().await?;
        app.callers.forget();
        return Err(expired().into());
    }
    if row.revoked_at.is_some() || row.refresh_expires_at <= now.0 {
        return Err(expired().into());
    }
    row.previous_refresh_hash = Some(given);
    let session = renew(&mut row, now)?;
    store::sessions::save(&tx, row).await?;
    tx.commit().await?;
    Ok(session)
}
