//! The durability of commits: the settings of SQLite.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tests::database::TestDb;

async fn pragma(connection: &impl ConnectionTrait, name: &str) -> String {
    let statement = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"));
    let row = connection.query_one_raw(statement).await.expect("read").expect("a row");
    row.try_get_by_index::<String>(0)
        .or_else(|_| row.try_get_by_index::<i32>(0).map(|number| number.to_string()))
        .expect("a value")
}

#[tokio::test]
async fn sqlite_waits_for_the_disk_at_every_commit() {
    tests::database::run(store::db::Backend::Sqlite, async |db: TestDb| {
        let written = db.write(async |tx| {
            Ok::<_, sea_orm::DbErr>((pragma(tx, "journal_mode").await, pragma(tx, "synchronous").await))
        });
        // 2 is FULL: the log is synced at each commit, not at each checkpoint.
        assert_eq!(written.await.expect("a transaction"), ("wal".to_owned(), "2".to_owned()));
    })
    .await;
}
