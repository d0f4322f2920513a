//! sqlx 0.9.0 forgets a `BEGIN` whose future was dropped; later writes of that connection are then acknowledged and
//! never committed. The pool's guard alone must prevent it, and so must the product's way to begin. Without a guard it
//! must happen here, because otherwise this file proves nothing.

use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use sea_orm::{DbErr, SqlxPostgresConnector, TransactionTrait};
use sqlx::postgres::PgPoolOptions;
use store::db::{Backend, Db};
use tests::database::{self, TestDb};

use super::{make_marks, mark, marks};

const DROPPED: i64 = 240;

/// Polls a future once, as a handler whose client disconnects at once, and drops it.
async fn drop_after_first_poll<T>(future: impl Future<Output = T>) {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

/// Drops begun transactions on a pool, then writes unrelated single rows; returns the number of acknowledged rows that
/// are missing.
async fn lost(db: &TestDb, options: PgPoolOptions) -> usize {
    // No ping when a connection is acquired, as in the product: so the first poll sends BEGIN.
    let options = options.max_connections(4).test_before_acquire(false);
    let pool = options.connect(&db.settings.url).await.expect("a pool");
    let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
    let mut acknowledged = Vec::new();
    for n in 0..DROPPED {
        connection.ping().await.expect("the server answers");
        while pool.num_idle() == 0 {
            tokio::task::yield_now().await;
        }
        drop_after_first_poll(connection.begin()).await;
        if mark(&connection, n).await.is_ok() {
            acknowledged.push(n);
        }
    }
    pool.close().await;
    count_lost(db, &acknowledged).await
}

async fn count_lost(db: &Db, acknowledged: &[i64]) -> usize {
    let there = marks(db.read()).await;
    acknowledged.iter().filter(|n| !there.contains(n)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_guard_writes_are_lost() {
    database::run(Backend::Postgres, |db: TestDb| async move {
        make_marks(&db).await;
        let lost = lost(&db, PgPoolOptions::new()).await;
        println!("lost {lost} of {DROPPED}");
        assert!(lost > 0, "mended upstream? then the guards can go");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pools_guard_alone_keeps_all() {
    database::run(Backend::Postgres, |db: TestDb| async move {
        make_marks(&db).await;
        assert_eq!(lost(&db, store::db::guarded(PgPoolOptions::new())).await, 0);
    })
    .await;
}

/// The product's own way to begin.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_begin_loses_nothing() {
    database::run(Backend::Postgres, |db: TestDb| async move {
        make_marks(&db).await;
        let mut acknowledged = Vec::new();
        for n in 0..DROPPED {
            drop_after_first_poll(db.begin()).await;
            let written: Result<(), DbErr> = db.write(async |tx| mark(tx, n).await).await;
            if written.is_ok() {
                acknowledged.push(n);
            }
        }
        assert_eq!(acknowledged.len() as i64, DROPPED);
        assert_eq!(count_lost(&db, &acknowledged).await, 0);
    })
    .await;
}

/// A guard that closed every connection would also lose nothing, but cost a connection for each write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_comes_back_clean_is_kept() {
    database::run(Backend::Postgres, |db: TestDb| async move {
        let options = store::db::guarded(PgPoolOptions::new()).max_connections(1);
        let pool = options.connect(&db.settings.url).await.expect("a pool");
        let mut servers = BTreeSet::new();
        for n in 0..50 {
            let mut tx = pool.begin().await.expect("begin");
            let server: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *tx).await.expect("its id");
            servers.insert(server);
            if n % 2 == 0 {
                tx.commit().await.expect("commit");
            }
        }
        assert_eq!(servers.len(), 1);
    })
    .await;
}
