//! Wakes the sender of this process.

use std::sync::Arc;

use tokio::sync::watch;

/// Notifies the sender of this process of new messages.
#[derive(Debug, Clone)]
pub struct MessageNotifier(Arc<watch::Sender<u64>>);

impl Default for MessageNotifier {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl MessageNotifier {
    /// Wakes the sender, or keeps it from sleeping.
    pub fn notify(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// What tells one worker of notifications; none between two looks is missed.
    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}
