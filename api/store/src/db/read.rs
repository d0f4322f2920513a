//! Reading: a pool whose connections refuse to write and cannot begin a transaction.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};

/// Runs queries. It offers no `begin`, so that no connection of the pool can be left in a
/// transaction that nobody remembers.
#[derive(Clone)]
pub struct Reader(DatabaseConnection);

impl Reader {
    pub(super) fn new(pool: DatabaseConnection) -> Self {
        Self(pool)
    }

    pub(super) async fn close(&self) -> Result<(), DbErr> {
        self.0.close_by_ref().await
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.0.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.query_all_raw(statement).await
    }
}
