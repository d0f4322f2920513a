//! Sending one message: it is leased, handed to its channel, and its outcome is stored. A worker that dies in between
//! leaves a message of which nobody knows whether it was sent.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::Timestamp;
use domain::message::address::without_addresses;
use domain::message::{MessageChannel, MessageError, retry};
use futures::FutureExt;
use message_channels::{Outcome, Outgoing};
use store::boxed;
use store::entity::message_attempts::Model;
use store::messages::{ChannelPause, MessageLease, SendOutcome};
use tokio::time::{MissedTickBehavior, interval};

use crate::App;
use crate::error::{Error, Result};

/// The duration of a lease: after it, unrenewed, its worker is taken for dead.
const LEASE_SECONDS: i64 = 30;
/// The interval in which a worker renews its lease.
const RENEWAL: Duration = Duration::from_secs(10);
/// The pauses between tries to store an outcome, all of them shorter than a lease.
const STORE_PAUSES: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(2), Duration::from_secs(5)];
/// Most characters of a stored reason.
const REASON_LIMIT: usize = 1_000;

/// A message that is leased to this worker.
#[derive(Debug)]
pub(super) struct LeasedMessage {
    row: Model,
    lease: MessageLease,
}

/// Gives up what is late, and takes messages out of the hands of workers that have died.
pub(super) async fn expire_and_release(app: &App) -> Result<()> {
    let now = app.clock.now();
    if !store::messages::any_due(app.db.read(), now).await? {
        return Ok(());
    }
    let channels = MessageChannel::ALL.iter().map(|channel| (*channel, app.channels.is_repeatable(*channel)));
    let channels: Vec<(MessageChannel, bool)> = channels.collect();
    let (late, lost) = app
        .db
        .write(async |tx| {
            let mut lost = 0;
            for (channel, is_repeatable) in &channels {
                lost += store::messages::release_lost(tx, *channel, *is_repeatable, now).await?;
            }
            Ok::<_, store::Error>((store::messages::expire_due(tx, now).await?, lost))
        })
        .await?;
    if late > 0 {
        tracing::warn!(messages = late, "messages were given up: their time has passed");
    }
    if lost > 0 {
        tracing::warn!(messages = lost, "messages were broken off while they were sent");
    }
    Ok(())
}

/// Leases the next message of a channel, unless the channel rests.
pub(super) async fn lease_next(app: &App, channel: MessageChannel) -> Result<Option<LeasedMessage>> {
    let now = app.clock.now();
    let rests = store::messages::pauses(app.db.read()).await?;
    if rests.iter().any(|pause| pause.channel == channel && pause.paused_until > now.0) {
        return Ok(None);
    }
    if !store::messages::any_to_send(app.db.read(), channel, now).await? {
        return Ok(None);
    }
    let (until, token) = (now.plus_seconds(LEASE_SECONDS), app.ids.next());
    let row = app.db.write(async |tx| store::messages::lease_next(tx, channel, now, until, token).await).await?;
    let Some(row) = row else { return Ok(None) };
    let lease = MessageLease::of(&row).ok_or_else(|| Error::internal("a message was leased without a token"))?;
    Ok(Some(LeasedMessage { row, lease }))
}

impl LeasedMessage {
    /// Sends the message and stores what became of it.
    #[boxed]
    pub(super) async fn send(self, app: &App) -> Result<()> {
        let Some(message) = self.to_outgoing() else {
            let (error, reason) = (MessageError::BrokenOff, "the text is not there any more".to_owned());
            let outcome = SendOutcome::Failed { at: app.clock.now(), error, reason };
            return self.store_and_log(app, outcome).await;
        };
        let sent = AssertUnwindSafe(app.channels.send(&message)).catch_unwind();
        let outcome = tokio::select! {
            outcome = sent => outcome.unwrap_or_else(|_| Outcome::Unknown("the sender panicked".to_owned())),
            never = self.keep_lease(app) => match never {},
        };
        self.handle_outcome(app, outcome).await
    }

    fn to_outgoing(&self) -> Option<Outgoing> {
        let row = &self.row;
        Some(Outgoing {
            id: row.id.uuid(),
            kind: row.kind,
            channel: row.channel,
            to: row.address.clone()?,
            language: row.language,
            subject: row.subject.clone(),
            text: row.body.clone()?,
            params: row.params.clone(),
            unsubscribe_url: row.unsubscribe_url.clone(),
            written_at: Timestamp(row.created_at),
        })
    }

