//! Counters of what each person has added in a day.

use domain::id::{PersonId, ProjectId};
use domain::quota::Quota;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, Value};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::WriteTx;
use crate::entity::quota_usage::{Column, Entity};

/// Whose counter, of which day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaKey {
    /// The project; nil for what belongs to none.
    pub project_id: ProjectId,
    /// The person.
    pub person_id: PersonId,
    /// Days since 1970.
    pub day: i64,
}

/// Counts an amount in the transaction, unless that would exceed the limit; says whether it was counted.
///
/// Two transactions at once: the second waits for the first to commit or to be rolled back, and counts on top of it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn consume(tx: &WriteTx, key: QuotaKey, quota: Quota, amount: i64, limit: i64) -> Result<bool, Error> {
    if amount > limit {
        return Ok(false);
    }
    let sql = "INSERT INTO quota_usage (project_id, person_id, day, quota, used) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (project_id, person_id, day, quota) DO UPDATE \
               SET used = quota_usage.used + excluded.used WHERE quota_usage.used <= $6";
    let values: [Value; 6] = [
        key.project_id.into(),
        key.person_id.into(),
        key.day.into(),
        quota.into(),
        amount.into(),
        (limit - amount).into(),
    ];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

/// Removes the counters of days before this one; returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn delete_before(conn: &Connection, day: i64) -> Result<u64, Error> {
    Ok(Entity::delete_many().filter(Column::Day.lt(day)).exec(conn).await?.rows_affected)
}
