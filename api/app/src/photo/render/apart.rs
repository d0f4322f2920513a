//! Work on pixels: on a thread of its own, few at once in this process, since each may take some hundred megabytes.

use tokio::sync::Semaphore;

use crate::jobs::JobError;

/// Pictures that are in memory at once.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

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
