//! Doing a use case again that the database has broken off for the sake of another one.

use crate::error::{Error, Result};

/// Runs any work again while the database breaks it off; the caller says of an error whether it means that.
pub use store::db::retry as retry_if;

/// Runs a use case again from its beginning while the database breaks it off, a few times. It must be one transaction
/// with everything that it read before it decided.
///
/// # Errors
/// The use case's own.
pub async fn retry<T, F>(work: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    store::db::retry(work, Error::is_transient).await
}
