//! Reading and writing: committed rows stay, dropped transactions leave nothing, readers cannot write.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::Poll;

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait};
use store::db::{Backend, Db, RowLock, is_transient, retry};
use store::entity::project_clock;
use tests::on_both_databases;
use tokio::sync::Barrier;
use uuid::Uuid;

use super::{make_marks, make_project, mark, marks};

on_both_databases! {
    async fn transaction_commits_on_ok_and_rolls_back_on_err(db: TestDb) {
        make_marks(&db).await;
        let kept: Result<i64, DbErr> = db.write(async |tx| { mark(tx, 1).await?; Ok(7) }).await;
        assert_eq!(kept, Ok(7));
        let refused: Result<(), DbErr> = db.write(async |tx| {
            mark(tx, 2).await?;
            Err(DbErr::Custom("no".to_owned()))
        }).await;
        assert_eq!(refused, Err(DbErr::Custom("no".to_owned())));
        assert_eq!(marks(db.read()).await, [1]);
    }

    async fn write_can_run_in_a_spawned_task(db: TestDb) {
        make_marks(&db).await;
        let inner = db.clone();
        let task = tokio::spawn(async move { inner.write(async |tx| mark(tx, 1).await).await });
        assert_eq!(task.await.expect("no panic"), Ok(()));
        assert_eq!(marks(db.read()).await, [1]);
    }

    async fn dropped_transaction_leaves_nothing_and_its_connection_stays_usable(db: TestDb) {
        make_marks(&db).await;
        for n in 0..40 {
            let tx = db.begin().await.expect("begin");
            mark(&tx, n).await.expect("insert");
            drop(tx);
        }
        db.write(async |tx| mark(tx, 100).await).await.expect("a later write");
        assert_eq!(marks(db.read()).await, [100]);
    }

    async fn futures_dropped_at_any_point_leave_all_or_nothing(db: TestDb) {
        make_marks(&db).await;
        // Dropped after 1, 2, 3 … polls: within BEGIN, an insert, COMMIT.
        for polls in 1..40 {
            let mut write = pin!(db.write(async |tx| {
                mark(tx, polls * 2).await?;
                mark(tx, polls * 2 + 1).await
            }));
            let mut left = polls;
            poll_fn(|context| {
                left -= 1;
                match write.as_mut().poll(context) {
                    Poll::Ready(_) => Poll::Ready(()),
                    Poll::Pending if left == 0 => Poll::Ready(()),
                    Poll::Pending => Poll::Pending,
                }
            }).await;
        }
        db.write(async |tx| { mark(tx, 1000).await?; mark(tx, 1001).await }).await.expect("a later write");
        let found = marks(db.read()).await;
        assert!(found.ends_with(&[1000, 1001]), "{found:?}");
        assert!(found.chunks(2).all(|pair| pair[0] % 2 == 0 && pair.get(1) == Some(&(pair[0] + 1))), "{found:?}");
    }

    async fn readers_cannot_write(db: TestDb) {
        make_marks(&db).await;
        let error = mark(db.read(), 1).await.expect_err("a reader wrote").to_string();
        assert!(error.contains("read-only") || error.contains("readonly"), "{error}");
        assert!(marks(db.read()).await.is_empty());
    }

    async fn transaction_with_a_failed_statement_is_not_committed(db: TestDb) {
        make_marks(&db).await;
        let tx = db.begin().await.expect("begin");
        mark(&tx, 1).await.expect("insert");
        mark(&tx, 1).await.expect_err("the same key twice");
        tx.commit().await.expect_err("committed although a statement failed");
        assert!(marks(db.read()).await.is_empty());
        db.write(async |tx| mark(tx, 2).await).await.expect("a later write");
        assert_eq!(marks(db.read()).await, [2]);
    }

    async fn sixteen_writers_and_eight_readers_run_concurrently(db: TestDb) {
        make_marks(&db).await;
        let writers = (0..16).map(|writer| {
            let db = db.clone();
            tokio::spawn(async move {
                for n in 0..20 {
                    db.write(async |tx| mark(tx, writer * 20 + n).await).await.expect("write");
                }
            })
        });
        let readers = (0..8).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                while marks(db.read()).await.len() < 320 {
                    tokio::task::yield_now().await;
                }
            })
        });
        for task in writers.chain(readers).collect::<Vec<_>>() {
            task.await.expect("no error");
        }
    }

    async fn statements_are_counted_and_recorded(db: TestDb) {
        make_marks(&db).await;
        let before = db.statements().count();
        let recording = db.statements().record();
        marks(db.read()).await;
        db.write(async |tx| { mark(tx, 1).await?; mark(tx, 2).await }).await.expect("write");
        assert_eq!(db.statements().count() - before, 3);
        let texts = recording.texts();
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert!(texts[0].starts_with("SELECT") && texts[2].starts_with("INSERT"), "{texts:?}");
    }

    async fn rows_read_for_a_change_are_locked(db: TestDb) {
        let id = Uuid::from_u128(1);
        make_project(&db, id).await;
        let tasks = (0..8).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..5 {
                    count_up(&db, id).await.expect("counted");
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.expect("no error");
        }
        let clock = project_clock::Entity::find_by_id(id).one(db.read()).await.expect("query").expect("the row");
        assert_eq!(clock.seq, 40);
    }

    async fn deadlock_is_repeated(db: TestDb) {
        make_marks(&db).await;
        db.write(async |tx| { mark(tx, 1).await?; mark(tx, 2).await }).await.expect("two rows");
        if db.backend() == Backend::Sqlite {
            // One writer at a time: two orders of locks are impossible.
            return;
        }
        let both_hold_one = Arc::new(Barrier::new(2));
        let tasks = [[1, 2], [2, 1]].map(|order| {
            let (db, both_hold_one) = (db.clone(), both_hold_one.clone());
            tokio::spawn(async move {
                let tries = AtomicU32::new(0);
                let result = retry(|| lock_both(&db, order, &both_hold_one, &tries), is_transient).await;
                result.map(|()| tries.into_inner())
            })
        });
        let mut tries = 0;
        for task in tasks {
            tries += task.await.expect("no panic").expect("done in the end");
        }
        assert!(tries > 2, "there was no deadlock to do again");
    }
}

/// Locks two rows in this order; the first attempt waits until the other transaction has its first one.
async fn lock_both(db: &Db, order: [i64; 2], both_hold_one: &Barrier, tries: &AtomicU32) -> Result<(), DbErr> {
    db.write(async |tx| {
        lock(tx, order[0]).await?;
        if tries.fetch_add(1, Ordering::Relaxed) == 0 {
            both_hold_one.wait().await;
        }
        lock(tx, order[1]).await
    })
    .await
}

async fn lock(tx: &impl ConnectionTrait, n: i64) -> Result<(), DbErr> {
    tx.execute_unprepared(&format!("UPDATE marks SET n = n WHERE n = {n}")).await.map(drop)
}

/// Reads a number and writes its successor: without a lock two concurrent calls would write the same.
async fn count_up(db: &Db, id: Uuid) -> Result<(), DbErr> {
    db.write(async |tx| {
        let found = project_clock::Entity::find_by_id(id).for_update().one(tx).await?;
        let clock = found.ok_or_else(|| DbErr::RecordNotFound("project_clock".to_owned()))?;
        let seq = clock.seq + 1;
        project_clock::ActiveModel { seq: Set(seq), ..clock.into() }.update(tx).await.map(drop)
    })
    .await
}
