//! The condition that a column holds one of many ids.

use sea_orm::sea_query::postgres_array::NotU8;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, Value, sea_query};

use crate::db::Connection;

/// The column holds one of the ids.
///
/// PostgreSQL gets them as one array: a list of ids would be another statement, to be prepared again, for each length.
/// SQLite has no arrays and prepares quickly.
pub(crate) fn id_in<C, I>(conn: &Connection, column: C, ids: &[I]) -> sea_query::Expr
where
    C: ColumnTrait,
    I: Copy + Into<Value> + NotU8,
{
    match conn.get_database_backend() {
        DbBackend::Postgres => column.eq_any(ids.iter().copied()),
        _ => column.is_in(ids.iter().copied()),
    }
}

/// The same for texts.
pub(crate) fn text_in<C: ColumnTrait>(conn: &Connection, column: C, texts: &[String]) -> sea_query::Expr {
    match conn.get_database_backend() {
        DbBackend::Postgres => column.eq_any(texts.iter().cloned()),
        _ => column.is_in(texts.iter().cloned()),
    }
}
