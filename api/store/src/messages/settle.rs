//! What became of a message: the outcome of a try, a receipt, a person's word. What is secret, and the address, are
//! wiped once nothing is sent any more.

use domain::Timestamp;
use domain::id::{MessageAttemptId, PersonId};
use domain::message::{MessageChannel, MessageError, MessageKind, MessageState as S};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, UpdateMany,
};
use serde_json::json;
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::{Connection, RowLock, WriteTx};
use crate::entity::message_attempts::{Column, Entity, Model};
use crate::id_in::id_in;

/// The right of one try to store its outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageLease {
    /// The attempt.
    pub id: MessageAttemptId,
    /// A new token for each try.
    pub token: Uuid,
    /// Whether the text is wiped once the message is settled.
    pub is_secret: bool,
}

impl MessageLease {
    /// The lease of a leased message; `None` if it is not leased.
    #[must_use]
    pub fn of(row: &Model) -> Option<Self> {
        Some(Self { id: row.id, token: row.lease_token?, is_secret: row.kind.is_secret() })
    }
}

/// The outcome of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The receiver has taken it.
    Sent {
        /// When.
        at: Timestamp,
        /// The receiver's id of it.
        provider_id: Option<String>,
        /// What the receiver said.
        answer: Option<String>,
    },
    /// It was not sent; try again at a later moment.
    Retry {
        /// Not before.
        at: Timestamp,
        /// Why.
        error: MessageError,
        /// Why, in the receiver's words.
        reason: String,
        /// Whether this try does not count.
        give_back: bool,
    },
    /// It was not sent, and will not be.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        error: MessageError,
        /// Why, in the receiver's words.
        reason: String,
    },
    /// Nobody knows whether it was sent.
    Unknown {
        /// What broke off.
        reason: String,
    },
}

/// Stores the outcome of a try and ends the lease. Returns whether the lease was still held, and no receipt has said
/// more meanwhile; if not, nothing is changed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn store_outcome(conn: &Connection, lease: &MessageLease, outcome: SendOutcome) -> Result<bool, Error> {
    let update = Entity::update_many()
        .col_expr(Column::LeaseUntil, Option::<i64>::None.into())
        .col_expr(Column::LeaseToken, Option::<Uuid>::None.into());
    let update = match outcome {
        SendOutcome::Sent { at, provider_id, answer } => wiped(update, lease.is_secret)
            .col_expr(Column::State, S::Sent.into())
            .col_expr(Column::SentAt, at.0.into())
            .col_expr(Column::ProviderId, provider_id.into())
            .col_expr(Column::ProviderText, answer.into())
            .col_expr(Column::Error, Option::<String>::None.into())
            .col_expr(Column::ErrorText, Option::<String>::None.into()),
        SendOutcome::Retry { at, error, reason, give_back } => update
            .col_expr(Column::State, S::Queued.into())
            .col_expr(Column::RunAt, at.0.into())
            .col_expr(Column::Error, error.into())
            .col_expr(Column::ErrorText, reason.into())
            .col_expr(Column::Tries, Expr::col(Column::Tries).sub(i32::from(give_back))),
        SendOutcome::Failed { at, error, reason } => wiped(update, lease.is_secret)
            .col_expr(Column::State, S::Failed.into())
            .col_expr(Column::FailedAt, at.0.into())
            .col_expr(Column::Error, error.into())
            .col_expr(Column::ErrorText, reason.into()),
        SendOutcome::Unknown { reason } => update
            .col_expr(Column::State, S::Unknown.into())
            .col_expr(Column::Error, MessageError::BrokenOff.into())
            .col_expr(Column::ErrorText, reason.into()),
    };
    // A worker that was taken for dead and knows the outcome all the same says more than nobody.
    let held = Condition::all()
        .add(Column::Id.eq(lease.id))
        .add(Column::LeaseToken.eq(lease.token))
        .add(Column::State.is_in([S::Sending, S::Unknown]));
    Ok(update.filter(held).exec(conn).await?.rows_affected == 1)
}

