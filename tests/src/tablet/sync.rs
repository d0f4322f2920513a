//! One synchronisation: what an app does when it has a signal, each minute while it has one, and when the person asks.

use serde_json::{Value, json};

use super::Tablet;
use super::documents::REPORT;
use super::error::TabletError;
use super::local::Waiting;
use super::pull::Pulled;
use super::push::Pushed;
use super::wire::Wire;

/// The server takes no more units in a report.
const MOST_UNITS: usize = 500;

/// What a synchronisation has brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// What went up.
    pub pushed: Pushed,
    /// What came down.
    pub pulled: Pulled,
    /// Photos that the server has taken.
    pub photos: usize,
}

impl<W: Wire> Tablet<W> {
    /// Up first, so that what comes down shows the own work done; photos behind it, for they are large, and what other
    /// people did must not wait for them; at last the report of what still waits here.
    ///
    /// # Errors
    /// What stood in the way. Everything done by then is stored.
    pub async fn sync(&self) -> Result<Synced, TabletError> {
        let mut pushed = self.push().await?;
        let mut pulled = self.pull().await?;
        if pulled.offered_again > 0 {
            let again = self.push().await?;
            pushed = Pushed { answered: pushed.answered + again.answered, later: again.later };
            pulled = Pulled { offered_again: pulled.offered_again, ..self.pull().await? };
        }
        if !pulled.no_standing {
            self.look_after_parked().await?;
        }
        let photos = self.send_photos().await;
        if !pulled.no_standing {
            self.report().await?;
        }
        Ok(Synced { pushed, pulled, photos: photos? })
    }

    /// Says what still waits on this device, also when that is nothing: only then the server can say that it is synced.
    ///
    /// # Errors
    /// What stood in the way.
    pub async fn report(&self) -> Result<Value, TabletError> {
        let mut waiting = self.local.waiting(self.project_id).await?;
        // What is of no unit holds up no unit.
        waiting.retain(|one| one.unit_id.is_some());
        waiting.truncate(MOST_UNITS);
        let cursor = self.local.shown_cursor(self.session.person_id(), self.project_id).await?;
        let input = json!({
            "deviceId": self.local.device_id(), "deviceName": self.local.device_name(), "projectId": self.project_id,
            "cursor": cursor, "waiting": waiting.iter().map(Waiting::as_sent).collect::<Vec<_>>(),
        });
        let data = self.retry_policy.retry(|| self.session.ask(REPORT, json!({ "input": input }))).await?;
        Ok(data["deviceReport"].clone())
    }
}
