//! The database layer, on both databases.

mod broken_off;
mod change_numbers;
mod deadline;
mod durable;
mod full;
mod lost_writes;
mod opening;
mod too_slow;
mod transactions;

use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, IntoActiveModel, Statement};
use store::entity::{project_clock, projects};
use uuid::Uuid;

/// A table of the tests; it contains what was really committed.
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

/// The stored marks, in order.
pub(crate) async fn marks(connection: &impl ConnectionTrait) -> Vec<i64> {
    let statement = Statement::from_string(connection.get_database_backend(), "SELECT n FROM marks ORDER BY n");
    let rows = connection.query_all_raw(statement).await.expect("the marks");
    rows.iter().map(|row| row.try_get_by_index(0).expect("a number")).collect()
}

/// A project without any change yet.
pub(crate) async fn make_project(db: &store::db::Db, id: Uuid) {
    let project = projects::Model {
        id: id.into(),
        code: "P".to_owned(),
        name: "Project".to_owned(),
        time_zone: "UTC".to_owned(),
        policy: serde_json::Value::Null,
        epoch: id,
        version: 1,
        created_at: 1,
    };
    let clock = project_clock::Model { project_id: id.into(), seq: 0, defect_no: 0 };
    db.write(async |tx| {
        project.into_active_model().insert(tx).await?;
        clock.into_active_model().insert(tx).await
    })
    .await
    .expect("a project");
}
