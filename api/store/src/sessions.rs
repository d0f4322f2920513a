//! Sessions, and who they belong to.

use domain::Timestamp;
use domain::id::{PersonId, ProjectId, SessionId, UnitId};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{memberships, people, sessions, unit_owners, units};
use crate::units::counting;

/// A person by login (lower-case).
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn person_by_login(conn: &Connection, login: &str) -> Result<Option<people::Model>, Error> {
    people::Entity::find().filter(people::Column::Login.eq(login)).one(conn).await
}

/// A person.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn person(conn: &Connection, id: PersonId) -> Result<Option<people::Model>, Error> {
    people::Entity::find_by_id(id).one(conn).await
}

/// The session of an access token that has neither expired nor been revoked.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn live(conn: &Connection, access_hash: &[u8], now: i64) -> Result<Option<sessions::Model>, Error> {
    sessions::Entity::find()
        .filter(sessions::Column::AccessHash.eq(access_hash.to_vec()))
        .filter(sessions::Column::AccessExpiresAt.gt(now))
        .filter(sessions::Column::RevokedAt.is_null())
        .one(conn)
        .await
}

/// The name of a session's device, if its person gave one.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn device(conn: &Connection, session_id: SessionId) -> Result<Option<String>, Error> {
    let device: Option<Option<String>> = sessions::Entity::find_by_id(session_id)
        .select_only()
        .column(sessions::Column::Device)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(device.flatten())
}

/// When a device pushed or reported in a session last, whichever device it named.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn last_contact(conn: &Connection, session_id: SessionId) -> Result<Option<Timestamp>, Error> {
    let contact: Option<Option<i64>> = sessions::Entity::find_by_id(session_id)
        .select_only()
        .column(sessions::Column::LastContactAt)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(contact.flatten().map(Timestamp))
}

/// A device has pushed or reported in a session.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_contact(conn: &Connection, session_id: SessionId, now: Timestamp) -> Result<(), Error> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::LastContactAt, now.0.into())
        .filter(sessions::Column::Id.eq(session_id))
        .exec(conn)
        .await
        .map(drop)
}

/// Writes a new session.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, row: sessions::Model) -> Result<(), Error> {
    sessions::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes a changed session.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save(conn: &Connection, row: sessions::Model) -> Result<(), Error> {
    row.into_active_model().reset_all().update(conn).await?;
    Ok(())
}

/// Whether a person belongs to a unit at a moment, opened or not.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn belongs_to(
    conn: &Connection,
    person_id: PersonId,
    unit_id: UnitId,
    now: Timestamp,
) -> Result<bool, Error> {
    let owned = unit_owners::Entity::find()
        .filter(unit_owners::Column::PersonId.eq(person_id))
        .filter(unit_owners::Column::UnitId.eq(unit_id))
        .filter(counting(now));
    Ok(owned.one(conn).await?.is_some())
}

/// A person's active roles.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn memberships_of(conn: &Connection, person_id: PersonId) -> Result<Vec<memberships::Model>, Error> {
    memberships::Entity::find()
        .filter(memberships::Column::PersonId.eq(person_id))
        .filter(memberships::Column::Active.eq(true))
        .all(conn)
        .await
}

/// A person's own units that are opened, at a moment: (project, unit).
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn owned_units_of(
    conn: &Connection,
    person_id: PersonId,
    now: Timestamp,
) -> Result<Vec<(ProjectId, UnitId)>, Error> {
    let owned = unit_owners::Entity::find()
        .select_only()
        .column(unit_owners::Column::UnitId)
        .filter(unit_owners::Column::PersonId.eq(person_id))
        .filter(counting(now));
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
