//! How people want their messages, what they have switched off, and the links that switch it off.

use domain::Timestamp;
use domain::id::PersonId;
use domain::message::{MessageChannel, MessageKind};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, Iterable, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::db::{Connection, WriteTx};
use crate::entity::{message_preferences, message_switches, unsubscribe_links};

/// What a person has said; none for somebody who has said nothing.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn preferences(conn: &Connection, person_id: PersonId) -> Result<Option<message_preferences::Model>, Error> {
    message_preferences::Entity::find_by_id(person_id).one(conn).await
}

/// Saves what a person has said.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save_preferences(tx: &WriteTx, row: message_preferences::Model) -> Result<(), Error> {
    use message_preferences::{Column, Entity};
    let others = Column::iter().filter(|column| !matches!(column, Column::PersonId));
    let replaces = OnConflict::columns([Column::PersonId]).update_columns(others).to_owned();
    Entity::insert(row.into_active_model()).on_conflict(replaces).exec_without_returning(tx).await.map(drop)
}

/// What a person has switched off.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn switches(conn: &Connection, person_id: PersonId) -> Result<Vec<message_switches::Model>, Error> {
    use message_switches::{Column, Entity};
    Entity::find()
        .filter(Column::PersonId.eq(person_id))
        .order_by_asc(Column::Channel)
        .order_by_asc(Column::Kind)
        .all(conn)
        .await
}

/// Switches a kind of messages off; again is no error.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn switch_off(tx: &WriteTx, row: message_switches::Model) -> Result<(), Error> {
    use message_switches::{Column, Entity};
    let known = OnConflict::columns([Column::PersonId, Column::Channel, Column::Kind]).do_nothing().to_owned();
    Entity::insert(row.into_active_model()).on_conflict(known).exec_without_returning(tx).await.map(drop)
}

/// Switches a kind of messages on again.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn switch_on(
    tx: &WriteTx,
    person_id: PersonId,
    channel: MessageChannel,
    kind: MessageKind,
) -> Result<(), Error> {
    message_switches::Entity::delete_by_id((person_id, channel, kind)).exec(tx).await.map(drop)
}

/// Writes a link that switches a kind of messages off.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_unsubscribe_link(tx: &WriteTx, row: unsubscribe_links::Model) -> Result<(), Error> {
    unsubscribe_links::Entity::insert(row.into_active_model()).exec_without_returning(tx).await.map(drop)
}

/// The link with the hash of this secret.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unsubscribe_link(conn: &Connection, token_hash: &[u8]) -> Result<Option<unsubscribe_links::Model>, Error> {
    use unsubscribe_links::{Column, Entity};
    Entity::find().filter(Column::TokenHash.eq(token_hash.to_vec())).one(conn).await
}

/// Removes links from before a moment; returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_unsubscribe_links(tx: &WriteTx, before: Timestamp) -> Result<u64, Error> {
    use unsubscribe_links::{Column, Entity};
    Ok(Entity::delete_many().filter(Column::CreatedAt.lt(before.0)).exec(tx).await?.rows_affected)
}
