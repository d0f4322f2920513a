//! The list of a person's sessions, how they end, and when the ended ones are removed.

use std::cmp::Reverse;

use domain::id::{PersonId, SessionId, UnitId, UnitLinkId};
use domain::session::SessionEndReason;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::sessions::{Column, Entity, Model};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};

/// A page of a person's active sessions, the newest sign-in first: all of them, or those of one unit only. `oldest` is
/// the start of the oldest that may still be active.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn active_page(
    conn: &Connection,
    (person_id, only_unit): (PersonId, Option<UnitId>),
    now: i64,
    oldest: i64,
    request: &PageRequest,
) -> Result<Page<Model>, Error> {
    let order = reading_order(request, true);
    let rows = Entity::find()
        .filter(Column::PersonId.eq(person_id))
        .filter(of_unit(only_unit))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::RefreshExpiresAt.gt(now))
        .filter(Column::CreatedAt.gt(oldest))
        .filter(within(request, true, Column::CreatedAt, Column::Id))
        .order_by(Column::CreatedAt, order.clone())
        .order_by(Column::Id, order)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let place = |row: &Model| Cursor { sort: row.created_at, id: row.id.uuid() };
    Ok(Page::of(request, rows.into_iter().map(|row| (place(&row), row)).collect()))
}

/// Sessions of one unit, or all sessions.
fn of_unit(only_unit: Option<UnitId>) -> Condition {
    Condition::all().add_option(only_unit.map(|unit_id| Column::UnitId.eq(unit_id)))
}

/// A session, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_session(tx: &WriteTx, id: SessionId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).for_update().one(tx).await
}

/// Ends a session of a person, if it has not ended before. Returns whether it ended now.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn end(
    tx: &WriteTx,
    person_id: PersonId,
    id: SessionId,
    reason: SessionEndReason,
    now: i64,
) -> Result<bool, Error> {
    let update = Entity::update_many()
        .col_expr(Column::RevokedAt, now.into())
        .col_expr(Column::EndedReason, reason.into())
        .filter(Column::Id.eq(id))
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::RevokedAt.is_null());
    Ok(update.exec(tx).await?.rows_affected > 0)
}

/// Ends all sessions of a person but one, or those of one unit but one. Returns how many ended now.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn end_all_of(
    tx: &WriteTx,
    (person_id, only_unit): (PersonId, Option<UnitId>),
    except: Option<SessionId>,
    reason: SessionEndReason,
    now: i64,
) -> Result<u64, Error> {
    let mut update = Entity::update_many()
        .col_expr(Column::RevokedAt, now.into())
        .col_expr(Column::EndedReason, reason.into())
        .filter(Column::PersonId.eq(person_id))
        .filter(of_unit(only_unit))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::RefreshExpiresAt.gt(now));
    if let Some(except) = except {
        update = update.filter(Column::Id.ne(except));
    }
    Ok(update.exec(tx).await?.rows_affected)
}

/// Ends the sessions that began by one of these links. Returns how many ended now.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn end_of_links(
    tx: &WriteTx,
    link_ids: &[UnitLinkId],
    reason: SessionEndReason,
    now: i64,
) -> Result<u64, Error> {
    let update = Entity::update_many()
        .col_expr(Column::RevokedAt, now.into())
        .col_expr(Column::EndedReason, reason.into())
        .filter(id_in(tx, Column::LinkId, link_ids))
        .filter(Column::RevokedAt.is_null());
    Ok(update.exec(tx).await?.rows_affected)
}

