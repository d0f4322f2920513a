//! Writing: a transaction that is never left half begun and never acknowledged when it was not
//! committed.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::sea_query::LockType;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, QuerySelect,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use super::connection::{Connection, Kind};
use super::interrupt::Deadline;
use super::room::Room;

/// A transaction that may write. Dropping it rolls it back.
pub struct WriteTx(Connection);

/// The transaction behind [`WriteTx`].
pub(super) struct Transaction {
    tx: DatabaseTransaction,
    /// A statement failed. PostgreSQL would answer COMMIT with a silent rollback then.
    failed: AtomicBool,
    /// On SQLite, when a statement is broken off.
    deadline: Option<Deadline>,
    room: Room,
}

impl WriteTx {
    /// Begins in a task of its own: a caller who is dropped meanwhile cannot interrupt `BEGIN`,
    /// after which sqlx 0.9.0 would hand out the connection as if no transaction were open.
    pub(super) async fn begin(
        writer: &DatabaseConnection,
        deadline: Option<Deadline>,
        room: Room,
    ) -> Result<Self, DbErr> {
        let writer = writer.clone();
        let tx = to_the_end(async move {
            // SQLite: take the write lock now, not in the middle. PostgreSQL does not look at it.
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            };
            writer.begin_with_options(options).await
        })
        .await?;
        // From now on each statement has its own.
        if let Some(deadline) = &deadline {
            deadline.end();
        }
        let transaction = Transaction { tx, failed: AtomicBool::new(false), deadline, room };
        Ok(Self(Connection(Kind::Writing(transaction))))
    }

    /// Commits. Refused, with a rollback, when a statement of this transaction has failed: the
    /// two databases differ in what would be left of it.
    pub async fn commit(self) -> Result<(), DbErr> {
        let transaction = self.into_transaction()?;
        if transaction.failed.load(Ordering::Relaxed) {
            to_the_end(transaction.tx.rollback()).await?;
            return Err(DbErr::Custom("not committed: a statement of this transaction has failed".to_owned()));
        }
        let committed = to_the_end(transaction.tx.commit()).await;
        committed.inspect_err(|error| transaction.room.note(error))
    }

    /// Rolls back and waits until it is done.
    pub async fn rollback(self) -> Result<(), DbErr> {
        to_the_end(self.into_transaction()?.tx.rollback()).await
    }

    fn into_transaction(self) -> Result<Transaction, DbErr> {
        match self.0.0 {
            Kind::Writing(transaction) => Ok(transaction),
            Kind::Reading(_) => Err(DbErr::Custom("a reader is not a transaction".to_owned())),
        }
    }
}

impl Deref for WriteTx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl Transaction {
    /// Runs one statement within its deadline.
    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        if let Some(deadline) = &self.deadline {
            deadline.begin();
        }
        let result = self.note(statement.await);
        if let Some(deadline) = &self.deadline {
            deadline.end();
        }
        result
    }

    fn note<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Err(error) = &result {
            self.room.note(error);
            self.failed.store(true, Ordering::Relaxed);
        }
        result
    }

    pub(super) fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    pub(super) async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(self.tx.execute_raw(statement)).await
    }

    pub(super) async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.run(self.tx.execute_unprepared(sql)).await
    }

    pub(super) async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(self.tx.query_one_raw(statement)).await
    }

    pub(super) async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(self.tx.query_all_raw(statement)).await
    }
}

/// Locking the rows that a transaction has read and is about to change.
pub trait RowLock: QuerySelect {
    /// Holds the selected rows until the transaction ends, on PostgreSQL; rows that merely refer
    /// to them may still be inserted. SQLite needs none: its one writer holds everything.
    #[must_use]
    fn for_update(self) -> Self {
        self.lock(LockType::NoKeyUpdate)
    }
}

impl<S: QuerySelect> RowLock for S {}

/// Runs `future` in a task of its own, so that it comes to its end although the caller may not.
async fn to_the_end<T: Send + 'static>(
    future: impl Future<Output = Result<T, DbErr>> + Send + 'static,
) -> Result<T, DbErr> {
    match tokio::spawn(future).await {
        Ok(result) => result,
        Err(failure) => match failure.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(DbErr::Custom("the program is shutting down".to_owned())),
        },
    }
}
