//! A new password ends what the old one had opened.

use domain::Timestamp;
use store::db::WriteTx;
use uuid::Uuid;

use crate::error::Result;

/// Sets a person's password, ends all sessions of the person but one, and revokes the open reset links; answers how many
/// sessions ended. After the commit the caller of this function forgets the remembered callers.
pub(super) async fn set_password(
    tx: &WriteTx,
    person_id: Uuid,
    hash: &str,
    kept_session: Option<Uuid>,
    now: Timestamp,
) -> Result<u64> {
    store::passwords::set(tx, person_id, hash).await?;
    store::one_time_links::revoke_resets_of(tx, person_id, None, now).await?;
    Ok(store::passwords::revoke_all_of(tx, person_id, kept_session, now.0).await?)
}
