//! Measures whether a peer keeps a pace.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use crate::limits::Pace;

/// Watches a peer that is waited for.
#[derive(Debug)]
pub(crate) struct Meter {
    account: Account,
    alarm: Option<Pin<Box<Sleep>>>,
}

/// The remaining time of waiting for the peer: waiting reduces it, each transferred byte increases it.
#[derive(Debug)]
struct Account {
    pace: Pace,
    left: Duration,
    waiting_since: Option<Instant>,
}

impl Account {
    fn moved(&mut self, bytes: usize, now: Instant) {
        if let Some(since) = self.waiting_since.take() {
            self.left = self.left.saturating_sub(now.saturating_duration_since(since));
        }
        let gained = Duration::from_secs_f64(bytes as f64 / f64::from(self.pace.bytes_per_second.max(1)));
        self.left = (self.left + gained).min(self.pace.grace);
    }

    /// The moment at which the waiting time is used up.
    fn due(&self) -> Option<Instant> {
        Some(self.waiting_since? + self.left)
    }
}

impl Meter {
    pub(crate) fn new(pace: Pace) -> Self {
        Self { account: Account { pace, left: pace.grace, waiting_since: None }, alarm: None }
    }

    /// The peer has transferred so many bytes and is not waited for any more.
    pub(crate) fn moved(&mut self, bytes: usize) {
        self.account.moved(bytes, Instant::now());
    }

    /// The peer is waited for from now on, if it was not before.
    pub(crate) fn wait(&mut self) {
        self.account.waiting_since.get_or_insert_with(Instant::now);
    }

    /// Ready when the waiting time is used up.
    pub(crate) fn poll_too_slow(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(due) = self.account.due() else {
            return Poll::Pending;
        };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if alarm.deadline() != due {
            alarm.as_mut().reset(due);
        }
        alarm.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { grace: Duration::from_secs(10), bytes_per_second: 100 };

    /// Whether a peer is too slow: the bytes of one transfer, the seconds before each, and the number of transfers.
    fn is_too_slow(bytes: usize, seconds: u64, times: u32) -> bool {
        let mut account = Account { pace: PACE, left: PACE.grace, waiting_since: None };
        let mut now = Instant::now();
        (0..times).any(|_| {
            account.waiting_since = Some(now);
            now += Duration::from_secs(seconds);
            let is_due = account.due().is_some_and(|due| due <= now);
            account.moved(bytes, now);
            is_due
        })
    }

    #[test]
    fn average_rate_counts_and_pauses_within_the_grace_do_not() {
        assert!(is_too_slow(1, 1, 20), "a byte a second");
        assert!(is_too_slow(0, 10, 1), "silence");
        assert!(!is_too_slow(100, 1, 1_000), "exactly the rate");
        assert!(!is_too_slow(1_000, 9, 1_000), "bursts after pauses");
        assert!(is_too_slow(500, 9, 1_000), "bursts that are too small for their pauses");
    }
}
