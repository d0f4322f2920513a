//! Passwords of people, and the end of the sessions that an earlier password began.

use domain::id::{PersonId, SessionId};
use domain::session::SessionEndReason;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::{people, sessions};

/// A person, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn person_for_update(tx: &WriteTx, id: PersonId) -> Result<Option<people::Model>, Error> {
    people::Entity::find_by_id(id).for_update().one(tx).await
}

/// Gives a person a password by its hash.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set(tx: &WriteTx, id: PersonId, hash: &str) -> Result<(), Error> {
    let set = people::Entity::update_many()
        .col_expr(people::Column::PasswordHash, Expr::value(hash))
        .filter(people::Column::Id.eq(id));
    set.exec(tx).await.map(drop)
}

/// Takes a person out of the demo.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn make_ordinary(tx: &WriteTx, id: PersonId) -> Result<(), Error> {
    let set = people::Entity::update_many()
        .col_expr(people::Column::Demo, Expr::value(false))
        .filter(people::Column::Id.eq(id));
    set.exec(tx).await.map(drop)
}

/// Replaces the hash of a password by another one of the same password, unless the password was changed meanwhile.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn replace_hash(tx: &WriteTx, id: PersonId, old: &str, new: &str) -> Result<(), Error> {
    let set = people::Entity::update_many()
        .col_expr(people::Column::PasswordHash, Expr::value(new))
        .filter(people::Column::Id.eq(id))
        .filter(people::Column::PasswordHash.eq(old));
    set.exec(tx).await.map(drop)
}

/// Gives or takes the right of an administrator; false when there is no such person.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_administrator(tx: &WriteTx, id: PersonId, administrator: bool) -> Result<bool, Error> {
    let set = people::Entity::update_many()
        .col_expr(people::Column::Administrator, Expr::value(administrator))
        .filter(people::Column::Id.eq(id));
    Ok(set.exec(tx).await?.rows_affected == 1)
}

/// Writes a person whose login is new; false when the login is taken.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_person(tx: &WriteTx, row: people::Model) -> Result<bool, Error> {
    let taken = OnConflict::column(people::Column::Login).do_nothing().to_owned();
    let insert = people::Entity::insert(row.into_active_model()).on_conflict(taken);
    Ok(insert.exec_without_returning(tx).await? == 1)
}

/// Ends all sessions of a person but one, because the password is another one; returns how many ended.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn revoke_all_of(
    conn: &Connection,
    person_id: PersonId,
    except: Option<SessionId>,
    now: i64,
) -> Result<u64, Error> {
    let mut ended = sessions::Entity::update_many()
        .col_expr(sessions::Column::RevokedAt, now.into())
        .col_expr(sessions::Column::EndedReason, SessionEndReason::PasswordChanged.into())
        .filter(sessions::Column::PersonId.eq(person_id))
        .filter(sessions::Column::RevokedAt.is_null());
    if let Some(kept) = except {
        ended = ended.filter(sessions::Column::Id.ne(kept));
    }
    Ok(ended.exec(conn).await?.rows_affected)
}
