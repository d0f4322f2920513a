//! The contents that were submitted for signing, and the names that stand in them.

use domain::id::{DefectId, InspectionId, ProjectId};
use domain::taxonomy::TermKind;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::signed_contents::{Column, Entity, Model};
use crate::entity::{companies, defect_types, terms};
use crate::id_in::{id_in, text_in};

/// Keeps the content to sign.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_content(conn: &Connection, row: Model) -> Result<(), Error> {
    Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// The submitted content of an inspection: the newest, or the one with this hash.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn content(
    conn: &Connection,
    inspection_id: InspectionId,
    hash: Option<Vec<u8>>,
) -> Result<Option<Model>, Error> {
    let mut query = Entity::find().filter(Column::InspectionId.eq(inspection_id));
    if let Some(hash) = hash {
        query = query.filter(Column::ContentHash.eq(hash));
    }
    query.order_by_desc(Column::SubmissionNo).one(conn).await
}

/// The companies of a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn companies(conn: &Connection, project_id: ProjectId) -> Result<Vec<companies::Model>, Error> {
    companies::Entity::find().filter(companies::Column::ProjectId.eq(project_id)).all(conn).await
}

/// The terms of these kinds of a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn terms(conn: &Connection, project_id: ProjectId, kinds: &[TermKind]) -> Result<Vec<terms::Model>, Error> {
    terms::Entity::find()
        .filter(terms::Column::ProjectId.eq(project_id))
        .filter(terms::Column::Kind.is_in(kinds.iter().copied()))
        .all(conn)
        .await
}

/// The defect types of a project with these codes.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn defect_types(
    conn: &Connection,
    project_id: ProjectId,
    codes: &[String],
) -> Result<Vec<defect_types::Model>, Error> {
    defect_types::Entity::find()
        .filter(defect_types::Column::ProjectId.eq(project_id))
        .filter(text_in(conn, defect_types::Column::Code, codes))
        .all(conn)
        .await
}

/// Those of the defects that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn seen_defects(
    conn: &Connection,
    scope: &domain::VisibilityScope,
    ids: &[DefectId],
) -> Result<Vec<DefectId>, Error> {
    use sea_orm::QuerySelect;

    use crate::entity::defects;
    defects::Entity::find()
        .select_only()
        .column(defects::Column::Id)
        .filter(id_in(conn, defects::Column::Id, ids))
        .filter(crate::visibility::defects(scope))
        .into_tuple()
        .all(conn)
        .await
}
