//! A project's vocabulary: terms, defect types, measurement rules.

use domain::VisibilityScope;
use domain::id::ProjectId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{defect_types, measurement_rules, terms};
use crate::visibility;

/// The terms of projects, in the order of their lists.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn terms_of(
    conn: &Connection,
    scope: &VisibilityScope,
    project_ids: &[ProjectId],
) -> Result<Vec<terms::Model>, Error> {
    use terms::Column;
    terms::Entity::find()
        .filter(Column::ProjectId.is_in(project_ids.iter().copied()))
        .filter(visibility::all_members(scope, Column::ProjectId))
        .order_by_asc(Column::Kind)
        .order_by_asc(Column::Sort)
        .order_by_asc(Column::Code)
        .all(conn)
        .await
}

/// The defect types of projects, by code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn defect_types_of(
    conn: &Connection,
    scope: &VisibilityScope,
    project_ids: &[ProjectId],
) -> Result<Vec<defect_types::Model>, Error> {
    use defect_types::Column;
    defect_types::Entity::find()
        .filter(Column::ProjectId.is_in(project_ids.iter().copied()))
        .filter(visibility::all_members(scope, Column::ProjectId))
        .order_by_asc(Column::Code)
        .all(conn)
        .await
}

/// The measurement rules of projects that the caller is staff of, by code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn measurement_rules_of(
    conn: &Connection,
    scope: &VisibilityScope,
    project_ids: &[ProjectId],
) -> Result<Vec<measurement_rules::Model>, Error> {
    use measurement_rules::Column;
    measurement_rules::Entity::find()
        .filter(Column::ProjectId.is_in(project_ids.iter().copied()))
        .filter(visibility::staff_only(scope, Column::ProjectId))
        .order_by_asc(Column::Code)
        .all(conn)
        .await
}
