//! The end of an access token.

use std::time::Duration;
use store::boxed;

use domain::Timestamp;

use crate::App;
use crate::session::hash;

/// Completes when the access token ends: it expired, or its session was revoked or renewed. A change by another process
/// is found by the next poll.
#[boxed]
pub async fn session_ended(app: App, access_token: String) {
    let key = hash(&access_token);
    let mut good = app.live.0.tokens.watch(key.clone(), true);
    let until = match store::sessions::live(app.db.read(), &key, app.clock.now().0).await {
        Ok(Some(session)) => Some(Timestamp(session.access_expires_at)),
        Ok(None) => return,
        // The next poll finds the end.
        Err(error) => {
            tracing::warn!(%error, "the end of an access token is not known yet");
            None
        }
    };
    while *good.value.borrow_and_update() {
        let over = async {
            match until {
                Some(until) => tokio::time::sleep(left(until, app.clock.now())).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => if until.is_some_and(|until| until <= app.clock.now()) { return },
            _ = good.value.changed() => {}
        }
    }
}

/// A little more, so that it is surely over.
fn left(until: Timestamp, now: Timestamp) -> Duration {
    let micros = until.0.saturating_sub(now.0).max(0);
    Duration::from_micros(micros.unsigned_abs()) + Duration::from_millis(1)
}
