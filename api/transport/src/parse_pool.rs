//! A pool of threads that parse large documents and variables, beside the threads that answer requests.
//!
//! Parsing, measuring, validation and conversion take processor time in one piece: up to 20 ms for a document of 32
//! KiB. On the threads that answer requests every other request would wait for it. Requests of signed-in people and other
//! requests have lanes of their own. Each lane is a queue, in which a sender may have a few requests only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use futures::future::BoxFuture;
use tokio::sync::Semaphore;
use tracing::Span;

use super::problem::Problem;
use super::rate::RateLimitKey;
use crate::words;

/// Smaller requests are parsed in place, because that is quicker than a change of thread.
pub(super) const IN_PLACE_BYTES: usize = 2 * 1024;
/// Requests of one sender that wait or are read.
const MOST_OF_ONE: usize = 32;
/// Requests of all senders of a lane that wait or are read.
const MOST_OF_ALL: usize = 512;

/// The pool, with its two lanes.
#[derive(Debug)]
pub(super) struct ParsePool {
    signed_in: Lane,
    strangers: Lane,
}

#[derive(Debug)]
struct Lane {
    places: Arc<Semaphore>,
    /// How many each sender has waiting, and all together.
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    of_key: HashMap<RateLimitKey, usize>,
    all: usize,
}

/// One waiting place; it is given back when it is dropped.
struct Ticket {
    waiting: Arc<Mutex<Waiting>>,
    key: RateLimitKey,
}

impl ParsePool {
    /// As many places for signed-in people as there are processors, and one for strangers.
    pub(super) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { signed_in: Lane::new(processors), strangers: Lane::new(1) }
    }

    fn lane(&self, key: RateLimitKey) -> &Lane {
        match key {
            RateLimitKey::Person(_) => &self.signed_in,
            RateLimitKey::Address(_) => &self.strangers,
        }
    }

    /// Does what takes long on a place of the sender's lane.
    ///
    /// # Errors
    /// `BUSY` when too many wait already.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        key: RateLimitKey,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let lane = self.lane(key);
        let _ticket = lane.ticket(key)?;
        lane.run(work).await
    }

    /// Polls a future until it waits for the first time, on a place of the sender's lane. It never refuses, because the
    /// future's work was admitted before.
    pub(super) async fn begin<T: Send + 'static>(
        &self,
        key: RateLimitKey,
        mut future: BoxFuture<'static, T>,
    ) -> Result<T, Problem> {
        let begun = self.lane(key).run(move || {
            // It is polled again by the task that waits for it, whose waker it then has.
            let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            match polled {
                Poll::Ready(output) => Ok(output),
                Poll::Pending => Err(future),
            }
        });
        match begun.await? {
            Ok(output) => Ok(output),
            Err(future) => Ok(future.await),
        }
    }
}

impl Lane {
    fn new(places: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(places)), waiting: Arc::default() }
    }

    fn ticket(&self, key: RateLimitKey) -> Result<Ticket, Problem> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let own = waiting.of_key.get(&key).copied().unwrap_or(0);
        if own >= MOST_OF_ONE || waiting.all >= MOST_OF_ALL {
            return Err(Problem::busy(words::MANY_LARGE));
        }
        waiting.of_key.insert(key, own + 1);
        waiting.all += 1;
        Ok(Ticket { waiting: Arc::clone(&self.waiting), key })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        // The semaphore is never closed.
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| Problem::internal())?;
        let span = Span::current();
        let task = tokio::task::spawn_blocking(move || {
            let _place = place;
            span.in_scope(work)
        });
        // A panic is that of the work.
        task.await.map_err(|failure| match failure.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Problem::internal(),
        })
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.all -= 1;
        let left = waiting.of_key.get(&self.key).map_or(0, |own| own - 1);
        if left == 0 {
            waiting.of_key.remove(&self.key);
        } else {
            waiting.of_key.insert(self.key, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use uuid::Uuid;

    use super::*;

    fn address(number: u8) -> RateLimitKey {
        RateLimitKey::Address(IpAddr::from([127, 0, 0, number]))
    }

    #[test]
    fn one_sender_holds_a_few_waiting_places_only() {
        let lane = Lane::new(1);
        let held: Vec<_> = (0..MOST_OF_ONE).map(|_| lane.ticket(address(1)).expect("a place")).collect();
        assert!(lane.ticket(address(1)).is_err());
        assert!(lane.ticket(address(2)).is_ok());
        drop(held);
        assert!(lane.ticket(address(1)).is_ok());
        assert!(lane.waiting.lock().expect("no panic").of_key.is_empty());
    }

    #[tokio::test]
    async fn strangers_leave_the_places_of_signed_in_people_alone() {
        let pool = ParsePool::new();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let stranger = pool.run(address(1), move || wait.recv().is_ok());
        let person = pool.run(RateLimitKey::Person(Uuid::nil()), || true);
        let mut stranger = std::pin::pin!(stranger);
        tokio::select! {
            biased;
            _ = &mut stranger => panic!("the stranger's work waits"),
            done = person => assert_eq!(done, Ok(true)),
        }
        go.send(()).expect("the work waits");
        assert_eq!(stranger.await, Ok(true));
    }

    #[tokio::test]
    async fn a_future_that_was_begun_is_woken_afterwards() {
        let pool = ParsePool::new();
        let (send, receive) = tokio::sync::oneshot::channel();
        let begun = pool.begin(address(1), Box::pin(async move { receive.await.unwrap_or(0) }));
        let (answer, ()) = tokio::join!(begun, async {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            send.send(7).expect("it waits");
        });
        assert_eq!(answer, Ok(7));
    }
}
