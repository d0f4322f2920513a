//! What no digest has told yet, and entries that are old.

use domain::Timestamp;
use domain::id::{InboxEntryId, PersonId, ProjectId};
use domain::object_kind::ObjectKind;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};

use crate::Error;
use crate::boxed;
use crate::db::{Connection, WriteTx};
use crate::entity::changes;
use crate::entity::inbox_entries::{Column, Entity, Model};
use crate::id_in::id_in;

/// What no digest has told and nobody has read. Spelled out, because SQLite uses the index of these rows for no
/// condition with parameters.
const UNTOLD: &str = "digested_at IS NULL AND read_at IS NULL";

/// A person with entries that no digest has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct UntoldPerson {
    /// The person.
    pub person_id: PersonId,
    /// When the oldest of the entries was written.
    pub since: i64,
}

/// The people with entries that no digest has told.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn untold_people(conn: &Connection) -> Result<Vec<UntoldPerson>, Error> {
    Entity::find()
        .select_only()
        .column(Column::PersonId)
        .column_as(Column::CreatedAt.min(), "since")
        .filter(Expr::cust(UNTOLD))
        .group_by(Column::PersonId)
        .order_by_asc(Column::PersonId)
        .into_model::<UntoldPerson>()
        .all(conn)
        .await
}

/// Notes that a digest tells of all entries of a person that none has told; returns them. Of two processes at once one
/// gets them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn claim_untold(tx: &WriteTx, person_id: PersonId, now: Timestamp) -> Result<Vec<Model>, Error> {
    let sql = format!("UPDATE inbox_entries SET digested_at = $1 WHERE person_id = $2 AND {UNTOLD} RETURNING *");
    let values: [Value; 2] = [now.0.into(), person_id.into()];
    let claim = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Entity::find().from_raw_sql(claim).all(tx).await
}

/// Removes entries from before a moment, with the rows that tell of their changes; returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_old(tx: &WriteTx, before: Timestamp, limit: u64) -> Result<u64, Error> {
    use changes::Column as Change;
    let old: Vec<(InboxEntryId, ProjectId)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::ProjectId])
        .filter(Column::CreatedAt.lt(before.0))
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    let (ids, mut projects): (Vec<InboxEntryId>, Vec<ProjectId>) = old.into_iter().unzip();
    projects.sort_unstable();
    projects.dedup();
    changes::Entity::delete_many()
        .filter(id_in(tx, Change::ProjectId, &projects))
        .filter(Change::ObjectKind.eq(ObjectKind::InboxEntry))
        .filter(id_in(tx, Change::ObjectId, &ids))
        .exec(tx)
        .await?;
    Ok(Entity::delete_many().filter(id_in(tx, Column::Id, &ids)).exec(tx).await?.rows_affected)
}