/// Ends the active sessions of a person beyond the `kept` that were used last. `oldest` is the start of the oldest that
/// may still be active. Returns which ended.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn end_surplus(
    tx: &WriteTx,
    person_id: PersonId,
    kept: usize,
    oldest: i64,
    reason: SessionEndReason,
    now: i64,
) -> Result<Vec<SessionId>, Error> {
    let mut active: Vec<(SessionId, Option<i64>, i64)> = Entity::find()
        .select_only()
        .columns([Column::Id, Column::LastSeenAt, Column::CreatedAt])
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::RefreshExpiresAt.gt(now))
        .filter(Column::CreatedAt.gt(oldest))
        .into_tuple()
        .all(tx)
        .await?;
    active.sort_unstable_by_key(|(id, seen, created)| Reverse((seen.unwrap_or(*created), *id)));
    let surplus: Vec<SessionId> = active.into_iter().skip(kept).map(|(id, ..)| id).collect();
    for ids in surplus.chunks(1_000) {
        Entity::update_many()
            .col_expr(Column::RevokedAt, now.into())
            .col_expr(Column::EndedReason, reason.into())
            .filter(id_in(tx, Column::Id, ids))
            .exec(tx)
            .await?;
    }
    Ok(surplus)
}

/// Clears the hash of a device of a person: its device token is not accepted any more.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn clear_device_hash(tx: &WriteTx, person_id: PersonId, device_hash: &[u8]) -> Result<(), Error> {
    clear_device_hashes(tx, Column::DeviceHash.eq(device_hash.to_vec()).into(), person_id).await
}

/// Clears the hashes of all devices of a person except the device of one session.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn clear_other_device_hashes(
    tx: &WriteTx,
    person_id: PersonId,
    except: Option<SessionId>,
) -> Result<(), Error> {
    let kept = match except {
        Some(id) => Entity::find_by_id(id).one(tx).await?.and_then(|row| row.device_hash),
        None => None,
    };
    let others = match kept {
        Some(hash) => Column::DeviceHash.ne(hash),
        None => Column::DeviceHash.is_not_null(),
    };
    clear_device_hashes(tx, others.into(), person_id).await
}

async fn clear_device_hashes(
    tx: &WriteTx,
    which: sea_orm::sea_query::Condition,
    person_id: PersonId,
) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::DeviceHash, Expr::value(None::<Vec<u8>>))
        .filter(Column::PersonId.eq(person_id))
        .filter(which)
        .exec(tx)
        .await?;
    Ok(())
}

/// The sessions of a person that ended because a spent refresh token came, and that no sign-in has reported yet; the
/// newest 20.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unannounced(conn: &Connection, person_id: PersonId) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::EndedReason.eq(SessionEndReason::TokenReused))
        .filter(Column::NotifiedAt.is_null())
        .order_by_desc(Column::RevokedAt)
        .order_by_desc(Column::Id)
        .limit(20)
        .all(conn)
        .await
}

/// Notes that a person was informed of all sessions that a spent refresh token had ended before a moment.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_announced(tx: &WriteTx, person_id: PersonId, before: i64, now: i64) -> Result<(), Error> {
    Entity::update_many()
        .col_expr(Column::NotifiedAt, now.into())
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::EndedReason.eq(SessionEndReason::TokenReused))
        .filter(Column::NotifiedAt.is_null())
        .filter(Column::RevokedAt.lt(before))
        .exec(tx)
        .await?;
    Ok(())
}

/// Until when sessions must have been over, or have begun, to be removed.
#[derive(Debug, Clone, Copy)]
pub struct RemoveBefore {
    /// Ended or expired before.
    pub over: i64,
    /// Ended before, among those not yet reported to the person.
    pub unannounced: i64,
    /// Began before: older than any session gets.
    pub begun: i64,
}

/// Removes sessions that have long been over. Returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_over(tx: &WriteTx, before: RemoveBefore) -> Result<u64, Error> {
    let over = Condition::any()
        .add(Column::RevokedAt.lt(before.over))
        .add(Column::RefreshExpiresAt.lt(before.over))
        .add(Column::CreatedAt.lt(before.begun));
    let announced = Condition::any()
        .add(Column::EndedReason.is_null())
        .add(Column::EndedReason.ne(SessionEndReason::TokenReused))
        .add(Column::NotifiedAt.is_not_null())
        .add(Column::RevokedAt.lt(before.unannounced));
    Ok(Entity::delete_many().filter(over).filter(announced).exec(tx).await?.rows_affected)
}
