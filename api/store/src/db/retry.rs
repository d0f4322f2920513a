//! Doing a piece of work again when the database asks for it.

use sea_orm::{DbErr, RuntimeErr};

/// How often one piece of work is tried in all.
const ATTEMPTS: usize = 4;

/// Whether the same work may succeed when it is done again from its beginning: the database has
/// broken off the transaction (deadlock, serialization failure) or never let it in (SQLite busy).
/// Nothing of it was committed.
pub fn is_transient(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))
    | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
    else {
        return false;
    };
    let sqlx::Error::Database(answer) = cause.as_ref() else {
        return false;
    };
    // PostgreSQL: serialization_failure, deadlock_detected. SQLite: BUSY, BUSY_RECOVERY, BUSY_SNAPSHOT.
    matches!(answer.code().as_deref(), Some("40001" | "40P01" | "5" | "261" | "517"))
}

/// Runs `work` again, from its beginning, while its error `is_transient`, a few times. `work`
/// must hold the whole transaction and everything that it read before it decided.
pub async fn retry<T, E, F>(mut work: impl FnMut() -> F, is_transient: impl Fn(&E) -> bool) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    for _ in 1..ATTEMPTS {
        match work().await {
            Err(error) if is_transient(&error) => {}
            result => return result,
        }
    }
    work().await
}
