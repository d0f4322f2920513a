//! Reading: connections that refuse to write and cannot begin a transaction.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::interrupt::Deadline;

/// Runs queries. It offers no `begin`, so that no connection can be left inside a forgotten transaction.
pub(super) struct Reader(Connections);

enum Connections {
    /// A pool whose server breaks off statements that take too long.
    Pool(DatabaseConnection),
    /// Pools of one connection each, of which we know what runs on it, and break it off ourselves.
    Watched(Watched),
}

/// Connections whose statements have a deadline.
pub(super) struct Watched {
    connections: Vec<(DatabaseConnection, Deadline)>,
    /// The numbers of those on which nothing runs; the one that rested longest comes first.
    free: Mutex<VecDeque<usize>>,
    permits: Semaphore,
    /// For a connection to be free.
    patience: Duration,
}

impl Watched {
    pub(super) fn new(connections: Vec<(DatabaseConnection, Deadline)>, patience: Duration) -> Self {
        let free = (0..connections.len()).collect::<VecDeque<_>>();
        Self { permits: Semaphore::new(free.len()), free: Mutex::new(free), connections, patience }
    }

    /// A connection on which nothing runs.
    async fn borrow(&self) -> Result<BorrowedConnection<'_>, DbErr> {
        let permit = tokio::time::timeout(self.patience, self.permits.acquire()).await;
        let permit = permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        let permit = permit.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
        let number = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop_front().unwrap_or(0);
        Ok(BorrowedConnection { of: self, number, ended: false, _permit: permit })
    }
}

/// A connection in use.
struct BorrowedConnection<'w> {
    of: &'w Watched,
    number: usize,
    ended: bool,
    _permit: SemaphorePermit<'w>,
}

impl BorrowedConnection<'_> {
    fn connection(&self) -> &DatabaseConnection {
        &self.of.connections[self.number].0
    }

    fn end<T>(mut self, result: T) -> T {
        self.ended = true;
        result
    }
}

impl Drop for BorrowedConnection<'_> {
    fn drop(&mut self) {
        let deadline = &self.of.connections[self.number].1;
        // Its caller was dropped: the statement would run on, and the next one wait for it.
        if self.ended {
            deadline.end()
        } else {
            deadline.stop()
        }
        self.of.free.lock().unwrap_or_else(PoisonError::into_inner).push_back(self.number);
    }
}

impl Reader {
    pub(super) fn new(pool: DatabaseConnection) -> Self {
        Self(Connections::Pool(pool))
    }

    pub(super) fn watched(watched: Watched) -> Self {
        Self(Connections::Watched(watched))
    }

    pub(super) async fn close(&self) -> Result<(), DbErr> {
        match &self.0 {
            Connections::Pool(pool) => pool.close_by_ref().await,
            Connections::Watched(watched) => {
                for (connection, _) in &watched.connections {
                    connection.close_by_ref().await?;
                }
                Ok(())
            }
        }
    }
}

/// Runs a method of the connection trait on the pool, or on a connection of which nothing else is asked meanwhile.
macro_rules! run {
    ($reader:expr, $connection:ident => $run:expr) => {
        match &$reader.0 {
            Connections::Pool($connection) => $run,
            Connections::Watched(watched) => {
                let taken = watched.borrow().await?;
                let $connection = taken.connection();
                let result = $run;
                taken.end(result)
            }
        }
    };
}

impl Reader {
    pub(super) fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Connections::Pool(pool) => pool.get_database_backend(),
            Connections::Watched(_) => DbBackend::Sqlite,
        }
    }

    pub(super) async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        run!(self, connection => connection.execute_raw(statement).await)
    }

    pub(super) async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        run!(self, connection => connection.execute_unprepared(sql).await)
    }

    pub(super) async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        run!(self, connection => connection.query_one_raw(statement).await)
    }

    pub(super) async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        run!(self, connection => connection.query_all_raw(statement).await)
    }
}
