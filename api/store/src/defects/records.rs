//! What hangs on defects, by its own id, as far as the caller sees the defect.

use domain::Sight;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::children::readable_comments;
use crate::Error;
use crate::among::among;
use crate::db::Connection;
use crate::entity::{defect_comments, defects, disputes, repair_attempts, verdicts};
use crate::sight;

/// The defects that the caller may see.
fn seen(sight: &Sight) -> SelectStatement {
    Query::select().column(defects::Column::Id).from(defects::Entity).cond_where(sight::defects(sight)).to_owned()
}

/// Repair attempts.
///
/// # Errors
/// When the database fails.
pub async fn attempts_by_ids(
    conn: &Connection,
    sight: &Sight,
    ids: &[Uuid],
) -> Result<Vec<repair_attempts::Model>, Error> {
    repair_attempts::Entity::find()
        .filter(among(conn, repair_attempts::Column::Id, ids))
        .filter(repair_attempts::Column::DefectId.in_subquery(seen(sight)))
        .all(conn)
        .await
}

/// Verdicts.
///
/// # Errors
/// When the database fails.
pub async fn verdicts_by_ids(conn: &Connection, sight: &Sight, ids: &[Uuid]) -> Result<Vec<verdicts::Model>, Error> {
    verdicts::Entity::find()
        .filter(among(conn, verdicts::Column::Id, ids))
        .filter(verdicts::Column::DefectId.in_subquery(seen(sight)))
        .all(conn)
        .await
}

/// Disputes, which are the staff's.
///
/// # Errors
/// When the database fails.
pub async fn disputes_by_ids(conn: &Connection, sight: &Sight, ids: &[Uuid]) -> Result<Vec<disputes::Model>, Error> {
    disputes::Entity::find()
        .filter(among(conn, disputes::Column::Id, ids))
        .filter(sight::staff_only(sight, disputes::Column::ProjectId))
        .filter(disputes::Column::DefectId.in_subquery(seen(sight)))
        .all(conn)
        .await
}

/// Comments that the caller may read.
///
/// # Errors
/// When the database fails.
pub async fn comments_by_ids(
    conn: &Connection,
    sight: &Sight,
    ids: &[Uuid],
) -> Result<Vec<defect_comments::Model>, Error> {
    defect_comments::Entity::find()
        .filter(among(conn, defect_comments::Column::Id, ids))
        .filter(readable_comments(sight))
        .filter(defect_comments::Column::DefectId.in_subquery(seen(sight)))
        .all(conn)
        .await
}
