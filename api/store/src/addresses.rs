//! Addresses of people: which are confirmed, and the codes that confirm them.

use domain::id::PersonId;
use domain::message::MessageChannel;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter};

use crate::Error;
use crate::boxed;
use crate::db::{Connection, RowLock, WriteTx};
use crate::entity::{address_codes, confirmed_addresses};

/// The addresses of a person that are confirmed, at most one for each channel.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn confirmed(conn: &Connection, person_id: PersonId) -> Result<Vec<confirmed_addresses::Model>, Error> {
    use confirmed_addresses::{Column, Entity};
    Entity::find().filter(Column::PersonId.eq(person_id)).all(conn).await
}

/// Confirms an address, in place of the one that was confirmed before.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn confirm(tx: &WriteTx, row: confirmed_addresses::Model) -> Result<(), Error> {
    use confirmed_addresses::{Column, Entity};
    let replaces = OnConflict::columns([Column::PersonId, Column::Channel])
        .update_columns([Column::Address, Column::ConfirmedAt])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(replaces).exec_without_returning(tx).await?;
    Ok(())
}

/// The newest code of a person for a channel, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn code_for_update(
    tx: &WriteTx,
    person_id: PersonId,
    channel: MessageChannel,
) -> Result<Option<address_codes::Model>, Error> {
    address_codes::Entity::find_by_id((person_id, channel)).for_update().one(tx).await
}

/// Saves the newest code of a person for a channel.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save_code(tx: &WriteTx, row: address_codes::Model) -> Result<(), Error> {
    use address_codes::{Column, Entity};
    let others = Column::iter().filter(|column| !matches!(column, Column::PersonId | Column::Channel));
    let replaces = OnConflict::columns([Column::PersonId, Column::Channel]).update_columns(others).to_owned();
    Entity::insert(row.into_active_model()).on_conflict(replaces).exec_without_returning(tx).await?;
    Ok(())
}
