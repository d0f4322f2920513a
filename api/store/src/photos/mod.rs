//! Photos: found as the caller may see them, and moved on from state to state.

mod annotation;
mod corrections;
mod deduplication;
mod gc;
mod missing;
mod retired_keys;
mod reused;
mod state;

pub use annotation::{lock_for_update, set_annotated_key, set_markup};
pub use corrections::{
    PhotoMove, declare_anew, has_photos_of_owners, is_open_to_others, move_to, move_with_defect, withdraw,
};
pub use deduplication::{find_same_content, find_same_renditions};
pub use gc::{
    StoredPhoto, mark_removed, overdue_for_removal, rejected_after, stored_after, stored_count, unstripped_after,
};
pub use missing::{
    MissingFilter, MissingOfDevice, is_without_evidence, missing, missing_count, missing_of_attempt,
    missing_of_devices, missing_of_units,
};
pub use retired_keys::{is_key_retired, reserve_key, retire_key, used_keys};
pub(crate) use reused::has_reused_photo;
pub use reused::{ReusedPhoto, defects_with_bytes, reused_of_defects};
pub use state::{
    Camera, Rendered, accept_original, attach_to_attempt, begin_parts, make_ready, mark_received, reject,
    replace_renditions, set_reader_version, set_staging_key, set_stripped_key, set_webp_time, write_off,
};

use std::collections::HashSet;

use domain::VisibilityScope;
use domain::id::{AttemptId, DefectId, PhotoId};
use domain::photo::PhotoState;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::columns::{self, Columns};
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::defects;
use crate::entity::photos::{Column, Entity, Model};
use crate::id_in::id_in;
use crate::partial::Partial;
use crate::visibility;

/// The states of photos that are no evidence of anything.
pub(crate) const UNUSABLE: [PhotoState; 2] = [PhotoState::Rejected, PhotoState::Withdrawn];

/// Writes a new photo.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, photo: Model) -> Result<(), Error> {
    Entity::insert(photo.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// A photo, if the caller may see it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(conn: &Connection, scope: &VisibilityScope, id: PhotoId) -> Result<Option<Model>, Error> {
    Ok(find_many(conn, scope, &[id]).await?.pop())
}

/// Those of the photos that the caller may see.
///
/// Two statements: one for both, with the defects that are seen as a condition, made PostgreSQL list all of them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_many(conn: &Connection, scope: &VisibilityScope, ids: &[PhotoId]) -> Result<Vec<Model>, Error> {
    let shown = Condition::any().add(Column::DefectId.is_null()).add(visibility::photos_of_seen(scope));
    let shown = Condition::all().add(shown).add(visibility::not_signed_elsewhere(scope));
    let photos = Entity::find().filter(id_in(conn, Column::Id, ids)).filter(shown).all(conn).await?;
    let defects: Vec<DefectId> = photos.iter().filter_map(|photo| photo.defect_id).collect();
    let seen: HashSet<DefectId> = visible_defects_among(conn, scope, &defects).await?.into_iter().collect();
    let may_see = |photo: &Model| match photo.defect_id {
        Some(defect) => seen.contains(&defect),
        None => visibility::signature(scope, photo),
    };
    Ok(photos.into_iter().filter(may_see).collect())
}

async fn visible_defects_among(
    conn: &Connection,
    scope: &VisibilityScope,
    defect_ids: &[DefectId],
) -> Result<Vec<DefectId>, Error> {
    if defect_ids.is_empty() {
        return Ok(Vec::new());
    }
    defects::Entity::find()
        .select_only()
        .column(defects::Column::Id)
        .filter(id_in(conn, defects::Column::Id, defect_ids))
        .filter(visibility::defects(scope))
        .into_tuple()
        .all(conn)
        .await
}

/// Those of the photos that the caller may see, locked until the end of the transaction.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(conn: &WriteTx, scope: &VisibilityScope, ids: &[PhotoId]) -> Result<Vec<Model>, Error> {
    let seen: Vec<PhotoId> = find_many(conn, scope, ids).await?.into_iter().map(|photo| photo.id).collect();
    // In the order of their ids: of two who want the same, neither waits for the other.
    Entity::find().filter(id_in(conn, Column::Id, &seen)).order_by_asc(Column::Id).for_update().all(conn).await
}

/// A photo, without a visibility scope: for jobs.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn load(conn: &Connection, id: PhotoId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).one(conn).await
}

/// The photos of defects that the caller sees, in the order in which they were taken.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_defects(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[DefectId],
    columns: Columns,
) -> Result<Vec<Partial<Model>>, Error> {
    list_photos(conn, scope, id_in(conn, Column::DefectId, ids), columns).await
}

/// The photos of repair attempts of defects that the caller sees, in the order in which they were taken.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_attempts(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[AttemptId],
) -> Result<Vec<Partial<Model>>, Error> {
    list_photos(conn, scope, id_in(conn, Column::AttemptId, ids), Columns::ALL).await
}

async fn list_photos(
    conn: &Connection,
    scope: &VisibilityScope,
    of: sea_orm::sea_query::SimpleExpr,
    columns: Columns,
) -> Result<Vec<Partial<Model>>, Error> {
    let select = Entity::find()
        .filter(of)
        .filter(visibility::photos_of_seen(scope))
        .order_by_asc(Column::OccurredAt)
        .order_by_asc(Column::Id);
    columns::some(conn, select, columns).await
}
