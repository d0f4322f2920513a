//! Photos: found as the caller may see them, moved on from state to state.
//!
//! Each step is one conditional update, so that of two who take it at once one does and the other learns that it was
//! done.

use std::collections::HashSet;

use domain::photo::{PhotoRejection, PhotoStage, PhotoState};
use domain::{Sight, Timestamp};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, UpdateMany,
};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::columns::{self, Columns};
use crate::entity::defects;
use crate::entity::photos::{Column, Entity, Model};
use crate::sight;

/// Writes a new photo.
///
/// # Errors
/// When the database fails.
pub async fn insert(conn: &impl ConnectionTrait, photo: Model) -> Result<(), Error> {
    Entity::insert(photo.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// A photo, if the caller may see it.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, sight: &Sight, id: Uuid) -> Result<Option<Model>, Error> {
    Ok(find_many(conn, sight, &[id]).await?.pop())
}

/// Those of the photos that the caller may see.
///
/// Two statements: one for both, with the defects that are seen as a condition, made PostgreSQL list all of them.
///
/// # Errors
/// When the database fails.
pub async fn find_many(conn: &impl ConnectionTrait, sight: &Sight, ids: &[Uuid]) -> Result<Vec<Model>, Error> {
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

async fn seen_among(conn: &impl ConnectionTrait, sight: &Sight, defect_ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
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

/// A photo, whoever may see it: for jobs.
///
/// # Errors
/// When the database fails.
pub async fn load(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).one(conn).await
}

/// The photos of defects that the caller sees, in the order in which they were taken.
///
/// # Errors
/// When the database fails.
pub async fn of_defects(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    ids: &[Uuid],
    columns: Columns,
) -> Result<Vec<Model>, Error> {
    listed(conn, sight, among(conn, Column::DefectId, ids), columns).await
}

/// The photos of repair attempts of defects that the caller sees, in the order in which they were taken.
///
/// # Errors
/// When the database fails.
pub async fn of_attempts(conn: &impl ConnectionTrait, sight: &Sight, ids: &[Uuid]) -> Result<Vec<Model>, Error> {
    listed(conn, sight, among(conn, Column::AttemptId, ids), Columns::ALL).await
}

async fn listed(
    conn: &impl ConnectionTrait,
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

/// The photos of units that were declared and have not arrived, as (unit, photo). Those of void defects are missed by
/// nobody.
///
/// # Errors
/// When the database fails.
pub async fn missing_of_units(conn: &impl ConnectionTrait, unit_ids: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let void = Query::select()
        .column(defects::Column::Id)
        .from(defects::Entity)
        .and_where(defects::Column::Status.eq("VOID"))
        .and_where(among(conn, defects::Column::UnitId, unit_ids))
        .to_owned();
    Entity::find()
        .select_only()
        .column(Column::UnitId)
        .column(Column::Id)
        .filter(among(conn, Column::UnitId, unit_ids))
        .filter(Column::State.eq(PhotoState::Declared.as_str()))
        .filter(Column::DefectId.not_in_subquery(void))
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(conn)
        .await
}

/// A signature's photo that the person made in the project and that was not rejected.
///
/// # Errors
/// When the database fails.
pub async fn own_signature(
    conn: &impl ConnectionTrait,
    project_id: Uuid,
    person_id: Uuid,
    id: Uuid,
) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id)
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::Stage.eq(PhotoStage::Signature.as_str()))
        .filter(Column::State.ne(PhotoState::Rejected.as_str()))
        .one(conn)
        .await
}

/// Where the same bytes already lie, checked, for another photo of the project that the same person, or somebody of the
/// same company, has uploaded. Whoever only knows the hash of others' bytes has to upload them.
///
/// # Errors
/// When the database fails.
pub async fn stored_twin(conn: &impl ConnectionTrait, photo: &Model) -> Result<Option<String>, Error> {
    let own = Condition::any()
        .add(Column::PersonId.eq(photo.person_id))
        .add_option(photo.company_id.map(|company_id| Column::CompanyId.eq(company_id)));
    let twin: Option<Option<String>> = Entity::find()
        .select_only()
        .column(Column::ObjectKey)
        .filter(Column::ProjectId.eq(photo.project_id))
        .filter(Column::Sha256.eq(photo.sha256.clone()))
        .filter(Column::ByteSize.eq(photo.byte_size))
        .filter(own)
        .filter(Column::ObjectKey.is_not_null())
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(twin.flatten())
}

