//! What the sender takes: messages that are due, leased to one worker each; those whose time has passed; those whose
//! worker has died.

use domain::Timestamp;
use domain::id::MessageAttemptId;
use domain::message::{MessageChannel, MessageError, MessageKind, MessageState as S};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Statement,
    Value,
};
use uuid::Uuid;

use super::settle::{MessageLease, wiped};
use crate::Error;
use crate::boxed;
use crate::db::{Connection, WriteTx};
use crate::entity::message_attempts::{Column, Entity, Model};

/// The states from which something is still to be done. Spelled out, because SQLite uses the index of these rows for
/// no condition with parameters.
const OPEN: &str = "state IN ('QUEUED', 'SENDING', 'UNKNOWN')";

/// Whether there is something to do: a message to send, one whose time has passed, or one whose worker has died.
/// Reading first avoids a needless write on SQLite, which has one writer.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn any_due(conn: &Connection, now: Timestamp) -> Result<bool, Error> {
    let to_send = Condition::any().add(Column::RunAt.lte(now.0)).add(Column::ExpiresAt.lte(now.0));
    let due = Condition::any()
        .add(Condition::all().add(Column::State.eq(S::Queued)).add(to_send))
        .add(Condition::all().add(Column::State.eq(S::Sending)).add(Column::LeaseUntil.lte(now.0)))
        .add(secret_and_late(now));
    let found: Option<MessageAttemptId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Expr::cust(OPEN))
        .filter(due)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Whether a message of a channel is to be sent now.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn any_to_send(conn: &Connection, channel: MessageChannel, now: Timestamp) -> Result<bool, Error> {
    let found: Option<MessageAttemptId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Expr::cust("state = 'QUEUED'"))
        .filter(Column::Channel.eq(channel))
        .filter(Column::RunAt.lte(now.0))
        .filter(Column::ExpiresAt.gt(now.0))
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Leases the message of a channel that is to be sent first, if there is one. Two concurrent workers get two different
/// messages.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lease_next(
    conn: &Connection,
    channel: MessageChannel,
    now: Timestamp,
    until: Timestamp,
    token: Uuid,
) -> Result<Option<Model>, Error> {
    let backend = conn.get_database_backend();
    let lock = if backend == DbBackend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE message_attempts SET state = 'SENDING', lease_until = $1, lease_token = $2, sending_at = $3, \
           tries = tries + 1 WHERE id = (\
           SELECT id FROM message_attempts WHERE state = 'QUEUED' AND channel = $4 AND run_at <= $5 \
           AND expires_at > $6 ORDER BY rank, run_at, id LIMIT 1 {lock}\
         ) RETURNING *"
    );
    let values: [Value; 6] = [until.0.into(), token.into(), now.0.into(), channel.into(), now.0.into(), now.0.into()];
    Entity::find().from_raw_sql(Statement::from_sql_and_values(backend, sql, values)).one(conn).await
}

/// Renews a lease. Returns whether it was still held.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn renew_lease(conn: &Connection, lease: &MessageLease, until: Timestamp) -> Result<bool, Error> {
    let held = Column::Id.eq(lease.id).and(Column::LeaseToken.eq(lease.token)).and(Column::State.eq(S::Sending));
    let update = Entity::update_many().col_expr(Column::LeaseUntil, until.0.into()).filter(held);
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Takes the messages out of the hands of workers that have died. Over a channel whose receiver recognizes a message
/// they are sent again; over another one nobody knows whether they were sent. Returns how many there were.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn release_lost(
    tx: &WriteTx,
    channel: MessageChannel,
    is_repeatable: bool,
    now: Timestamp,
) -> Result<u64, Error> {
    let state = if is_repeatable { S::Queued } else { S::Unknown };
    let update = Entity::update_many()
        .col_expr(Column::State, state.into())
        .col_expr(Column::LeaseUntil, Option::<i64>::None.into())
        .col_expr(Column::Error, MessageError::BrokenOff.into())
        .filter(Expr::cust("state = 'SENDING'"))
        .filter(Column::Channel.eq(channel))
        .filter(Column::LeaseUntil.lte(now.0));
    Ok(update.exec(tx).await?.rows_affected)
}

/// Gives up the messages whose time has passed, and wipes the secrets of those of which nobody knows whether they were
/// sent. Returns how many were given up.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn expire_due(tx: &WriteTx, now: Timestamp) -> Result<u64, Error> {
    let late = Condition::all().add(Expr::cust("state = 'QUEUED'")).add(Column::ExpiresAt.lte(now.0));
    let secret = Column::Kind.is_in(secret_kinds());
    let mut count = 0;
    for (is_secret, of_kind) in [(true, secret.clone()), (false, secret.not())] {
        let update = Entity::update_many()
            .col_expr(Column::State, S::Failed.into())
            .col_expr(Column::Error, MessageError::Expired.into())
            .col_expr(Column::FailedAt, now.0.into());
        let update = wiped(update, is_secret).filter(late.clone()).filter(of_kind);
        count += update.exec(tx).await?.rows_affected;
    }
    wiped(Entity::update_many(), true).filter(secret_and_late(now)).exec(tx).await?;
    Ok(count)
}

/// Messages of which nobody knows whether they were sent, with a secret in them that opens nothing any more.
fn secret_and_late(now: Timestamp) -> Condition {
    Condition::all()
        .add(Expr::cust("state = 'UNKNOWN'"))
        .add(Column::ExpiresAt.lte(now.0))
        .add(Column::Body.is_not_null())
        .add(Column::Kind.is_in(secret_kinds()))
}

fn secret_kinds() -> impl Iterator<Item = MessageKind> {
    MessageKind::ALL.iter().copied().filter(|kind| kind.is_secret())
}
