//! Checklists, their versions and items, and the rules that judge their measurements.

use domain::id::{ChecklistId, ChecklistItemId, ChecklistVersionId, ProjectId};
use domain::taxonomy::TermKind;
use domain::{Timestamp, VisibilityScope};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{checklist_items, checklist_versions, checklists, measurement_rules, terms};
use crate::id_in::id_in;
use crate::visibility;

/// Rows in one statement: SQLite takes 32,766 values, an item has 11.
const ROWS: usize = 2_000;

/// An item of a checklist version.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn item(
    conn: &Connection,
    version_id: ChecklistVersionId,
    id: ChecklistItemId,
) -> Result<Option<checklist_items::Model>, Error> {
    checklist_items::Entity::find_by_id(id)
        .filter(checklist_items::Column::ChecklistVersionId.eq(version_id))
        .one(conn)
        .await
}

/// A checklist, if the caller may see it: checklists are the staff's.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(
    conn: &Connection,
    scope: &VisibilityScope,
    id: ChecklistId,
) -> Result<Option<checklists::Model>, Error> {
    checklists::Entity::find_by_id(id)
        .filter(visibility::staff_only(scope, checklists::Column::ProjectId))
        .one(conn)
        .await
}

/// Those of the checklists that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[ChecklistId],
) -> Result<Vec<checklists::Model>, Error> {
    checklists::Entity::find()
        .filter(id_in(conn, checklists::Column::Id, ids))
        .filter(visibility::staff_only(scope, checklists::Column::ProjectId))
        .all(conn)
        .await
}

/// The checklists of projects, by name.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_projects(
    conn: &Connection,
    scope: &VisibilityScope,
    projects: &[ProjectId],
) -> Result<Vec<checklists::Model>, Error> {
    checklists::Entity::find()
        .filter(checklists::Column::ProjectId.is_in(projects.iter().copied()))
        .filter(visibility::staff_only(scope, checklists::Column::ProjectId))
        .order_by_asc(checklists::Column::Name)
        .order_by_asc(checklists::Column::Id)
        .all(conn)
        .await
}

/// Versions by id, for everybody with a role in the project, because a reader of a round reads its checklist, too.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn versions_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[ChecklistVersionId],
) -> Result<Vec<checklist_versions::Model>, Error> {
    checklist_versions::Entity::find()
        .filter(id_in(conn, checklist_versions::Column::Id, ids))
        .filter(visibility::all_members(scope, checklist_versions::Column::ProjectId))
        .all(conn)
        .await
}

/// The versions of checklists, oldest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn versions_of(
    conn: &Connection,
    checklists: &[ChecklistId],
) -> Result<Vec<checklist_versions::Model>, Error> {
    checklist_versions::Entity::find()
        .filter(id_in(conn, checklist_versions::Column::ChecklistId, checklists))
        .order_by_asc(checklist_versions::Column::Number)
        .all(conn)
        .await
}

/// The newest version of a checklist.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn newest_version(
    conn: &Connection,
    checklist_id: ChecklistId,
) -> Result<Option<checklist_versions::Model>, Error> {
    checklist_versions::Entity::find()
        .filter(checklist_versions::Column::ChecklistId.eq(checklist_id))
        .order_by_desc(checklist_versions::Column::Number)
        .one(conn)
        .await
}

/// The items of versions, in their order.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn items_of(
    conn: &Connection,
    versions: &[ChecklistVersionId],
) -> Result<Vec<checklist_items::Model>, Error> {
    checklist_items::Entity::find()
        .filter(id_in(conn, checklist_items::Column::ChecklistVersionId, versions))
        .order_by_asc(checklist_items::Column::Sort)
        .order_by_asc(checklist_items::Column::Id)
        .all(conn)
        .await
}

/// Items by id, for everybody with a role in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn items_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[ChecklistItemId],
) -> Result<Vec<checklist_items::Model>, Error> {
    checklist_items::Entity::find()
        .filter(id_in(conn, checklist_items::Column::Id, ids))
        .filter(visibility::all_members(scope, checklist_items::Column::ProjectId))
        .all(conn)
        .await
}

/// The measurement rules of projects, for everybody with a role in them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rules_of(
    conn: &Connection,
    scope: &VisibilityScope,
    projects: &[ProjectId],
) -> Result<Vec<measurement_rules::Model>, Error> {
    measurement_rules::Entity::find()
        .filter(measurement_rules::Column::ProjectId.is_in(projects.iter().copied()))
        .filter(visibility::all_members(scope, measurement_rules::Column::ProjectId))
        .order_by_asc(measurement_rules::Column::Code)
        .all(conn)
        .await
}

/// The codes of a list of the project's vocabulary.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn term_codes(conn: &Connection, project_id: ProjectId, kind: TermKind) -> Result<Vec<String>, Error> {
    let rows = terms::Entity::find()
        .filter(terms::Column::ProjectId.eq(project_id))
        .filter(terms::Column::Kind.eq(kind))
        .order_by_asc(terms::Column::Sort)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|term| term.code).collect())
}

/// The codes of the project's measurement rules.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rule_codes(conn: &Connection, project_id: ProjectId) -> Result<Vec<String>, Error> {
    Ok(rules_in(conn, project_id).await?.into_iter().map(|rule| rule.code).collect())
}

/// The measurement rules of a project, for what the server itself judges by them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rules_in(conn: &Connection, project_id: ProjectId) -> Result<Vec<measurement_rules::Model>, Error> {
    measurement_rules::Entity::find().filter(measurement_rules::Column::ProjectId.eq(project_id)).all(conn).await
}

/// The names of a project's checklists.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn names_in(conn: &Connection, project_id: ProjectId) -> Result<Vec<String>, Error> {
    let rows = checklists::Entity::find().filter(checklists::Column::ProjectId.eq(project_id)).all(conn).await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}

/// Writes a new checklist.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, row: checklists::Model) -> Result<(), Error> {
    checklists::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes a new version with its items.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_version(
    conn: &Connection,
    version: checklist_versions::Model,
    items: Vec<checklist_items::Model>,
) -> Result<(), Error> {
    checklist_versions::Entity::insert(version.into_active_model()).exec_without_returning(conn).await?;
    for chunk in items.chunks(ROWS) {
        let rows = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        checklist_items::Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Freezes a version: from now on a round holds on to it. One that is frozen stays as it was.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn freeze(conn: &Connection, version_id: ChecklistVersionId, now: Timestamp) -> Result<(), Error> {
    checklist_versions::Entity::update_many()
        .col_expr(checklist_versions::Column::FrozenAt, Expr::value(now.0))
        .filter(checklist_versions::Column::Id.eq(version_id))
        .filter(checklist_versions::Column::FrozenAt.is_null())
        .exec(conn)
        .await?;
    Ok(())
}
