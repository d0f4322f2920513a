//! Loads a server with a fixed number of concurrent requests, each by another person.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::Fault;
use crate::reads::Way;
use crate::servers::Server;

pub(crate) struct Load<'a> {
    pub(crate) way: &'a Way,
    pub(crate) server: &'a Server,
}

/// The figures of one turn.
#[derive(Default)]
pub(crate) struct Outcome {
    /// The time of each answer in microseconds.
    pub(crate) micros: Vec<u64>,
    pub(crate) seconds: f64,
    pub(crate) processor_ms: u64,
    pub(crate) bytes: usize,
    /// The number of answers 429.
    pub(crate) throttled: usize,
}

impl Load<'_> {
    pub(crate) async fn run(&self, connections: usize, turn: Duration) -> Result<Outcome, Fault> {
        let next = Arc::new(AtomicUsize::new(0));
        let throttled = self.way.throttled.count();
        let (begun, processor) = (Instant::now(), self.server.processor_ms()?);
        let workers = (0..connections).map(|_| {
            let (way, next) = (self.way.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                let (mut micros, mut bytes) = (Vec::new(), 0);
                while begun.elapsed() < turn {
                    let asked = Instant::now();
                    let body = way.ask(next.fetch_add(1, Ordering::Relaxed)).await?;
                    micros.push(u64::try_from(asked.elapsed().as_micros())?);
                    bytes += body.len();
                }
                Ok::<_, Fault>((micros, bytes))
            })
        });
        let mut outcome = Outcome::default();
        for worker in futures::future::join_all(workers).await {
            let (micros, bytes) = worker??;
            outcome.micros.extend(micros);
            outcome.bytes += bytes;
        }
        outcome.seconds = begun.elapsed().as_secs_f64();
        outcome.throttled = self.way.throttled.count() - throttled;
        outcome.processor_ms = self.server.processor_ms()? - processor;
        Ok(outcome)
    }
}
