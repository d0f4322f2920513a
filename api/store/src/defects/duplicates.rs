//! Defects and their duplicates: locked together in one order, because a merge decides on more rows than its own.

use std::collections::BTreeSet;

use domain::VisibilityScope;
use domain::defect::DefectStatus;
use domain::id::{DefectId, ProjectId};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::defects::{Column, Entity, Model};
use crate::id_in::id_in;
use crate::visibility;

/// The ids of a defect's family: itself, the defect that it repeats, and the duplicates of both.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn duplicate_group(conn: &Connection, id: DefectId) -> Result<BTreeSet<DefectId>, Error> {
    let survivor = Entity::find_by_id(id).select_only().column(Column::DuplicateOf);
    let survivor = survivor.into_tuple::<Option<DefectId>>().one(conn).await?.flatten();
    let mut duplicate_group: BTreeSet<DefectId> = [Some(id), survivor].into_iter().flatten().collect();
    let heads: Vec<DefectId> = duplicate_group.iter().copied().collect();
    let duplicates = Entity::find().select_only().column(Column::Id).filter(id_in(conn, Column::DuplicateOf, &heads));
    duplicate_group.extend(duplicates.into_tuple::<DefectId>().all(conn).await?);
    Ok(duplicate_group)
}

/// Locks a defect with its duplicate group and the defects that a command names until the transaction ends, in the
/// order of the ids, so that two commands on the same defects never deadlock. The group is locked without a visibility
/// scope; of the named defects only those are locked that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_group_for_update(
    tx: &WriteTx,
    scope: &VisibilityScope,
    duplicate_group: &BTreeSet<DefectId>,
    named: &[DefectId],
) -> Result<Vec<Model>, Error> {
    let duplicate_group: Vec<DefectId> = duplicate_group.iter().copied().collect();
    let seen = Condition::all().add(id_in(tx, Column::Id, named)).add(visibility::defects(scope));
    Entity::find()
        .filter(Condition::any().add(id_in(tx, Column::Id, &duplicate_group)).add(seen))
        .order_by_asc(Column::Id)
        .for_update()
        .all(tx)
        .await
}

/// Those of the defects that are void.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn void_among(conn: &Connection, ids: &[DefectId]) -> Result<Vec<DefectId>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(id_in(conn, Column::Id, ids))
        .filter(Column::Status.eq(DefectStatus::Void))
        .into_tuple()
        .all(conn)
        .await
}

/// Those of the defects that are void and repeat no other.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn void_for_themselves(conn: &Connection, ids: &[DefectId]) -> Result<Vec<DefectId>, Error> {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(id_in(conn, Column::Id, ids))
        .filter(Column::Status.eq(DefectStatus::Void))
        .filter(Column::DuplicateOf.is_null())
        .into_tuple()
        .all(conn)
        .await
}

/// A duplicate of a defect that is void itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidSurvivor {
    /// The project.
    pub project_id: ProjectId,
    /// The duplicate.
    pub id: DefectId,
    /// Its number.
    pub number: i64,
    /// The void defect that it repeats.
    pub survivor_id: DefectId,
}

/// All duplicates of void defects, by project and number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn void_survivors(conn: &Connection) -> Result<Vec<VoidSurvivor>, Error> {
    let survivor = Alias::new("survivor");
    let query = Query::select()
        .columns([Column::ProjectId, Column::Id, Column::Number, Column::DuplicateOf].map(|column| (Entity, column)))
        .from(Entity)
        .join_as(
            sea_orm::sea_query::JoinType::InnerJoin,
            Entity,
            survivor.clone(),
            Expr::col((survivor.clone(), Column::Id)).equals((Entity, Column::DuplicateOf)),
        )
        .and_where(Expr::col((Entity, Column::Status)).eq(DefectStatus::Void))
        .and_where(Expr::col((survivor, Column::Status)).eq(DefectStatus::Void))
        .order_by((Entity, Column::ProjectId), sea_orm::Order::Asc)
        .order_by((Entity, Column::Number), sea_orm::Order::Asc)
        .to_owned();
    let rows = conn.query_all(&query).await?;
    rows.iter()
        .map(|row| {
            Ok(VoidSurvivor {
                project_id: row.try_get_by_index(0)?,
                id: row.try_get_by_index(1)?,
                number: row.try_get_by_index(2)?,
                survivor_id: row.try_get_by_index(3)?,
            })
        })
        .collect()
}
