//! What people hear of the events of a unit of work, in the same transaction.

use domain::object_kind::ObjectKind;

use super::UnitOfWork;
use crate::error::Result;
use crate::inbox::notify::write_entries;

impl UnitOfWork {
    /// Writes the entries of everybody who hears of the events, and marks them as changed.
    pub(super) async fn write_inbox_entries(&mut self) -> Result<()> {
        let Some(project_id) = self.project_id else { return Ok(()) };
        let mut written = Vec::new();
        for event in &self.events {
            written.extend(write_entries(self, project_id, event).await?);
        }
        for id in written {
            self.mark_changed(ObjectKind::InboxEntry, id, None);
        }
        Ok(())
    }
}
