//! The database's own plan for a statement, for tests that hold it to its indexes.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::Error;
use crate::db::Connection;

/// The plan, one line a step. PostgreSQL also runs the statement and tells how many rows each step handed on.
pub(crate) async fn plan_of(conn: &Connection, mut statement: Statement) -> Result<String, Error> {
    let (prefix, column) = match conn.get_database_backend() {
        DbBackend::Sqlite => ("EXPLAIN QUERY PLAN ", "detail"),
        _ => ("EXPLAIN (ANALYZE, TIMING OFF) ", "QUERY PLAN"),
    };
    statement.sql.insert_str(0, prefix);
    let rows = conn.query_all_raw(statement).await?;
    let lines: Result<Vec<String>, Error> = rows.iter().map(|row| row.try_get("", column)).collect();
    Ok(lines?.join("\n"))
}
