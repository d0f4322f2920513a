//! What the database's own error codes say.

use sea_orm::{DbErr, RuntimeErr};

/// Whether the same work may succeed when it is done again from its beginning: the database has
/// broken off the transaction (deadlock, serialization failure) or never let it in (SQLite busy).
/// Nothing of it was committed.
pub fn is_transient(error: &DbErr) -> bool {
    // PostgreSQL: serialization_failure, deadlock_detected. SQLite: BUSY, BUSY_RECOVERY, BUSY_SNAPSHOT.
    has_code(error, &["40001", "40P01", "5", "261", "517"])
}

/// Whether the same statement may succeed later without any correction: the database is busy, full, stopping or out of
/// reach, or it took too long.
pub fn passes_by_itself(error: &DbErr) -> bool {
    use sqlx::Error as E;
    if is_transient(error) || matches!(error, DbErr::ConnectionAcquire(_)) {
        return true;
    }
    match cause(error) {
        Some(E::Database(answer)) => answer.code().is_some_and(|code| is_passing_code(&code)),
        Some(E::Io(_) | E::Tls(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed) => true,
        _ => false,
    }
}

/// Whether the database has cancelled a statement that took too long.
pub fn took_too_long(error: &DbErr) -> bool {
    // PostgreSQL: query_canceled. SQLite: INTERRUPT.
    has_code(error, &["57014", "9"])
}

/// Whether the database has no room for the write.
pub fn is_storage_full(error: &DbErr) -> bool {
    // PostgreSQL: disk_full. SQLite: FULL.
    has_code(error, &["53100", "13"])
}

fn is_passing_code(code: &str) -> bool {
    // PostgreSQL's classes: connection exception, insufficient resources (also a full disk), operator intervention
    // (also a statement that took too long), lock not available. SQLite: LOCKED, INTERRUPT, IOERR with its kinds, FULL,
    // CANTOPEN.
    let postgres = code.len() == 5 && ["08", "53", "57"].iter().any(|class| code.starts_with(class));
    let sqlite = code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 6 | 9 | 10 | 13 | 14));
    postgres || code == "55P03" || (code.len() < 5 && sqlite)
}

/// A unique constraint, as the database names it when a write violates it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UniqueConstraint {
    /// By its name.
    Named(String),
    /// By its table and columns.
    Columns(String, Vec<String>),
}

/// The unique constraint that a write has violated.
pub fn violated_unique(error: &DbErr) -> Option<UniqueConstraint> {
    let Some(sqlx::Error::Database(answer)) = cause(error) else { return None };
    if !answer.is_unique_violation() {
        return None;
    }
    match answer.constraint() {
        Some(name) => Some(UniqueConstraint::Named(name.to_owned())),
        None => of_sqlite(answer.message()),
    }
}

/// SQLite tells the columns, or the name of an index on expressions, in words alone.
fn of_sqlite(message: &str) -> Option<UniqueConstraint> {
    let (_, told) = message.split_once("UNIQUE constraint failed: ")?;
    if let Some(name) = told.strip_prefix("index '").and_then(|rest| rest.split('\'').next()) {
        return Some(UniqueConstraint::Named(name.to_owned()));
    }
    let columns: Vec<(&str, &str)> = told.split(", ").filter_map(|column| column.split_once('.')).collect();
    let (table, _) = columns.first()?;
    Some(UniqueConstraint::Columns((*table).to_owned(), columns.iter().map(|(_, name)| (*name).to_owned()).collect()))
}

/// Whether a text was given that the database cannot hold: PostgreSQL has no NUL in texts or JSON.
pub fn is_unstorable_text(error: &DbErr) -> bool {
    // PostgreSQL: character_not_in_repertoire, untranslatable_character.
    has_code(error, &["22021", "22P05"])
}

fn has_code(error: &DbErr, codes: &[&str]) -> bool {
    match cause(error) {
        Some(sqlx::Error::Database(answer)) => answer.code().is_some_and(|code| codes.contains(&code.as_ref())),
        _ => false,
    }
}

/// What the driver says.
fn cause(error: &DbErr) -> Option<&sqlx::Error> {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause))
    | DbErr::Query(RuntimeErr::SqlxError(cause))
    | DbErr::Conn(RuntimeErr::SqlxError(cause))) = error
    else {
        return None;
    };
    Some(cause.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_names_a_unique_constraint_by_columns_or_by_index() {
        let columns = of_sqlite("UNIQUE constraint failed: rounds.project_id, rounds.number");
        let names = ["project_id".to_owned(), "number".to_owned()];
        assert_eq!(columns, Some(UniqueConstraint::Columns("rounds".to_owned(), names.to_vec())));
        let index = of_sqlite("UNIQUE constraint failed: index 'ux_rules_combination'");
        assert_eq!(index, Some(UniqueConstraint::Named("ux_rules_combination".to_owned())));
        assert_eq!(of_sqlite("NOT NULL constraint failed: rounds.number"), None);
    }

    #[test]
    fn a_full_disk_and_a_stopping_server_pass_by_themselves_and_a_broken_rule_does_not() {
        let passing = ["53100", "57P01", "57014", "08006", "55P03", "13", "778", "6", "9"];
        assert!(passing.iter().all(|code| is_passing_code(code)));
        let lasting = ["23505", "23514", "22021", "42P01", "2067", "787", "1"];
        assert!(!lasting.iter().any(|code| is_passing_code(code)));
    }
}
