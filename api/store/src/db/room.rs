//! Whether the database has room: known to be full from a statement that failed for it until a probe has been written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{DbErr, EntityTrait, Set};

use super::{Db, code};
use crate::entity::storage_probes::{ActiveModel, Entity};

/// What a probe takes: more than a database has left over on pages that it owns already.
const PROBE_BYTES: usize = 256 * 1024;

/// Whether a statement has failed since the last probe because the disk was full.
#[derive(Debug, Clone, Default)]
pub(super) struct Room(Arc<AtomicBool>);

impl Room {
    /// Looks at why a statement failed.
    pub(super) fn note(&self, error: &DbErr) {
        if code::is_storage_full(error) && !self.0.swap(true, Ordering::Relaxed) {
            tracing::error!(%error, "the database's disk is full: nothing can be written");
        }
    }
}

impl Db {
    /// Writes and removes a probe, if the database was full when it was last written to.
    pub(super) async fn check_room(&self) -> Result<(), DbErr> {
        if !self.room.0.load(Ordering::Relaxed) {
            return Ok(());
        }
        let probe = || ActiveModel { id: Set(1), filler: Set(vec![0; PROBE_BYTES]) };
        self.write(async |tx| {
            Entity::delete_many().exec(tx).await?;
            Entity::insert(probe()).exec_without_returning(tx).await.map(drop)
        })
        .await?;
        self.write(async |tx| Entity::delete_many().exec(tx).await.map(drop)).await?;
        self.room.0.store(false, Ordering::Relaxed);
        tracing::info!("the database can be written again");
        Ok(())
    }
}
