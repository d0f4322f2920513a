//! Signatures under unit inspections; superseded ones stay as history.

use domain::Timestamp;
use domain::id::{InspectionId, PersonId, PhotoId, ProjectId, SignatureId, UnitId};
use domain::photo::{PhotoState, PhotoSubjectKind};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::photos;
use crate::entity::signatures::{Column, Entity, Model};
use crate::id_in::id_in;
use crate::photos::UNUSABLE;

/// The signatures under subjects that the caller sees, oldest first, superseded ones too.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn signatures_of(conn: &Connection, subjects: &[InspectionId]) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(id_in(conn, Column::SubjectId, subjects))
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Writes a signature.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_signature(conn: &Connection, row: Model) -> Result<(), Error> {
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Makes the signatures that count history; returns which.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn supersede_signatures(
    conn: &Connection,
    subject_id: InspectionId,
    now: Timestamp,
) -> Result<Vec<SignatureId>, Error> {
    let counting =
        Entity::find().filter(Column::SubjectId.eq(subject_id)).filter(Column::SupersededAt.is_null()).all(conn);
    let ids: Vec<SignatureId> = counting.await?.into_iter().map(|row| row.id).collect();
    Entity::update_many()
        .col_expr(Column::SupersededAt, Expr::value(now.0))
        .filter(Column::SubjectId.eq(subject_id))
        .filter(Column::SupersededAt.is_null())
        .exec(conn)
        .await?;
    Ok(ids)
}

/// Whether a photo can be the image of a signature: declared as one, by this person, in this project and for this unit
/// (or for none), and not rejected.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn photo_fits(
    conn: &Connection,
    project_id: ProjectId,
    unit_id: UnitId,
    person_id: PersonId,
    photo_id: PhotoId,
) -> Result<bool, Error> {
    use photos::Column as P;
    let found = photos::Entity::find_by_id(photo_id)
        .filter(P::ProjectId.eq(project_id))
        .filter(P::SubjectKind.eq(PhotoSubjectKind::Signature))
        .filter(P::PersonId.eq(person_id))
        .filter(P::UnitId.is_null().or(P::UnitId.eq(unit_id)))
        .filter(P::State.is_not_in(UNUSABLE.map(PhotoState::as_str)));
    Ok(found.one(conn).await?.is_some())
}
