//! The activity of a connection, and its time limits.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Version;
use tokio::time::Instant;

use crate::limits::Limits;

/// The state of one connection, shared by its socket, its requests and the task that serves it.
#[derive(Debug)]
pub(crate) struct Watch(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Requests whose answers or bodies are still being moved.
    requests: usize,
    /// Whether any request has arrived.
    used: bool,
    /// HTTP/2: bytes do not announce a head, because pings come between requests.
    multiplexed: bool,
    /// Since when there is no request.
    quiet_since: Instant,
    /// When the first byte after that arrived.
    head_since: Option<Instant>,
    /// The server is about to end.
    stopping: bool,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State {
            requests: 0,
            used: false,
            multiplexed: false,
            quiet_since: Instant::now(),
            head_since: None,
            stopping: false,
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No panic can leave the state half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes of the client have arrived.
    pub(crate) fn received(&self) {
        let mut state = self.state();
        if state.requests == 0 {
            state.head_since.get_or_insert_with(Instant::now);
        }
    }

    /// Bytes of an answer have left. The last ones of HTTP/1 do so after their request has ended.
    pub(crate) fn sent(&self) {
        let mut state = self.state();
        if state.requests == 0 && !state.multiplexed {
            state.quiet_since = Instant::now();
        }
    }

    pub(crate) fn stop(&self) {
        self.state().stopping = true;
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.state().stopping
    }

    pub(crate) fn is_multiplexed(&self) -> bool {
        self.state().multiplexed
    }

    /// The moment by which the connection must have been active; `None` while it has a request.
    pub(crate) fn due(&self, limits: &Limits) -> Option<Instant> {
        let state = self.state();
        if state.requests > 0 {
            return None;
        }
        Some(match state.head_since {
            _ if !state.used => state.quiet_since + limits.head,
            Some(since) if !state.multiplexed => since + limits.head,
            _ => state.quiet_since + limits.idle,
        })
    }
}

/// A request in progress. It ends when the last clone of its reference is dropped.
#[derive(Debug)]
pub(crate) struct Busy(Arc<Watch>);

impl Busy {
    pub(crate) fn new(watch: &Arc<Watch>, version: Version) -> Self {
        let mut state = watch.state();
        state.requests += 1;
        state.used = true;
        state.multiplexed = version == Version::HTTP_2;
        drop(state);
        Self(Arc::clone(watch))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests -= 1;
        state.quiet_since = Instant::now();
        state.head_since = None;
    }
}
