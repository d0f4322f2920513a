//! The queue before the check of a password: one at a time, bounded, and fair.
//!
//! A check costs some 20 ms of a core and 19 MiB of memory, and any client may ask for one. Therefore one check runs at
//! a time, and no more wait than two seconds of work in each of two lanes: one for devices that have signed in before,
//! one for all others. The lanes take turns. Within a lane networks take turns (/24 of IPv4, /56 of IPv6), within a
//! network addresses, and the requests of an address stand in line. When a lane is full, a request of a network with
//! little in it takes the place of the newest request of the network with the most; otherwise it is refused at once. A
//! request leaves the queue when its client hangs up.

mod lane;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::boxed;

use tokio::sync::oneshot;

use super::client::Client;
use crate::error::{Error, Result};
use lane::{Lane, Ticket};

/// Work that may wait in one lane.
const LANE_BUDGET: Duration = Duration::from_secs(2);
/// The assumed time of a check until one was measured.
const FIRST_GUESS: Duration = Duration::from_millis(20);
/// A check that takes longer has been held up by something else, a slow database say.
const LONGEST_MEASURED: Duration = Duration::from_millis(250);
/// However quick or slow the checks are, so many may wait in a lane: a site that signs in together must not be refused
/// because a machine was busy for a moment.
const FEWEST_WAITING: usize = 10;
const MOST_WAITING: usize = 200;

/// In which lane a sign-in waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// The device has signed in before as this person.
    KnownDevice,
    /// Every other sign-in.
    Stranger,
}

/// How much the queue has done, for those who watch it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HashQueueStats {
    /// Checks that were let through.
    pub admitted: u64,
    /// The most that ran at the same time.
    pub most_at_once: u64,
    /// Requests that were refused because their lane was full.
    pub refused: u64,
    /// Requests that left because their client hung up.
    pub abandoned: u64,
    /// The most that waited at the same time.
    pub most_waiting: usize,
}

/// The queue of this process. Clones are the same.
#[derive(Clone, Default)]
pub struct HashQueue(Arc<Mutex<State>>);

struct State {
    running: u64,
    known: Lane,
    strangers: Lane,
    /// The lane that was served last.
    last: Priority,
    /// How long a check takes, as a moving average.
    average: Duration,
    tickets: u64,
    stats: HashQueueStats,
}

impl Default for State {
    fn default() -> Self {
        Self {
            running: 0,
            known: Lane::default(),
            strangers: Lane::default(),
            last: Priority::Stranger,
            average: FIRST_GUESS,
            tickets: 0,
            stats: HashQueueStats::default(),
        }
    }
}

impl HashQueue {
    /// Waits for the turn of a request.
    ///
    /// # Errors
    /// `Overloaded` when too many wait, or the client has hung up.
    #[boxed]
    pub async fn enter(&self, client: &Client, priority: Priority) -> Result<Turn> {
        let Some((id, receiver)) = self.join(client, priority)? else { return Ok(self.begin()) };
        let mut waiting = Waiting { queue: self, priority, id, left: false };
        tokio::select! {
            turn = receiver => {
                waiting.left = true;
                // Without a turn it was displaced by a request of a quieter network.
                turn.map_err(|_| self.overloaded(priority))
            }
            () = client.gone.cancelled() => {
                self.lock().stats.abandoned += 1;
                Err(Error::Overloaded(Duration::from_secs(1)))
            }
        }
    }

    /// What the queue has done so far.
    #[must_use]
    pub fn stats(&self) -> HashQueueStats {
        self.lock().stats
    }

    /// How many requests wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        let state = self.lock();
        state.known.len() + state.strangers.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No panic can leave the state half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place in the line; none is needed when nothing runs.
    fn join(&self, client: &Client, priority: Priority) -> Result<Option<(u64, oneshot::Receiver<Turn>)>> {
        let mut state = self.lock();
        if state.running == 0 {
            state.start();
            return Ok(None);
        }
        state.tickets += 1;
        let (id, limit) = (state.tickets, state.limit());
        let (go, receiver) = oneshot::channel();
        let (network, address) = (client.network(), client.single());
        let joined = state.lane(priority).push(network, address, Ticket { id, go }, limit);
        let waiting = state.known.len() + state.strangers.len();
        state.stats.most_waiting = state.stats.most_waiting.max(waiting);
        if !joined {
            drop(state);
            return Err(self.overloaded(priority));
        }
        Ok(Some((id, receiver)))
    }

    fn begin(&self) -> Turn {
        Turn { queue: self.clone(), began: Instant::now(), over: false }
    }

    /// The refusal, with the time until the work that waits now is done.
    fn overloaded(&self, priority: Priority) -> Error {
        let mut state = self.lock();
        state.stats.refused += 1;
        let (average, waiting) = (state.average, state.lane(priority).len());
        Error::Overloaded(average.saturating_mul(u32::try_from(waiting).unwrap_or(u32::MAX)))
    }

    /// Ends a check and lets the next one begin.
    fn next(&self, took: Duration) {
        let mut next = {
            let mut state = self.lock();
            state.average = (state.average * 7 + took.min(LONGEST_MEASURED)) / 8;
            state.hand_over()
        };
        while let Some(ticket) = next {
            // Outside the lock: the turn of a request that has just been dropped comes back.
            let Err(mut unused) = ticket.go.send(self.begin()) else { return };
            unused.over = true;
            next = self.lock().hand_over();
        }
    }
}

impl State {
    fn lane(&mut self, priority: Priority) -> &mut Lane {
        match priority {
            Priority::KnownDevice => &mut self.known,
            Priority::Stranger => &mut self.strangers,
        }
    }

    fn start(&mut self) {
        self.running += 1;
        self.stats.admitted += 1;
        self.stats.most_at_once = self.stats.most_at_once.max(self.running);
    }

    /// Ends what runs, and begins the next request.
    fn hand_over(&mut self) -> Option<Ticket> {
        self.running = self.running.saturating_sub(1);
        let next = self.pop()?;
        self.start();
        Some(next)
    }

    /// The next request: of the two lanes in turn, as long as both have one.
    fn pop(&mut self) -> Option<Ticket> {
        let order = match self.last {
            Priority::Stranger => [Priority::KnownDevice, Priority::Stranger],
            Priority::KnownDevice => [Priority::Stranger, Priority::KnownDevice],
        };
        order.into_iter().find_map(|priority| {
            let ticket = self.lane(priority).pop()?;
            self.last = priority;
            Some(ticket)
        })
    }

    /// How many may wait in a lane.
    fn limit(&self) -> usize {
        let checks = LANE_BUDGET.as_micros() / self.average.as_micros().max(1);
        usize::try_from(checks).unwrap_or(usize::MAX).clamp(FEWEST_WAITING, MOST_WAITING)
    }
}

/// The turn of a request: it ends when this is dropped, and the next one begins.
pub struct Turn {
    queue: HashQueue,
    began: Instant,
    over: bool,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.over {
            self.queue.next(self.began.elapsed());
        }
    }
}

/// A place in the line; given back when the request is dropped or its client hangs up.
struct Waiting<'a> {
    queue: &'a HashQueue,
    priority: Priority,
    id: u64,
    left: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.left {
            self.queue.lock().lane(self.priority).remove(self.id);
        }
    }
}

#[cfg(test)]
mod tests;
