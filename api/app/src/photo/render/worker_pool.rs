//! A pool of workers for pictures: few at once, because each may take some hundred megabytes, and at a lower priority
//! than requests.

use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use crate::jobs::JobError;

/// Most pictures in memory at once, on machines with many cores.
const MOST_AT_ONCE: usize = 4;
/// Pictures that are in memory at once: one core is left to the people who wait for answers.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    Semaphore::new(cores.saturating_sub(1).clamp(1, MOST_AT_ONCE))
});

/// Whether workers have a lower priority. While the demo is seeded before the first start, no request waits.
static IS_LOWERED: AtomicBool = AtomicBool::new(false);

/// Lowers the priority of workers, because requests are served from now on.
pub fn lower_worker_priority() {
    IS_LOWERED.store(true, Ordering::Relaxed);
}

/// Runs the work in a worker; `None` if it panicked.
pub(super) async fn run_in_worker_pool<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, JobError> {
    let transient = |why: &str| JobError::Transient(why.to_owned());
    let permit = AT_ONCE.acquire().await.map_err(|_| transient("the program is shutting down"))?;
    let (sender, receiver) = oneshot::channel();
    let begun = thread::Builder::new().name("picture".to_owned()).spawn(move || {
        if IS_LOWERED.load(Ordering::Relaxed) {
            lower_priority();
        }
        let made = work();
        drop(permit);
        // The receiver may be gone; then the job runs again.
        let _ = sender.send(made);
    });
    begun.map_err(|error| transient(&format!("no thread for a picture: {error}")))?;
    let made = receiver.await.ok();
    if made.is_none() {
        tracing::error!("work on a picture panicked");
    }
    Ok(made)
}

/// Lowers the priority of the calling thread. A thread cannot undo that, so each worker has a thread of its own.
#[cfg(target_os = "linux")]
fn lower_priority() {
    // On Linux without a process this is the calling thread alone. Without it the work is only less polite.
    if let Err(error) = rustix::process::setpriority_process(None, 15) {
        tracing::debug!(%error, "work on a picture is as urgent as everything else");
    }
}

#[cfg(not(target_os = "linux"))]
const fn lower_priority() {}
