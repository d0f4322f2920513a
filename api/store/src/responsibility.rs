//! Responsibility rules: which company new defects go to.

use domain::VisibilityScope;
use domain::id::{BuildingId, ProjectId, ResponsibilityRuleId};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::responsibility_rules::{Column, Entity, Model};
use crate::entity::{buildings, changes};
use crate::visibility;

/// The rules of projects that the caller is staff of, by priority.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_projects(
    conn: &Connection,
    scope: &VisibilityScope,
    project_ids: &[ProjectId],
) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(Column::ProjectId.is_in(project_ids.iter().copied()))
        .filter(visibility::staff_only(scope, Column::ProjectId))
        .order_by_asc(Column::Priority)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Those of the rules whose projects the caller is staff of.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[ResponsibilityRuleId],
) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(visibility::staff_only(scope, Column::ProjectId))
        .all(conn)
        .await
}

/// Locks a rule until the transaction ends, without a visibility scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(conn: &Connection, id: ResponsibilityRuleId) -> Result<Option<Model>, Error> {
    Entity::find_by_id(id).for_update().one(conn).await
}

/// Writes a new rule.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, rule: Model) -> Result<(), Error> {
    Entity::insert(rule.into_active_model()).exec_without_returning(conn).await.map(drop)
}

/// Writes a changed rule.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save(conn: &Connection, rule: Model) -> Result<(), Error> {
    rule.into_active_model().reset_all().update(conn).await.map(drop)
}

/// Removes a rule.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn delete(conn: &Connection, id: ResponsibilityRuleId) -> Result<(), Error> {
    Entity::delete_by_id(id).exec(conn).await.map(drop)
}

/// Whether a rule of a project that the caller is staff of was there once and has been removed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn was_removed(conn: &Connection, scope: &VisibilityScope, id: ResponsibilityRuleId) -> Result<bool, Error> {
    let found = changes::Entity::find()
        .filter(visibility::staff_only(scope, changes::Column::ProjectId))
        .filter(changes::Column::ObjectKind.eq(domain::object_kind::ObjectKind::ResponsibilityRule))
        .filter(changes::Column::ObjectId.eq(id))
        .filter(changes::Column::Deleted.eq(true));
    Ok(found.one(conn).await?.is_some())
}

/// Whether the project has a building.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn has_building(conn: &Connection, project_id: ProjectId, id: BuildingId) -> Result<bool, Error> {
    let found = buildings::Entity::find_by_id(id).filter(buildings::Column::ProjectId.eq(project_id));
    Ok(found.one(conn).await?.is_some())
}
