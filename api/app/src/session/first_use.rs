//! The first use of a session's newest access token: the sign that the answer with the new tokens has arrived.

use std::net::IpAddr;

use store::entity::sessions;

use crate::App;
use crate::error::Result;

/// Notes the first use: the previous refresh token is not answered again, the list of sessions shows the time and the
/// address, and the notices of the sign-in's answer count as delivered.
///
/// Runs in a task of its own, because a client that hangs up drops the request, and a transaction may not be dropped in
/// its middle. A fault is logged and refuses no request: then the next use is noted instead.
pub(super) async fn note_first_use(app: &App, session: &sessions::Model, address: IpAddr) {
    let (app, session) = (app.clone(), session.clone());
    let task = tokio::spawn(async move {
        if let Err(error) = write(&app, &session, address).await {
            tracing::error!(error = %error.chain(), "the first use of an access token was not noted");
        }
    });
    if let Err(error) = task.await {
        tracing::error!(%error, "the first use of an access token was not noted");
    }
}

async fn write(app: &App, session: &sessions::Model, address: IpAddr) -> Result<()> {
    let (now, address) = (app.clock.now().0, address.to_canonical().to_string());
    app.db
        .write(async |tx| {
            let first =
                store::session_families::note_first_use(tx, session.id, &session.access_hash, now, &address).await?;
            // A sign-in by an owner's link is told nothing of other sessions.
            if first && session.generation == Some(0) && session.unit_id.is_none() {
                store::session_ends::note_announced(tx, session.person_id, session.created_at, now).await?;
            }
            Ok(())
        })
        .await
}
