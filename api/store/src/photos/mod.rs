//! Photos: found as the caller may see them, and moved on from state to state.

mod care;
mod condemned;
mod marking;
mod missing;
mod progress;
mod reused;
mod slips;
mod twins;

pub use care::{Kept, kept_after, kept_count, overdue_for_removal, rejected_after, remove, unstripped_after};
pub use condemned::{condemn, is_condemned, secure, used_among};
pub use marking::{drawn, hold, mark};
pub use missing::{
    MissingFilter, MissingOfDevice, is_without_evidence, missing, missing_count, missing_of_attempt,
    missing_of_devices, missing_of_units,
};
pub use progress::{
    Camera, Rendered, await_upload, begin_parts, judged, keep, made_again, make_ready, receive, reject, strip,
    take_for_attempt, webp_made, write_off,
};
pub(crate) use reused::has_reused_photo;
pub use reused::{ReusedPhoto, defects_with_bytes, reused_of_defects};
pub use slips::{
    PhotoMove, declare_anew, has_photos_of_owners, is_open_to_others, move_to, move_with_defect, withdraw,
};
pub use twins::{rendered_twin, stored_twin};

use std::collections::HashSet;

use domain::Sight;
use domain::photo::PhotoState;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::columns::{self, Columns};
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::defects;
use crate::entity::photos::{Column, Entity, Model};
use crate::sight;

/// The states of photos that are no evidence of anything.
pub(crate) const UNUSABLE: [PhotoState; 2] = [PhotoState::Rejected, PhotoState::Withdrawn];

/// Writes a new photo.
///
/// # Errors
/// When the database fails.
pub async fn insert(conn: &Connection, photo: Model) -> Result<(), Error> {
    Entity::insert(photo.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// A photo, if the caller may see it.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &Connection, sight: &Sight, id: Uuid) -> Result<Option<Model>, Error> {
    Ok(find_many(conn, sight, &[id]).await?.pop())
}

/// Those of the photos that the caller may see.
///
/// Two statements: one for both, with the defects that are seen as a condition, made PostgreSQL list all of them.
///
/// # Errors
/// When the database fails.
pub async fn find_many(conn: &Connection, sight: &Sight, ids: &[Uuid]) -> Result<Vec<Model>, Error> {
    let shown = Condition::any().add(Column::DefectId.is_null()).add(sight::photos_of_seen(sight));
    let photos = Entity::find().filter(among(conn, Column::Id, ids)).filter(shown).all(conn).await?;
    let defects: Vec<Uuid> = photos.iter().filter_map(|photo| photo.defect_id).collect();
    let seen: HashSet<Uuid> = seen_among(conn, sight, &defects).await?.into_iter().collect();
    let may_see = |photo: &Model| match photo.defect_id {
        Some(defect) => seen.contains(&defect),
        None => sight::signature(sight, photo),
    };
    Ok(photos.into_iter().filter(may_see).collect())
}

async fn seen_among(conn: &Connection, sight: &Sight, defect_ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    if defect_ids.is_empty() {
        return Ok(Vec::new());
    }
    defects::Entity::find()
        .select_only()
        .column(defects::Column::Id)
        .filter(among(conn, defects::Column::Id, defect_ids))
        .filter(sight::defects(sight))
        .into_tuple()
        .all(conn)
        .await
}

/// Those of the photos that the caller may see, locked until the end of the transaction.
///
/// # Errors
/// When the database fails.
pub async fn find_for_change(conn: &WriteTx, sight: &Sight, ids: &[Uuid]) -> Result<Vec<Model>, Error> {
    let seen: Vec<Uuid> = find_many(conn, sight, ids).await?.into_iter().map(|photo| photo.id).collect();
    // In the order of their ids: of two who want the same, neither waits for the other.
    Entity::find().filter(among(conn, Column::Id, &seen)).order_by_asc(Column::Id).for_change().all(conn).await
}

/// A photo, whoever may see it: for jobs.
///
/// # Errors
/// When the database fails.
pub async fn load(conn: &Connection, id: Uuid) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).one(conn).await
}

/// The photos of defects that the caller sees, in the order in which they were taken.
///
/// # Errors
/// When the database fails.
pub async fn of_defects(conn: &Connection, sight: &Sight, ids: &[Uuid], columns: Columns) -> Result<Vec<Model>, Error> {
    listed(conn, sight, among(conn, Column::DefectId, ids), columns).await
}

/// The photos of repair attempts of defects that the caller sees, in the order in which they were taken.
///
/// # Errors
/// When the database fails.
pub async fn of_attempts(conn: &Connection, sight: &Sight, ids: &[Uuid]) -> Result<Vec<Model>, Error> {
    listed(conn, sight, among(conn, Column::AttemptId, ids), Columns::ALL).await
}

async fn listed(
    conn: &Connection,
    sight: &Sight,
    of: sea_orm::sea_query::SimpleExpr,
    columns: Columns,
) -> Result<Vec<Model>, Error> {
    let select = Entity::find()
        .filter(of)
        .filter(sight::photos_of_seen(sight))
        .order_by_asc(Column::OccurredAt)
        .order_by_asc(Column::Id);
    columns::all(conn, select, columns).await
}
