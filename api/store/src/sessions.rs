//! Sessions, who they belong to, and failed sign-ins.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::Error;
use crate::db::{RowLock, WriteTx};
use crate::entity::{memberships, people, sessions, sign_in_attempts, unit_owners, units};

/// A person by login (lower-case).
///
/// # Errors
/// When the database fails.
pub async fn person_by_login(conn: &impl ConnectionTrait, login: &str) -> Result<Option<people::Model>, Error> {
    people::Entity::find().filter(people::Column::Login.eq(login)).one(conn).await
}

/// A person.
///
/// # Errors
/// When the database fails.
pub async fn person(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<people::Model>, Error> {
    people::Entity::find_by_id(id).one(conn).await
}

/// The session of an access token that has neither expired nor been revoked.
///
/// # Errors
/// When the database fails.
pub async fn live(conn: &impl ConnectionTrait, access_hash: &[u8], now: i64) -> Result<Option<sessions::Model>, Error> {
    sessions::Entity::find()
        .filter(sessions::Column::AccessHash.eq(access_hash.to_vec()))
        .filter(sessions::Column::AccessExpiresAt.gt(now))
        .filter(sessions::Column::RevokedAt.is_null())
        .one(conn)
        .await
}

/// What a session's device is called, if its person said so.
///
/// # Errors
/// When the database fails.
pub async fn device(conn: &impl ConnectionTrait, session_id: Uuid) -> Result<Option<String>, Error> {
    let device: Option<Option<String>> = sessions::Entity::find_by_id(session_id)
        .select_only()
        .column(sessions::Column::Device)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(device.flatten())
}

/// The session of a refresh token, the current or the one before it, locked.
///
/// # Errors
/// When the database fails.
pub async fn by_refresh(conn: &impl ConnectionTrait, refresh_hash: &[u8]) -> Result<Option<sessions::Model>, Error> {
    let hash = refresh_hash.to_vec();
    sessions::Entity::find()
        .filter(
            Condition::any()
                .add(sessions::Column::RefreshHash.eq(hash.clone()))
                .add(sessions::Column::PreviousRefreshHash.eq(hash)),
        )
        .for_change()
        .one(conn)
        .await
}

/// Writes a new session.
///
/// # Errors
/// When the database fails.
pub async fn insert(conn: &impl ConnectionTrait, row: sessions::Model) -> Result<(), Error> {
    sessions::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes a changed session.
///
/// # Errors
/// When the database fails.
pub async fn save(conn: &impl ConnectionTrait, row: sessions::Model) -> Result<(), Error> {
    row.into_active_model().reset_all().update(conn).await?;
    Ok(())
}

/// Revokes a session of a person.
///
/// # Errors
/// When the database fails.
pub async fn revoke(conn: &impl ConnectionTrait, person_id: Uuid, id: Uuid, now: i64) -> Result<(), Error> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::RevokedAt, now.into())
        .filter(sessions::Column::Id.eq(id))
        .filter(sessions::Column::PersonId.eq(person_id))
        .filter(sessions::Column::RevokedAt.is_null())
        .exec(conn)
        .await?;
    Ok(())
}

/// A person's active roles.
///
/// # Errors
/// When the database fails.
pub async fn memberships_of(conn: &impl ConnectionTrait, person_id: Uuid) -> Result<Vec<memberships::Model>, Error> {
    memberships::Entity::find()
        .filter(memberships::Column::PersonId.eq(person_id))
        .filter(memberships::Column::Active.eq(true))
        .all(conn)
        .await
}

/// A person's own units that are opened: (project, unit).
///
/// # Errors
/// When the database fails.
pub async fn homes_of(conn: &impl ConnectionTrait, person_id: Uuid) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let owned = unit_owners::Entity::find()
        .select_only()
        .column(unit_owners::Column::UnitId)
        .filter(unit_owners::Column::PersonId.eq(person_id))
        .filter(unit_owners::Column::Active.eq(true));
    units::Entity::find()
        .select_only()
        .column(units::Column::ProjectId)
        .column(units::Column::Id)
        .filter(units::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(owned)))
        .filter(units::Column::OpenedAt.is_not_null())
        .into_tuple()
        .all(conn)
        .await
}

/// The failed sign-ins under a key.
///
/// # Errors
/// When the database fails.
pub async fn attempts(conn: &impl ConnectionTrait, key: &str) -> Result<Option<sign_in_attempts::Model>, Error> {
    sign_in_attempts::Entity::find_by_id(key.to_owned()).one(conn).await
}

/// How many sign-ins failed under a key, locked until the transaction ends; none before counts as a row of zeros.
///
/// # Errors
/// When the database fails.
pub async fn lock_attempts(tx: &WriteTx, key: &str) -> Result<sign_in_attempts::Model, Error> {
    let none = sign_in_attempts::Model { key: key.to_owned(), failures: 0, last_at: 0, blocked_until: 0 };
    let known = OnConflict::column(sign_in_attempts::Column::Key).do_nothing().to_owned();
    let insert = sign_in_attempts::Entity::insert(none.clone().into_active_model()).on_conflict(known);
    insert.exec_without_returning(tx).await?;
    let found = sign_in_attempts::Entity::find_by_id(key.to_owned()).for_change().one(tx).await?;
    Ok(found.unwrap_or(none))
}

/// Writes how many sign-ins failed under a key.
///
/// # Errors
/// When the database fails.
pub async fn save_attempts(conn: &impl ConnectionTrait, row: sign_in_attempts::Model) -> Result<(), Error> {
    use sign_in_attempts::Column;
    let replaced = OnConflict::column(Column::Key)
        .update_columns([Column::Failures, Column::LastAt, Column::BlockedUntil])
        .to_owned();
    sign_in_attempts::Entity::insert(row.into_active_model())
        .on_conflict(replaced)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Forgets the failed sign-ins under a key.
///
/// # Errors
/// When the database fails.
pub async fn forget_attempts(conn: &impl ConnectionTrait, key: &str) -> Result<(), Error> {
    sign_in_attempts::Entity::delete_by_id(key.to_owned()).exec(conn).await?;
    Ok(())
}

/// Writes a person, new or known.
///
/// # Errors
/// When the database fails.
pub async fn put_person(conn: &impl ConnectionTrait, row: people::Model, known: bool) -> Result<(), Error> {
    if known {
        row.into_active_model().reset_all().update(conn).await?;
    } else {
        people::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    }
    Ok(())
}
