//! Jobs, written in the transaction that causes them.
//!
//! A lease is a token and the number of the attempt. A worker must still hold the lease when it stores the outcome, so
//! a worker that was taken for dead and answers late changes nothing.

use domain::Timestamp;
use domain::id::JobId;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QuerySelect, Statement, Value,
};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::jobs::{Column, Entity, Model};

/// Queues jobs.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, rows: Vec<Model>) -> Result<(), Error> {
    for row in rows {
        Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Whether a job is due. Reading first avoids a needless write on SQLite, which has one writer.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn any_due(conn: &Connection, now: Timestamp) -> Result<bool, Error> {
    let free = Condition::any().add(Column::LeaseUntil.is_null()).add(Column::LeaseUntil.lte(now.0));
    let due: Option<JobId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::DoneAt.is_null())
        .filter(Column::FailedAt.is_null())
        .filter(Column::RunAt.lte(now.0))
        .filter(free)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(due.is_some())
}

/// Leases the job that has waited longest, if there is one. Jobs of the kind `but` are left out, and jobs of the kind
/// `last` come after all others. Two concurrent workers get two different jobs.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lease_next(
    conn: &Connection,
    now: Timestamp,
    until: Timestamp,
    token: Uuid,
    but: Option<&str>,
    last: &str,
) -> Result<Option<Model>, Error> {
    let backend = conn.get_database_backend();
    let lock = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE jobs SET lease_until = $1, lease_token = $2, attempts = attempts + 1 WHERE id = (\
           SELECT id FROM jobs WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= $3 \
           AND (lease_until IS NULL OR lease_until <= $4) AND kind <> $5 \
           ORDER BY CASE WHEN kind = $6 THEN 1 ELSE 0 END, run_at, id LIMIT 1 {lock}\
         ) RETURNING *"
    );
    let but = but.unwrap_or_default();
    let values: [Value; 6] = [until.0.into(), token.into(), now.0.into(), now.0.into(), but.into(), last.into()];
    Entity::find().from_raw_sql(Statement::from_sql_and_values(backend, sql, values)).one(conn).await
}

/// The right of one attempt to store the outcome of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job_id: JobId,
    /// A new token for each lease.
    pub token: Uuid,
    /// The number of the attempt.
    pub attempt: i32,
}

impl Lease {
    /// The lease of a leased job; `None` if it is not leased.
    #[must_use]
    pub fn of(job: &Model) -> Option<Self> {
        Some(Self { job_id: job.id, token: job.lease_token?, attempt: job.attempts })
    }
}

/// The outcome of a leased job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobOutcome {
    /// It is done.
    Done(Timestamp),
    /// It failed this time; try again at a later moment.
    Retry {
        /// Not before.
        at: Timestamp,
        /// Why it failed.
        reason: String,
        /// Whether this attempt does not count.
        give_back: bool,
    },
    /// It failed for good.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// It was broken off: the next may take it at once, and the attempt does not count.
    GivenBack,
}

/// Renews a lease. Returns whether it was still held.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn renew_lease(conn: &Connection, lease: &Lease, until: Timestamp) -> Result<bool, Error> {
    let update = Entity::update_many().col_expr(Column::LeaseUntil, until.0.into()).filter(is_held(lease));
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Stores the outcome of a job and ends the lease. Returns whether it was still held; if not, nothing is changed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn store_outcome(conn: &Connection, lease: &Lease, settlement: JobOutcome) -> Result<bool, Error> {
    let update = Entity::update_many()
        .col_expr(Column::LeaseUntil, Option::<i64>::None.into())
        .col_expr(Column::LeaseToken, Option::<Uuid>::None.into())
        .filter(is_held(lease));
    let update = match settlement {
        JobOutcome::Done(at) => update.col_expr(Column::DoneAt, at.0.into()),
        JobOutcome::Retry { at, reason, give_back } => {
            let attempts = Expr::col(Column::Attempts).sub(i32::from(give_back));
            let update = update.col_expr(Column::RunAt, at.0.into()).col_expr(Column::LastError, reason.into());
            update.col_expr(Column::Attempts, attempts)
        }
        JobOutcome::Failed { at, reason } => {
            update.col_expr(Column::FailedAt, at.0.into()).col_expr(Column::LastError, reason.into())
        }
        JobOutcome::GivenBack => update.col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1)),
    };
    Ok(update.exec(conn).await?.rows_affected == 1)
}

fn is_held(lease: &Lease) -> Condition {
    Condition::all()
        .add(Column::Id.eq(lease.job_id))
        .add(Column::LeaseToken.eq(lease.token))
        .add(Column::Attempts.eq(lease.attempt))
        .add(Column::DoneAt.is_null())
        .add(Column::FailedAt.is_null())
}
