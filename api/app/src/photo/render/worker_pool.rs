//! A pool of workers for pictures: few at once, because each may take some hundred megabytes, and at a lower priority
//! than requests.

use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::sync::{Semaphore, oneshot};

use crate::jobs::JobError;

/// So many pictures are in memory at once on machines with many cores.
const MOST_AT_ONCE: usize = 4;
/// Pictures that are in memory at once: one core is left to the people who wait for answers.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    Semaphore::new(cores.saturating_sub(1).clamp(1, MOST_AT_ONCE))
});

/// Whether anybody waits for answers: while a demo is made before the first start, nobody does.
static OTHERS_WAIT: AtomicBool = AtomicBool::new(false);

/// From now on people wait for answers, and pictures come after them.
pub fn lower_worker_priority() {
    OTHERS_WAIT.store(true, Ordering::Relaxed);
}

/// Does the work; none when it panicked.
pub(super) async fn run_in_worker_pool<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>, JobError> {
    let passing = |why: &str| JobError::Transient(why.to_owned());
    let permit = AT_ONCE.acquire().await.map_err(|_| passing("the program is shutting down"))?;
    let (tell, told) = oneshot::channel();
    let begun = thread::Builder::new().name("picture".to_owned()).spawn(move || {
        if OTHERS_WAIT.load(Ordering::Relaxed) {
            lower_priority();
        }
        let made = work();
        drop(permit);
        // Whoever asked may be gone: the job is done again then.
        let _ = tell.send(made);
    });
    begun.map_err(|error| passing(&format!("no thread for a picture: {error}")))?;
    let made = told.await.ok();
    if made.is_none() {
        tracing::error!("work on a picture panicked");
    }
    Ok(made)
}

/// Lets every other thread go first. A thread cannot take that back, so it has to be one of its own.
#[cfg(target_os = "linux")]
fn lower_priority() {
    // On Linux without a process this is the calling thread alone. Without it the work is only less polite.
    if let Err(error) = rustix::process::setpriority_process(None, 15) {
        tracing::debug!(%error, "work on a picture is as urgent as everything else");
    }
}

#[cfg(not(target_os = "linux"))]
const fn lower_priority() {}