/// Wipes the address and the link that switches such messages off, and the text if it is secret.
pub(super) fn wiped(update: UpdateMany<Entity>, is_secret: bool) -> UpdateMany<Entity> {
    let update = update
        .col_expr(Column::Address, Option::<String>::None.into())
        .col_expr(Column::UnsubscribeUrl, Option::<String>::None.into());
    if !is_secret {
        return update;
    }
    update
        .col_expr(Column::Subject, Option::<String>::None.into())
        .col_expr(Column::Body, Option::<String>::None.into())
        .col_expr(Column::Params, json!({}).into())
}

/// The same for a row that is saved.
pub fn wipe(row: &mut Model) {
    row.address = None;
    row.unsubscribe_url = None;
    if row.kind.is_secret() {
        row.subject = None;
        row.body = None;
        row.params = json!({});
    }
}

/// An attempt.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_id(conn: &Connection, id: MessageAttemptId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).one(conn).await
}

/// An attempt, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(tx: &WriteTx, id: MessageAttemptId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).for_update().one(tx).await
}

/// Saves an attempt as it is now.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save(tx: &WriteTx, row: Model) -> Result<(), Error> {
    row.into_active_model().reset_all().update(tx).await.map(drop)
}

/// Removes messages that were settled before a moment; returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn remove_settled(tx: &WriteTx, before: Timestamp, limit: u64) -> Result<u64, Error> {
    let settled = S::ALL.iter().copied().filter(|state| state.is_settled());
    let ids: Vec<MessageAttemptId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::CreatedAt.lt(before.0))
        .filter(Column::State.is_in(settled))
        .order_by_asc(Column::CreatedAt)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(Entity::delete_many().filter(id_in(tx, Column::Id, &ids)).exec(tx).await?.rows_affected)
}

/// What a person has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Used {
    /// The link or the code with this id of what is told.
    Message(Uuid),
    /// The code that confirms an address.
    AddressCode {
        /// Whose address.
        person_id: PersonId,
        /// On which channel.
        channel: MessageChannel,
        /// When the code was sent.
        sent_at: Timestamp,
    },
}

/// Notes that messages were read, because their person has used the code or the link in them. This also settles a message
/// of which nobody knows whether it was sent. Returns how many there were.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn mark_read_by_use(tx: &WriteTx, used: Used, now: Timestamp) -> Result<u64, Error> {
    let told = match used {
        Used::Message(id) => Condition::all().add(Column::MessageId.eq(id)),
        Used::AddressCode { person_id, channel, sent_at } => Condition::all()
            .add(Column::PersonId.eq(person_id))
            .add(Column::Kind.eq(MessageKind::AddressCode))
            .add(Column::Channel.eq(channel))
            .add(Column::CreatedAt.eq(sent_at.0)),
    };
    let states = S::ALL.iter().copied().filter(|state| state.is_read_by_use());
    let update = Entity::update_many()
        .col_expr(Column::State, S::Read.into())
        .col_expr(Column::ReadAt, now.0.into())
        .col_expr(Column::Error, Option::<String>::None.into())
        .col_expr(Column::ErrorText, Option::<String>::None.into());
    // Codes and links are secret.
    let update = wiped(update, true).filter(told).filter(Column::State.is_in(states));
    Ok(update.exec(tx).await?.rows_affected)
}

/// Which messages are taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawn {
    /// Those with this id of what is told.
    Message(Uuid),
    /// Those of a kind to a person.
    OfPerson(MessageKind, PersonId),
}

/// Gives up messages that were not sent yet, because what they tell holds no more; returns how many.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn withdraw(tx: &WriteTx, which: Withdrawn, now: Timestamp) -> Result<u64, Error> {
    let which = match which {
        Withdrawn::Message(id) => Condition::all().add(Column::MessageId.eq(id)),
        Withdrawn::OfPerson(kind, id) => Condition::all().add(Column::PersonId.eq(id)).add(Column::Kind.eq(kind)),
    };
    let update = Entity::update_many()
        .col_expr(Column::State, S::Failed.into())
        .col_expr(Column::Error, MessageError::Withdrawn.into())
        .col_expr(Column::FailedAt, now.0.into());
    let update = wiped(update, true).filter(which).filter(Column::State.eq(S::Queued));
    Ok(update.exec(tx).await?.rows_affected)
}
