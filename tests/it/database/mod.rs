//! The database layer, on both databases.

mod change_numbers;
mod lost_writes;
mod opening;
mod transactions;

use sea_orm::{ConnectionTrait, DbErr, Statement};

/// A table of the tests' own; its content is what was really committed.
pub(crate) async fn make_marks(db: &store::db::Db) {
    db.write(async |tx| tx.execute_unprepared("CREATE TABLE marks (n bigint PRIMARY KEY)").await)
        .await
        .expect("the tests' table");
}

/// Inserts one mark.
pub(crate) async fn mark(connection: &impl ConnectionTrait, n: i64) -> Result<(), DbErr> {
    let sql = "INSERT INTO marks (n) VALUES ($1)";
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, [n.into()]);
    connection.execute_raw(statement).await.map(drop)
}

/// The marks that are there, in order.
pub(crate) async fn marks(connection: &impl ConnectionTrait) -> Vec<i64> {
    let statement = Statement::from_string(connection.get_database_backend(), "SELECT n FROM marks ORDER BY n");
    let rows = connection.query_all_raw(statement).await.expect("the marks");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a number")).collect()
}
