//! What the database's own error codes say.

use sea_orm::{DbErr, RuntimeErr};

/// Whether the same work may succeed when it is done again from its beginning: the database has
/// broken off the transaction (deadlock, serialization failure) or never let it in (SQLite busy).
/// Nothing of it was committed.
pub fn is_transient(error: &DbErr) -> bool {
    // PostgreSQL: serialization_failure, deadlock_detected. SQLite: BUSY, BUSY_RECOVERY, BUSY_SNAPSHOT.
    has_code(error, &["40001", "40P01", "5", "261", "517"])
}

/// Whether a text was given that the database cannot hold: PostgreSQL has no NUL in texts or JSON.
pub fn is_unstorable_text(error: &DbErr) -> bool {
    // PostgreSQL: character_not_in_repertoire, untranslatable_character.
    has_code(error, &["22021", "22P05"])
}

fn has_code(error: &DbErr, codes: &[&str]) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))
    | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
    else {
        return false;
    };
    let sqlx::Error::Database(answer) = cause.as_ref() else {
        return false;
    };
    answer.code().is_some_and(|code| codes.contains(&code.as_ref()))
}
