//! One synchronisation, which an app runs when it gets a signal, each minute while it has one, and when the person
//! requests it.

use serde_json::{Value, json};

use super::Tablet;
use super::documents::REPORT;
use super::error::TabletError;
use super::local::Waiting;
use super::pull::Pulled;
use super::push::Pushed;
use super::wire::Wire;

/// The maximum number of units in a report.
const MOST_UNITS: usize = 500;

/// The result of a synchronisation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// The result of the push.
    pub pushed: Pushed,
    /// The result of the pull.
    pub pulled: Pulled,
    /// The number of photos that the server has accepted.
    pub photos: usize,
}

impl<W: Wire> Tablet<W> {
    /// Pushes first, so that the pulled changes contain the own work. Photos follow, because they are large and other
    /// people's changes must not wait for them. The report of the pending work is last.
    ///
    /// # Errors
    /// The failure. All earlier steps are stored.
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

    /// Reports the pending work on this device, also when there is none, because only then the server can show the
    /// device as synced.
    ///
    /// # Errors
    /// The failure.
    pub async fn report(&self) -> Result<Value, TabletError> {
        let mut waiting = self.local.waiting(self.project_id).await?;
        // Work without a unit blocks no unit.
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
