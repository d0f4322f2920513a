//! Hashes of passwords are made anew when their parameters have risen: at a sign-in, the only time the password is
//! there.

use store::entity::people;

use crate::error::Result;
use crate::{App, password};

/// Replaces the hash of a person who has just signed in with this password, if it was made with other parameters than
/// new hashes are. A failure is logged and does not hold up the sign-in.
pub(super) async fn rehash(app: &App, person: &people::Model, given: &str) {
    let Some(old) = person.password_hash.as_deref().filter(|hash| password::is_outdated(hash)) else { return };
    match replace(app, person, given, old).await {
        Ok(()) => tracing::info!(person = %person.id, "password hashed anew with the current parameters"),
        Err(error) => tracing::warn!(person = %person.id, error = error.chain(), "the password was not hashed anew"),
    }
}

async fn replace(app: &App, person: &people::Model, given: &str, old: &str) -> Result<()> {
    let new = password::hash(given.to_owned()).await?;
    let tx = app.db.begin().await?;
    store::passwords::replace_hash(&tx, person.id, old, &new).await?;
    Ok(tx.commit().await?)
}
