//! Owners' links: found by their token, listed by ownership, revoked, and removed when they are long over; and of whom
//! they are made, for the server itself.

use std::collections::HashSet;

use domain::id::{BuildingId, OwnershipId, PersonId, ProjectId, UnitId, UnitLinkId};
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::{Connection, RowLock, WriteTx};
use crate::entity::unit_links::{Column, Entity, Model};
use crate::entity::{memberships, people, sign_in_codes, units};
use crate::id_in::id_in;
use crate::visibility;

/// Links that are neither revoked nor expired.
fn open(now: Timestamp) -> Condition {
    Condition::all().add(Column::RevokedAt.is_null()).add(Column::ExpiresAt.gt(now.0))
}

/// Writes new links.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(tx: &WriteTx, rows: Vec<Model>) -> Result<(), Error> {
    // A statement takes a limited number of values.
    for some in rows.chunks(100) {
        let some = some.iter().cloned().map(IntoActiveModel::into_active_model);
        Entity::insert_many(some).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The open link of a token.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_token(conn: &Connection, token_hash: &[u8], now: Timestamp) -> Result<Option<Model>, Error> {
    Entity::find().filter(Column::TokenHash.eq(token_hash.to_vec())).filter(open(now)).one(conn).await
}

/// A link by id, whatever its state.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_id(conn: &Connection, id: UnitLinkId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).one(conn).await
}

/// A link by id, whatever its state, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(tx: &WriteTx, id: UnitLinkId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).for_update().one(tx).await
}

/// The open links of ownerships, the newest first; for the server itself.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn open_of_ownerships(
    conn: &Connection,
    ownership_ids: &[OwnershipId],
    now: Timestamp,
) -> Result<Vec<Model>, Error> {
    let of_these = Entity::find().filter(id_in(conn, Column::OwnershipId, ownership_ids)).filter(open(now));
    of_these.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).all(conn).await
}

/// The open links of ownerships, for those who may see the owners of units.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn visible_of_ownerships(
    conn: &Connection,
    scope: &VisibilityScope,
    ownership_ids: &[OwnershipId],
    now: Timestamp,
) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(id_in(conn, Column::OwnershipId, ownership_ids))
        .filter(open(now))
        .filter(visibility::owners(scope, Column::ProjectId))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// The links of an ownership, whatever their state.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn ids_of_ownership(conn: &Connection, ownership_id: OwnershipId) -> Result<Vec<UnitLinkId>, Error> {
    let ids = Entity::find().select_only().column(Column::Id).filter(Column::OwnershipId.eq(ownership_id));
    ids.order_by_asc(Column::Id).into_tuple().all(conn).await
}

/// Revokes those of the links that are open; returns which they were.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn revoke(
    tx: &WriteTx,
    ids: &[UnitLinkId],
    by: Option<PersonId>,
    now: Timestamp,
) -> Result<Vec<Model>, Error> {
    let of_these = || Condition::all().add(id_in(tx, Column::Id, ids)).add(open(now));
    let revoked = Entity::find().filter(of_these()).order_by_asc(Column::Id).for_update().all(tx).await?;
    Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now.0))
        .col_expr(Column::RevokedBy, Expr::value(by))
        .filter(of_these())
        .exec(tx)
        .await?;
    Ok(revoked)
}

/// Notes that somebody has signed in by a link.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_use(tx: &WriteTx, id: UnitLinkId, now: Timestamp) -> Result<(), Error> {
    let used = Entity::update_many().col_expr(Column::LastUsedAt, Expr::value(now.0)).filter(Column::Id.eq(id));
    used.exec(tx).await.map(drop)
}

/// Removes links that expired or were revoked before a moment, with their codes. Returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_ended(tx: &WriteTx, before: Timestamp) -> Result<u64, Error> {
    let ended: Vec<UnitLinkId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Condition::any().add(Column::ExpiresAt.lt(before.0)).add(Column::RevokedAt.lt(before.0)))
        .into_tuple()
        .all(tx)
        .await?;
    for ids in ended.chunks(1_000) {
        sign_in_codes::Entity::delete_many().filter(id_in(tx, sign_in_codes::Column::LinkId, ids)).exec(tx).await?;
        Entity::delete_many().filter(id_in(tx, Column::Id, ids)).exec(tx).await?;
    }
    Ok(ended.len() as u64)
}

/// Units by id, of any project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn units(conn: &Connection, ids: &[UnitId]) -> Result<Vec<units::Model>, Error> {
    units::Entity::find().filter(id_in(conn, units::Column::Id, ids)).all(conn).await
}

/// The units of a building of any project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn units_of_building(conn: &Connection, building_id: BuildingId) -> Result<Vec<units::Model>, Error> {
    units::Entity::find().filter(units::Column::BuildingId.eq(building_id)).all(conn).await
}

/// People by id.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn people(conn: &Connection, ids: &[PersonId]) -> Result<Vec<people::Model>, Error> {
    people::Entity::find().filter(id_in(conn, people::Column::Id, ids)).all(conn).await
}

/// Those of the people who hold an active role in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn members_among(
    conn: &Connection,
    project_id: ProjectId,
    person_ids: &[PersonId],
) -> Result<HashSet<PersonId>, Error> {
    use memberships::Column;
    let found: Vec<PersonId> = memberships::Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::ProjectId.eq(project_id))
        .filter(id_in(conn, Column::PersonId, person_ids))
        .filter(Column::Active.eq(true))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().collect())
}