    /// Renews the lease. A worker that has lost it goes on: what it learns says more than nothing.
    async fn keep_lease(&self, app: &App) -> std::convert::Infallible {
        let mut ticks = interval(RENEWAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks.tick().await;
        loop {
            ticks.tick().await;
            let until = app.clock.now().plus_seconds(LEASE_SECONDS);
            match app.db.write(async |tx| store::messages::renew_lease(tx, &self.lease, until).await).await {
                Ok(true) => {}
                Ok(false) => tracing::warn!(attempt = %self.row.id, "the lease of a message was lost"),
                Err(error) => {
                    tracing::warn!(attempt = %self.row.id, %error, "the lease of a message could not be renewed");
                }
            }
        }
    }

    /// Stores what the channel said, and whether it can be reached.
    async fn handle_outcome(&self, app: &App, outcome: Outcome) -> Result<()> {
        let now = app.clock.now();
        let later = now.plus_micros(retry::pause_micros(self.row.id, self.row.tries));
        let again = |at, error, reason: &str, give_back| SendOutcome::Retry {
            at,
            error,
            reason: storable_text(reason),
            give_back,
        };
        let stored = match &outcome {
            Outcome::Accepted { provider_id, answer } => SendOutcome::Sent {
                at: now,
                provider_id: provider_id.clone(),
                answer: answer.as_deref().map(storable_text),
            },
            Outcome::Deferred(reason) => again(later, MessageError::Deferred, reason, false),
            Outcome::Refused(reason) => {
                SendOutcome::Failed { at: now, error: MessageError::Refused, reason: storable_text(reason) }
            }
            // The channel rests, so the message is due as before.
            Outcome::Outage(reason) => again(Timestamp(self.row.run_at), MessageError::Outage, reason, true),
            Outcome::Unknown(reason) if app.channels.is_repeatable(self.row.channel) => {
                again(later, MessageError::BrokenOff, reason, false)
            }
            Outcome::Unknown(reason) => SendOutcome::Unknown { reason: storable_text(reason) },
        };
        self.store_and_log(app, stored).await?;
        self.note_channel(app, &outcome, now).await
    }

    async fn store_and_log(&self, app: &App, outcome: SendOutcome) -> Result<()> {
        let (attempt, kind, channel, tries) = (self.row.id, self.row.kind, self.row.channel, self.row.tries);
        // No word of the receiver: it may name the address.
        let (state, error) = match &outcome {
            SendOutcome::Sent { .. } => ("SENT", None),
            SendOutcome::Retry { error, .. } => ("QUEUED", Some(*error)),
            SendOutcome::Failed { error, .. } => ("FAILED", Some(*error)),
            SendOutcome::Unknown { .. } => ("UNKNOWN", Some(MessageError::BrokenOff)),
        };
        let held = self.store_outcome(app, &outcome).await?;
        match error {
            None => tracing::info!(%attempt, %kind, %channel, tries, state, "message"),
            Some(error) => tracing::warn!(%attempt, %kind, %channel, tries, state, %error, "message"),
        }
        if !held {
            tracing::info!(%attempt, "the message was settled by another worker or a receipt meanwhile");
        }
        Ok(())
    }

    /// Tries a few times: an e-mail that was sent should not be in doubt because the database was busy for a moment.
    async fn store_outcome(&self, app: &App, outcome: &SendOutcome) -> Result<bool> {
        for pause in STORE_PAUSES {
            match self.store_once(app, outcome).await {
                Ok(held) => return Ok(held),
                Err(error) => {
                    tracing::warn!(attempt = %self.row.id, %error, "the outcome of a message is not stored yet")
                }
            }
            tokio::time::sleep(pause).await;
        }
        Ok(self.store_once(app, outcome).await?)
    }

    async fn store_once(&self, app: &App, outcome: &SendOutcome) -> Result<bool, store::Error> {
        app.db.write(async |tx| store::messages::store_outcome(tx, &self.lease, outcome.clone()).await).await
    }

    /// Lets a channel rest that cannot be reached, and notes that one is reached again.
    async fn note_channel(&self, app: &App, outcome: &Outcome, now: Timestamp) -> Result<()> {
        let channel = self.row.channel;
        let pauses = store::messages::pauses(app.db.read()).await?;
        let before = pauses.into_iter().find(|pause| pause.channel == channel);
        match outcome {
            Outcome::Outage(reason) => {
                let (outages, since) =
                    before.map_or((1, now.0), |pause| (pause.outages.saturating_add(1), pause.since));
                let paused_until = now.plus_seconds(retry::outage_seconds(outages)).0;
                let error_text = Some(storable_text(reason));
                let row = ChannelPause { channel, outages, paused_until, since, error_text };
                if app.db.write(async |tx| store::messages::pause(tx, row.clone(), now).await).await? {
                    tracing::warn!(%channel, outages, "a channel of messages cannot be reached");
                }
            }
            Outcome::Accepted { .. } | Outcome::Refused(_) | Outcome::Deferred(_) if before.is_some() => {
                if app.db.write(async |tx| store::messages::resume(tx, channel).await).await? {
                    tracing::info!(%channel, "a channel of messages is reached again");
                }
            }
            Outcome::Accepted { .. } | Outcome::Refused(_) | Outcome::Deferred(_) | Outcome::Unknown(_) => {}
        }
        Ok(())
    }
}

/// What a receiver said, without addresses: the row outlives them.
fn storable_text(text: &str) -> String {
    let text: String = text.chars().take(REASON_LIMIT).collect();
    without_addresses(&text)
}

/// Sends every message that is due now, one after the other, and returns how many tries there were.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn send_due(app: &App) -> Result<usize> {
    expire_and_release(app).await?;
    let mut tries = 0;
    for channel in app.channels.offered() {
        while let Some(leased) = lease_next(app, channel).await? {
            leased.send(app).await?;
            tries += 1;
        }
    }
    Ok(tries)
}
