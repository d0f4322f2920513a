//! The sender: takes messages as long as there are any, several at once on each channel, sleeps until woken, and stops
//! in order.

use std::sync::Arc;
use std::time::Duration;

use domain::message::MessageChannel;
use store::boxed;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::send::{LeasedMessage, expire_and_release, lease_next};
use crate::App;

/// Messages of other processes and later ones do not wake the sender, so it polls.
const LOOK: Duration = Duration::from_secs(3);
/// How long messages that are being sent may take to come to their end when the sender stops. What takes longer is
/// settled after the next start.
const GRACE: Duration = Duration::from_secs(20);

/// A running sender. Dropping it takes no more messages; see [`MessageSender::stop`].
#[derive(Debug)]
pub struct MessageSender {
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl MessageSender {
    /// Starts to send messages over every channel that the server has.
    #[must_use]
    pub fn start(app: App) -> Self {
        let sender = Self { stop: CancellationToken::new(), tasks: TaskTracker::new() };
        for channel in app.channels.offered() {
            sender.tasks.spawn(run(app.clone(), channel, sender.stop.clone(), sender.tasks.clone()));
        }
        sender
    }

    /// Takes no more messages, and waits for those that are being sent.
    #[boxed]
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(GRACE, self.tasks.wait()).await.is_err() {
            tracing::warn!(messages = self.tasks.len(), "messages were broken off while they were sent");
        }
    }
}

impl Drop for MessageSender {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Stops between messages only: aborted while it leases one, it would leave that one leased and not sent.
async fn run(app: App, channel: MessageChannel, stop: CancellationToken, tasks: TaskTracker) {
    let permits = Arc::new(Semaphore::new(app.channels.connections(channel).max(1)));
    let mut notified = app.message_notifier.subscribe();
    let mut tidied: Option<Instant> = None;
    loop {
        let permit = tokio::select! {
            () = stop.cancelled() => return,
            permit = permits.clone().acquire_owned() => permit,
        };
        if tidied.is_none_or(|at| at.elapsed() >= LOOK) {
            tidied = Some(Instant::now());
            if let Err(error) = expire_and_release(&app).await {
                tracing::error!(error = error.chain(), "the outbox could not be tidied");
            }
        }
        notified.mark_unchanged();
        match lease_next(&app, channel).await {
            Ok(Some(leased)) => {
                let app = app.clone();
                tasks.spawn(async move {
                    send(&app, leased).await;
                    drop(permit);
                });
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(error = error.chain(), "no message could be leased"),
        }
        drop(permit);
        tokio::select! {
            () = stop.cancelled() => return,
            // The notifier lives as long as the app.
            _ = notified.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

async fn send(app: &App, leased: LeasedMessage) {
    if let Err(error) = leased.send(app).await {
        tracing::error!(error = error.chain(), "the outcome of a message could not be stored");
    }
}
