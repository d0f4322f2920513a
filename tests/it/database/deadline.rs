//! A statement that takes too long is cancelled, on both databases.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::db::{Backend, Db, DbSettings, passes_by_itself, took_too_long};
use tests::database::TestDb;
use tests::on_both_databases;

/// A query that runs for hours.
const HEAVY: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000)
    SELECT COUNT(*) AS n FROM n";

async fn run(conn: &impl ConnectionTrait, sql: &str) -> Result<(), DbErr> {
    conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql)).await.map(drop)
}

async fn open(db: &TestDb, readers: u32, statement_timeout: Duration) -> Db {
    let settings = DbSettings { readers, statement_timeout, ..db.settings.clone() };
    Db::connect(&settings).await.expect("the database opens")
}

on_both_databases! {
    async fn slow_query_is_cancelled_and_its_connection_stays_usable(db: TestDb) {
        let db = open(&db, 2, Duration::from_millis(200)).await;
        for _ in 0..3 {
            let error = run(db.read(), HEAVY).await.expect_err("it takes too long");
            assert!(took_too_long(&error) && passes_by_itself(&error), "{error}");
        }
        for _ in 0..4 {
            run(db.read(), "SELECT 1").await.expect("the connections work");
        }
        db.close().await.expect("closed");
    }

    async fn slow_statement_ends_only_its_transaction(db: TestDb) {
        let db = open(&db, 2, Duration::from_millis(200)).await;
        let tx = db.begin().await.expect("a transaction");
        let error = run(&tx, HEAVY).await.expect_err("it takes too long");
        assert!(took_too_long(&error), "{error}");
        tx.commit().await.expect_err("a statement of it has failed");
        let tx = db.begin().await.expect("the writer works");
        // Many quick statements together may take longer than the limit of one.
        let begun = std::time::Instant::now();
        while begun.elapsed() < Duration::from_millis(600) {
            run(&tx, "SELECT COUNT(*) AS n FROM projects").await.expect("each has its own time");
        }
        tx.commit().await.expect("committed");
        db.close().await.expect("closed");
    }

    async fn query_without_its_caller_holds_no_connection(db: TestDb) {
        if db.settings.check().expect("settings") != Backend::Sqlite {
            return;
        }
        let db = open(&db, 1, Duration::from_secs(3_600)).await;
        let given_up = tokio::time::timeout(Duration::from_millis(100), run(db.read(), HEAVY)).await;
        assert!(given_up.is_err(), "it counts for hours");
        let next = tokio::time::timeout(Duration::from_secs(60), run(db.read(), "SELECT 1")).await;
        next.expect("the only connection is free again").expect("it works");
        db.close().await.expect("closed");
    }
}
