//! The tokens of a session: found by any refresh token of its family, used for the first time, known by a device token.

use domain::id::SessionId;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::people;
use crate::entity::sessions::{Column, Entity, Model};

/// The session of a refresh token, current or spent, locked. Tokens that are older than families are found by their
/// own hash as far as it is kept.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_refresh_token(
    tx: &WriteTx,
    token_hash: &[u8],
    family_hash: Option<&[u8]>,
) -> Result<Option<Model>, Error> {
    Entity::find().filter(of_refresh_token(token_hash, family_hash)).for_update().one(tx).await
}

/// Whether there is a session of a refresh token. Asked before a transaction begins, because strangers may send any
/// number of made-up tokens, and on SQLite there is one writer.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_known_refresh_token(
    conn: &Connection,
    token_hash: &[u8],
    family_hash: Option<&[u8]>,
) -> Result<bool, Error> {
    let select = Entity::find().select_only().column(Column::Id).filter(of_refresh_token(token_hash, family_hash));
    let found: Option<SessionId> = select.limit(1).into_tuple().one(conn).await?;
    Ok(found.is_some())
}

fn of_refresh_token(token_hash: &[u8], family_hash: Option<&[u8]>) -> Condition {
    let hash = token_hash.to_vec();
    let of_family = family_hash.map(|family| Column::FamilyHash.eq(family.to_vec()));
    Condition::any()
        .add(Column::RefreshHash.eq(hash.clone()))
        .add(Column::PreviousRefreshHash.eq(hash.clone()))
        .add(Column::AncestorHash.eq(hash))
        .add_option(of_family)
}

/// Notes the first use of a session's newest access token: from now on no earlier refresh token is answered again.
/// Answers false if the token was used or replaced before.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_first_use(
    tx: &WriteTx,
    session_id: SessionId,
    access_hash: &[u8],
    now: i64,
    address: &str,
) -> Result<bool, Error> {
    let update = Entity::update_many()
        .col_expr(Column::FirstUsedAt, now.into())
        .col_expr(Column::SuccessorSalt, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::LastSeenAt, now.into())
        .col_expr(Column::LastAddress, address.into())
        .filter(Column::Id.eq(session_id))
        .filter(Column::AccessHash.eq(access_hash.to_vec()))
        .filter(Column::FirstUsedAt.is_null());
    Ok(update.exec(tx).await?.rows_affected > 0)
}

/// Whether a person with this login has signed in before with this device token, and no session of it was ended
/// for a cause.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_known_device(conn: &Connection, login: &str, device_hash: &[u8]) -> Result<bool, Error> {
    let person = Query::select()
        .column(people::Column::Id)
        .from(people::Entity)
        .and_where(people::Column::Login.eq(login))
        .to_owned();
    let found: Option<SessionId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::DeviceHash.eq(device_hash.to_vec()))
        .filter(Column::PersonId.in_subquery(person))
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(found.is_some())
}
