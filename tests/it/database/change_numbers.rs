//! Change numbers: a reader that pages by them misses nothing, whatever is committed or rolled back at the same time.
//! The negative control detects the losses of a plain sequence.
//!
//! `CHANGE_COMMITS=100000 TEST_LIMIT_SECONDS=3600` is the long form.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use domain::Timestamp;
use domain::change::ChangeAudience;
use domain::object_kind::ObjectKind;
use sea_orm::{ConnectionTrait, Statement, Value};
use store::changes::{self, ChangedObject};
use store::db::{Db, WriteTx};
use tests::dice::number;
use tests::on_both_databases;
use tokio::sync::watch;
use uuid::Uuid;

use super::make_project;

const WRITERS: i64 = 16;

/// The number of transactions of each writer; one in five is rolled back.
fn works() -> i64 {
    number("CHANGE_COMMITS", 256) as i64 * 5 / 4 / WRITERS
}

/// The source of the writers' numbers.
enum Numbers {
    /// The project's clock, as in the product.
    Clock,
    /// A sequence that is independent of commits.
    Sequence(AtomicI64),
}

/// The shared state of writers and reader.
struct Setup {
    db: Db,
    project_id: Uuid,
    numbers: Numbers,
    /// The number of reads so far.
    looks: watch::Sender<u64>,
    written: AtomicBool,
}

impl Setup {
    fn new(db: &Db, project_id: Uuid, numbers: Numbers) -> Arc<Self> {
        let (looks, written) = (watch::Sender::new(0), AtomicBool::new(false));
        Arc::new(Self { db: db.clone(), project_id, numbers, looks, written })
    }

    /// Waits for this many further reads.
    async fn pause(&self, looks: u64) {
        let mut watched = self.looks.subscribe();
        let until = *watched.borrow() + looks;
        watched.wait_for(|now| *now >= until).await.expect("the reader looks");
    }

    /// One transaction with 1 to 3 changed objects; returns them if it was committed.
    async fn work(&self, n: i64) -> Vec<Uuid> {
        let objects: Vec<Uuid> = (0..=n % 3).map(|part| id(1 + n * 3 + part)).collect();
        let drawn = match &self.numbers {
            Numbers::Clock => None,
            Numbers::Sequence(next) => Some(next.fetch_add(objects.len() as i64, Ordering::Relaxed)),
        };
        if n % 2 == 1 {
            self.pause(1).await;
        }
        let tx = self.db.begin().await.expect("begin");
        let first = match drawn {
            Some(number) => number,
            None => changes::allocate_numbers(&tx, self.project_id.into(), objects.len(), None).await.expect("numbers"),
        };
        self.record(&tx, first, &objects).await;
        if n % 4 == 0 {
            self.pause(1).await;
        }
        if n % 5 == 0 {
            tx.rollback().await.expect("rollback");
            return Vec::new();
        }
        tx.commit().await.expect("commit");
        objects
    }

    async fn record(&self, tx: &WriteTx, first: i64, objects: &[Uuid]) {
        let changed = |object_id: &Uuid| ChangedObject {
            kind: ObjectKind::Defect,
            object_id: *object_id,
            unit_id: None,
            deleted: false,
            audience: ChangeAudience::Everybody,
            few: None,
        };
        let changed: Vec<ChangedObject> = objects.iter().map(changed).collect();
        changes::insert_changes(tx, self.project_id.into(), first, &changed, Timestamp(1)).await.expect("record");
    }

    /// Pages by number, ten at a time, until everything was written and nothing new comes.
    async fn read(&self) -> Vec<(i64, Uuid)> {
        let mut seen: Vec<(i64, Uuid)> = Vec::new();
        loop {
            let last_look = self.written.load(Ordering::SeqCst);
            let cursor = seen.last().map_or(0, |(seq, _)| *seq);
            let page = page(&self.db, self.project_id, cursor).await;
            self.looks.send_modify(|looks| *looks += 1);
            if page.is_empty() && last_look {
                return seen;
            }
            seen.extend(page);
        }
    }

