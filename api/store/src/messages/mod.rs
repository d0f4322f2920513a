//! The outbox: messages to people, written in the transaction that causes them, and what became of them.

mod channels;
mod list;
mod preferences;
mod queue;
mod settle;

pub use channels::{ChannelPause, pause, pauses, resume};
pub use list::{AttemptFilter, AttemptScope, list, sent_to_demo};
pub use preferences::{
    insert_unsubscribe_link, preferences, remove_unsubscribe_links, save_preferences, switch_off, switch_on, switches,
    unsubscribe_link,
};
pub use queue::{any_due, any_to_send, expire_due, lease_next, release_lost, renew_lease};
pub use settle::{
    MessageLease, SendOutcome, Used, Withdrawn, by_id, find_for_update, mark_read_by_use, remove_settled, save,
    store_outcome, wipe, withdraw,
};

use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel};

use crate::Error;
use crate::boxed;
use crate::db::WriteTx;
use crate::entity::message_attempts::{Column, Entity, Model};

/// Writes a message, unless the same one is there: the message, the recipient, the channel and the edition make it the
/// same. Returns whether it was written.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(tx: &WriteTx, row: Model) -> Result<bool, Error> {
    let same = [Column::MessageId, Column::RecipientId, Column::Channel, Column::Edition];
    let known = OnConflict::columns(same).do_nothing().to_owned();
    let inserted = Entity::insert(row.into_active_model()).on_conflict(known).exec_without_returning(tx).await?;
    Ok(inserted == 1)
}