/// Says where the bytes of a declared photo are to arrive; `None` forgets an upload that was wrong. Answers whether
/// the photo was still waiting for them, at the place `before`.
///
/// # Errors
/// When the database fails.
pub async fn await_upload(
    conn: &impl ConnectionTrait,
    id: Uuid,
    before: Option<&str>,
    now_at: Option<String>,
) -> Result<bool, Error> {
    let mut update = Entity::update_many()
        .col_expr(Column::StagingKey, now_at.into())
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(PhotoState::Declared.as_str()));
    update = match before {
        Some(key) => update.filter(Column::StagingKey.eq(key)),
        None => update.filter(Column::StagingKey.is_null()),
    };
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// The bytes have arrived: `DECLARED` → `RECEIVED`. Answers whether that was so.
///
/// # Errors
/// When the database fails.
pub async fn receive(conn: &impl ConnectionTrait, id: Uuid, object_key: String, now: Timestamp) -> Result<bool, Error> {
    let update = step(id, PhotoState::Declared, PhotoState::Received)
        .col_expr(Column::ObjectKey, object_key.into())
        .col_expr(Column::StagingKey, Option::<String>::None.into())
        .col_expr(Column::ReceivedAt, now.0.into());
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Where a photo's renditions lie, and how large the original is when it stands upright.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The key of the small rendition.
    pub thumb_key: String,
    /// The key of the large one.
    pub large_key: String,
    /// Pixels across.
    pub width: i32,
    /// Pixels down.
    pub height: i32,
}

/// The renditions of the same bytes, made for another photo of the project.
///
/// # Errors
/// When the database fails.
pub async fn rendered_twin(
    conn: &impl ConnectionTrait,
    project_id: Uuid,
    sha256: &[u8],
) -> Result<Option<Rendered>, Error> {
    let twin = Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Sha256.eq(sha256.to_vec()))
        .filter(Column::State.eq(PhotoState::Ready.as_str()))
        .limit(1)
        .one(conn)
        .await?;
    Ok(twin.and_then(|twin| {
        let (thumb_key, large_key) = (twin.thumb_key?, twin.large_key?);
        Some(Rendered { thumb_key, large_key, width: twin.width?, height: twin.height? })
    }))
}

/// The renditions are made: `RECEIVED` → `READY`. Answers whether that was so.
///
/// # Errors
/// When the database fails.
pub async fn make_ready(
    conn: &impl ConnectionTrait,
    id: Uuid,
    rendered: Rendered,
    now: Timestamp,
) -> Result<bool, Error> {
    let update = step(id, PhotoState::Received, PhotoState::Ready)
        .col_expr(Column::ThumbKey, rendered.thumb_key.into())
        .col_expr(Column::LargeKey, rendered.large_key.into())
        .col_expr(Column::Width, rendered.width.into())
        .col_expr(Column::Height, rendered.height.into())
        .col_expr(Column::ReadyAt, now.0.into());
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// The bytes cannot be used: `RECEIVED` → `REJECTED`. Answers whether that was so.
///
/// # Errors
/// When the database fails.
pub async fn reject(conn: &impl ConnectionTrait, id: Uuid, why: PhotoRejection) -> Result<bool, Error> {
    let update = step(id, PhotoState::Received, PhotoState::Rejected)
        .col_expr(Column::Rejection, why.as_str().to_owned().into());
    Ok(update.exec(conn).await?.rows_affected == 1)
}

fn step(id: Uuid, from: PhotoState, to: PhotoState) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::State, to.as_str().to_owned().into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(from.as_str()))
}

/// Makes after-photos of a defect those of a repair attempt; answers how many could be taken: of this defect, declared
/// as after-photos, not rejected, and of no attempt yet.
///
/// # Errors
/// When the database fails.
pub async fn take_for_attempt(
    conn: &impl ConnectionTrait,
    defect_id: Uuid,
    attempt_id: Uuid,
    photo_ids: &[Uuid],
) -> Result<u64, Error> {
    if photo_ids.is_empty() {
        return Ok(0);
    }
    let done = Entity::update_many()
        .col_expr(Column::AttemptId, attempt_id.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(among(conn, Column::Id, photo_ids))
        .filter(Column::DefectId.eq(defect_id))
        .filter(Column::Stage.eq("AFTER"))
        .filter(Column::State.ne("REJECTED"))
        .filter(Column::AttemptId.is_null())
        .exec(conn)
        .await?;
    Ok(done.rows_affected)
}
