//! What runs statements: reading connections, or a write transaction.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::read::Reader;
use super::write::{Transaction, WriteTx};

/// Runs statements on reading connections or in a write transaction.
///
/// One type for both keeps the functions of this package free of type parameters, so that each of them is compiled
/// once.
pub struct Connection(pub(super) Kind);

pub(super) enum Kind {
    Reading(Reader),
    Writing(Transaction),
}

/// Calls a method of the connection trait on the reader or on the transaction.
macro_rules! delegate {
    ($connection:expr, $inner:ident => $call:expr) => {
        match &$connection.0 {
            Kind::Reading($inner) => $call,
            Kind::Writing($inner) => $call,
        }
    };
}

#[async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        delegate!(self, inner => inner.get_database_backend())
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        delegate!(self, inner => inner.execute_raw(statement).await)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        delegate!(self, inner => inner.execute_unprepared(sql).await)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        delegate!(self, inner => inner.query_one_raw(statement).await)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        delegate!(self, inner => inner.query_all_raw(statement).await)
    }
}

/// A transaction runs statements as its connection does; functions of this package take the connection.
#[async_trait]
impl ConnectionTrait for WriteTx {
    fn get_database_backend(&self) -> DbBackend {
        (**self).get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        (**self).execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        (**self).execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        (**self).query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        (**self).query_all_raw(statement).await
    }
}
