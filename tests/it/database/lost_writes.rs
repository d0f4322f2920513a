//! sqlx 0.9.0 forgets a `BEGIN` whose future was dropped; later writes of that connection are then
//! acknowledged and never committed. The pool's guard alone must prevent it, so must the product's
//! way to begin; and without a guard it must happen here, or this file proves nothing.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use sea_orm::{DatabaseConnection, DbErr, SqlxPostgresConnector, TransactionTrait};
use sqlx::postgres::PgPoolOptions;
use store::db::{Backend, Db, DbSettings};
use tests::database::{self, TestDb};

use super::{make_marks, mark, marks};

const DROPPED: i64 = 240;

/// Polls once, as a handler does whose client hangs up at once, and drops it.
async fn drop_after_first_poll<T>(future: impl Future<Output = T>) {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _ = future.as_mut().poll(context);
        Poll::Ready(())
    })
    .await;
}

/// Drops begun transactions on a pool, then writes unrelated single rows; answers how many of
/// those that were acknowledged are not there.
async fn lost(db: &TestDb, pool: DatabaseConnection) -> usize {
    let mut acknowledged = Vec::new();
    for n in 0..DROPPED {
        drop_after_first_poll(pool.begin()).await;
        if mark(&pool, n).await.is_ok() {
            acknowledged.push(n);
        }
    }
    pool.close_by_ref().await.expect("closes");
    count_lost(db, &acknowledged).await
}

async fn count_lost(db: &Db, acknowledged: &[i64]) -> usize {
    let there = marks(db.read()).await;
    acknowledged.iter().filter(|n| !there.contains(n)).count()
}

async fn pool(settings: &DbSettings, options: PgPoolOptions) -> DatabaseConnection {
    let options = options.max_connections(4);
    SqlxPostgresConnector::from_sqlx_postgres_pool(options.connect(&settings.url).await.expect("a pool"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_guard_writes_are_lost() {
    database::run(Backend::Postgres, |db: TestDb| async move {
        make_marks(&db).await;
        let unguarded = pool(&db.settings, PgPoolOptions::new()).await;
        assert!(lost(&db, unguarded).await > 0, "mended upstream? then the guards can go");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pools_guard_alone_keeps_all() {
    database::run(Backend::Postgres, |db: TestDb| async move {
        make_marks(&db).await;
        let guarded = pool(&db.settings, store::db::guarded(PgPoolOptions::new())).await;
        assert_eq!(lost(&db, guarded).await, 0);
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
