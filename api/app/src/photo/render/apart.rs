//! Work on pixels: on a thread of its own, few at once in this process, since each may take some hundred megabytes.

use std::num::NonZero;
use std::sync::LazyLock;

use tokio::sync::Semaphore;

use crate::jobs::JobError;

/// So many pictures are in memory at once on machines with many cores.
const MOST_AT_ONCE: usize = 4;
/// Pictures that are in memory at once: one core is left to the people who wait for answers.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    Semaphore::new(cores.saturating_sub(1).clamp(1, MOST_AT_ONCE))
});

/// Does the work; none when it panicked.
pub(super) async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<Option<T>, JobError> {
    let stopping = || JobError::Passing("the program is shutting down".to_owned());
    let permit = AT_ONCE.acquire().await.map_err(|_| stopping())?;
    let working = tokio::task::spawn_blocking(move || {
        let made = work();
        drop(permit);
        made
    });
    match working.await {
        Ok(made) => Ok(Some(made)),
        Err(failure) if failure.is_panic() => {
            tracing::error!("work on a picture panicked");
            Ok(None)
        }
        Err(_) => Err(stopping()),
    }
}
