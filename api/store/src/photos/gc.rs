//! Queries of the garbage collection, without a visibility scope.

use domain::Timestamp;
use domain::defect::DefectStatus;
use domain::id::{PhotoId, ProjectId};
use domain::photo::{PhotoState, PhotoSubjectKind};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::defects;
use crate::entity::photos::{Column, Entity, Model};

/// A photo whose bytes are kept, as far as its objects are concerned.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct StoredPhoto {
    /// The photo.
    pub id: PhotoId,
    /// Its project.
    pub project_id: ProjectId,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Their number.
    pub byte_size: i64,
    /// Its state.
    pub state: PhotoState,
    /// Where the original lies.
    pub object_key: Option<String>,
    /// Where the small rendition lies.
    pub thumb_key: Option<String>,
    /// Where the large one lies.
    pub large_key: Option<String>,
    /// Where the copy without metadata lies.
    pub stripped_key: Option<String>,
    /// Where the one that is drawn on lies.
    pub marked_key: Option<String>,
    /// When WebP was made of it.
    pub webp_at: Option<i64>,
}

/// Photos whose bytes are kept, in the order of their ids, behind one of them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn stored_after(conn: &Connection, after: PhotoId, limit: u64) -> Result<Vec<StoredPhoto>, Error> {
    Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::ProjectId,
            Column::Sha256,
            Column::ByteSize,
            Column::State,
            Column::ObjectKey,
            Column::ThumbKey,
            Column::LargeKey,
            Column::StrippedKey,
            Column::MarkedKey,
            Column::WebpAt,
        ])
        .filter(Column::Id.gt(after))
        .filter(Column::ObjectKey.is_not_null())
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_model()
        .all(conn)
        .await
}

/// How many photos' bytes are kept.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn stored_count(conn: &Connection) -> Result<u64, Error> {
    Entity::find().filter(Column::ObjectKey.is_not_null()).count(conn).await
}

/// Ready photos that have no copy without metadata, in the order of their ids, behind one of them: with their
/// originals' keys.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unstripped_after(
    conn: &Connection,
    after: PhotoId,
    limit: u64,
) -> Result<Vec<(PhotoId, Option<String>)>, Error> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::ObjectKey])
        .filter(Column::Id.gt(after))
        .filter(Column::State.eq(PhotoState::Ready))
        .filter(Column::StrippedKey.is_null())
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await
}

/// Rejected photos whose bytes are there and that no reader of this version or a later one has judged, in the order of
/// their ids, behind one of them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rejected_after(
    conn: &Connection,
    reader_version: i32,
    after: PhotoId,
    limit: u64,
) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(Column::Id.gt(after))
        .filter(Column::State.eq(PhotoState::Rejected))
        .filter(Column::ObjectKey.is_not_null())
        .filter(Condition::any().add(Column::ReaderVersion.is_null()).add(Column::ReaderVersion.lt(reader_version)))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(conn)
        .await
}

/// Photos of a project whose bytes came before a moment, and whose defects are closed or void.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn overdue_for_removal(
    conn: &Connection,
    project_id: ProjectId,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<Model>, Error> {
    let settled = Query::select()
        .column(defects::Column::Id)
        .from(defects::Entity)
        .and_where(defects::Column::ProjectId.eq(project_id))
        .and_where(defects::Column::Status.is_in([DefectStatus::Closed, DefectStatus::Void].map(DefectStatus::as_str)))
        .to_owned();
    Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::SubjectKind.eq(PhotoSubjectKind::Defect))
        .filter(Column::ObjectKey.is_not_null())
        .filter(Column::ReceivedAt.lt(before.0))
        .filter(Column::DefectId.in_subquery(settled))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(conn)
        .await
}

/// The bytes are removed: `REMOVED`, and no object belongs to the photo any more. Returns whether one did.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn mark_removed(conn: &Connection, id: PhotoId, now: Timestamp) -> Result<bool, Error> {
    let nowhere = || Expr::value(Option::<String>::None);
    let done = Entity::update_many()
        .col_expr(Column::State, PhotoState::Removed.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::RemovedAt, now.0.into())
        .col_expr(Column::ObjectKey, nowhere())
        .col_expr(Column::ThumbKey, nowhere())
        .col_expr(Column::LargeKey, nowhere())
        .col_expr(Column::StrippedKey, nowhere())
        .col_expr(Column::MarkedKey, nowhere())
        .col_expr(Column::WebpAt, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::ObjectKey.is_not_null())
        .exec(conn)
        .await?;
    Ok(done.rows_affected == 1)
}
