//! The condition that a column holds one of many ids.

use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::postgres_array::NotU8;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, Value};

use crate::db::Connection;

/// The column holds one of the ids.
///
/// PostgreSQL gets them as one array: a list of ids would be another statement, to be prepared again, for each length.
/// SQLite has no arrays and prepares quickly.
pub(crate) fn id_in<C, I>(conn: &Connection, column: C, ids: &[I]) -> Expr
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
pub(crate) fn text_in<C: ColumnTrait>(conn: &Connection, column: C, texts: &[String]) -> Expr {
    match conn.get_database_backend() {
        DbBackend::Postgres => column.eq_any(texts.iter().cloned()),
        _ => column.is_in(texts.iter().cloned()),
    }
}

/// The same for any expression, such as a column of a table under another name.
pub(crate) fn expr_in<V>(conn: &Connection, expression: Expr, values: Vec<V>) -> Expr
where
    V: Into<Value>,
    Vec<V>: Into<Value>,
{
    match conn.get_database_backend() {
        DbBackend::Postgres => expression.eq(PgFunc::any(Expr::val(values))),
        _ => expression.is_in(values),
    }
}