    /// Runs all concurrently; returns the committed objects and those that the reader saw.
    async fn run(self: Arc<Self>) -> (BTreeSet<Uuid>, Vec<(i64, Uuid)>) {
        let setup = self.clone();
        let reader = tokio::spawn(async move { setup.read().await });
        let writers = (0..WRITERS).map(|writer| {
            let setup = self.clone();
            tokio::spawn(async move {
                let mut committed = Vec::new();
                for n in 0..works() {
                    committed.extend(setup.work(n * WRITERS + writer).await);
                }
                committed
            })
        });
        let mut committed = BTreeSet::new();
        for writer in writers.collect::<Vec<_>>() {
            committed.extend(writer.await.expect("the writer's work"));
        }
        self.written.store(true, Ordering::SeqCst);
        (committed, reader.await.expect("the reader's pages"))
    }
}

fn id(n: i64) -> Uuid {
    Uuid::from_u128(n as u128)
}

async fn page(db: &Db, project_id: Uuid, cursor: i64) -> Vec<(i64, Uuid)> {
    let sql = "SELECT seq, object_id FROM changes WHERE project_id = $1 AND seq > $2 ORDER BY seq LIMIT 10";
    let values: [Value; 2] = [project_id.into(), cursor.into()];
    let statement = Statement::from_sql_and_values(db.read().get_database_backend(), sql, values);
    let rows = db.read().query_all_raw(statement).await.expect("a page");
    rows.iter().map(|row| (row.try_get_by_index(0).expect("seq"), row.try_get_by_index(1).expect("id"))).collect()
}

on_both_databases! {
    async fn reader_by_number_misses_nothing(db: TestDb) {
        let setup = Setup::new(&db, project(&db).await, Numbers::Clock);
        let (committed, seen) = setup.run().await;
        assert_eq!(seen.iter().map(|(_, object)| *object).collect::<BTreeSet<_>>(), committed);
        let numbers: Vec<i64> = seen.iter().map(|(seq, _)| *seq).collect();
        assert_eq!(numbers, (1..=committed.len() as i64).collect::<Vec<_>>(), "dense");
    }

    async fn reader_by_plain_sequence_misses_some(db: TestDb) {
        let setup = Setup::new(&db, project(&db).await, Numbers::Sequence(AtomicI64::new(1)));
        let (committed, seen) = setup.run().await;
        let missed = committed.len() - seen.len();
        assert!(missed > 0, "this test cannot see what it is for");
    }

    async fn object_that_changes_again_moves_to_the_end(db: TestDb) {
        let setup = Setup::new(&db, project(&db).await, Numbers::Clock);
        for objects in [vec![id(1), id(2)], vec![id(3), id(1)]] {
            let tx = db.begin().await.expect("begin");
            let first = changes::allocate_numbers(&tx, setup.project_id.into(), 2, None).await.expect("numbers");
            setup.record(&tx, first, &objects).await;
            tx.commit().await.expect("commit");
        }
        assert_eq!(page(&db, setup.project_id, 0).await, [(2, id(2)), (3, id(3)), (4, id(1))]);
    }

    async fn many_changes_in_one_commit_keep_their_order(db: TestDb) {
        let setup = Setup::new(&db, project(&db).await, Numbers::Clock);
        let objects: Vec<Uuid> = (1..=4_500).map(id).collect();
        let tx = db.begin().await.expect("begin");
        let first = changes::allocate_numbers(&tx, setup.project_id.into(), objects.len(), None).await.expect("numbers");
        setup.record(&tx, first, &objects).await;
        tx.commit().await.expect("commit");
        for cursor in [0, 1_995, 3_995, 4_490] {
            let expected: Vec<(i64, Uuid)> = (cursor + 1..=cursor + 10).map(|n| (n, id(n))).collect();
            assert_eq!(page(&db, setup.project_id, cursor).await, expected);
        }
    }
}

async fn project(db: &Db) -> Uuid {
    let project_id = id(900_000);
    make_project(db, project_id).await;
    project_id
}
