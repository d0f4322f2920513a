//! Channels that cannot be reached rest for a while, for all server processes.

use domain::Timestamp;
use domain::message::MessageChannel;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, Value};

use crate::Error;
use crate::boxed;
use crate::db::{Connection, WriteTx};
use crate::entity::message_channels::{Column, Entity, Model};

/// A channel that cannot be reached.
pub type ChannelPause = Model;

/// The channels that cannot be reached.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn pauses(conn: &Connection) -> Result<Vec<ChannelPause>, Error> {
    Entity::find().all(conn).await
}

/// Lets a channel rest until a moment. Several workers that meet one outage count it once: a rest that lasts is not
/// made longer.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn pause(tx: &WriteTx, row: ChannelPause, now: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO message_channels (channel, outages, paused_until, since, error_text) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel) DO UPDATE \
               SET outages = excluded.outages, paused_until = excluded.paused_until, error_text = excluded.error_text \
               WHERE message_channels.paused_until <= $6";
    let values: [Value; 6] = [
        row.channel.into(),
        row.outages.into(),
        row.paused_until.into(),
        row.since.into(),
        row.error_text.into(),
        now.0.into(),
    ];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() == 1)
}

/// A channel is reached again. Returns whether it could not be before.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn resume(tx: &WriteTx, channel: MessageChannel) -> Result<bool, Error> {
    let removed = Entity::delete_many().filter(Column::Channel.eq(channel)).exec(tx).await?;
    Ok(removed.rows_affected == 1)
}
