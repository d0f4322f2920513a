//! The check before a submission, a signature and a review: all announced work of the unit has arrived.

use domain::id::{ProjectId, UnitId};
use domain::{Party, Policy, Refusal, RefusalCode};

use super::device::{Device, Unsynced};
use crate::error::Result;
use crate::operation::OperationContext;
use crate::unit_of_work::UnitOfWork;

impl UnitOfWork {
    /// Asks, where the policy requires it, that no device holds anything of the unit and that every photo which was
    /// declared for the unit has arrived, also a photo that names no device and one of a device that never reported.
    /// Of the device that does the command only the photos are waited for, because its announced operations come first.
    ///
    /// # Errors
    /// `DEVICES_NOT_SYNCED`, which names the devices to staff and their number to owners, or an internal error.
    pub(crate) async fn check_synced(&self, policy: &Policy, project_id: ProjectId, unit_id: UnitId) -> Result<()> {
        if !policy.require_synced_devices {
            return Ok(());
        }
        let own = self.operation.as_ref().map(OperationContext::device_id);
        let unsynced = Unsynced::of_unit(&self.tx, project_id, unit_id, own).await?;
        if unsynced.is_empty() {
            return Ok(());
        }
        let by_staff = self.actor().is_some_and(|actor| actor.party() != Party::Customer);
        Err(refusal(&unsynced, by_staff).into())
    }
}

/// Owners read the number of devices only, because the names of tablets are often names of people.
fn refusal(unsynced: &Unsynced, by_staff: bool) -> Refusal {
    let unheard: Vec<String> =
        unsynced.unheard.iter().filter_map(|one| one.device_id).map(|device_id| device_id.to_string()).collect();
    let names: Vec<String> = if by_staff {
        unsynced.devices.iter().map(Device::shown_to_staff).chain(unheard).collect()
    } else {
        let count = unsynced.devices.len() + unheard.len();
        (count > 0).then(|| count.to_string()).into_iter().collect()
    };
    let (mut en, mut zh) = (names.join(", "), names.join("、"));
    let count = unsynced.without_device;
    if count > 0 {
        let comma = |text: &str, sign: &'static str| if text.is_empty() { "" } else { sign };
        en = format!("{en}{}{count} missing photos of unknown devices", comma(&en, ", "));
        zh = format!("{zh}{}来源设备未知的缺失照片 {count} 张", comma(&zh, "、"));
    }
    Refusal::new(RefusalCode::DevicesNotSynced).because(&en, &zh)
}
