//! What hangs on defects, by its own id, as far as the caller sees the defect.

use domain::VisibilityScope;
use domain::id::{AttemptId, CommentId, DisputeId, VerdictId};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::attempts_disputes_comments::readable_comments;
use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{defect_comments, defects, disputes, repair_attempts, verdicts};
use crate::id_in::id_in;
use crate::visibility;

/// The defects that the caller may see.
fn seen(scope: &VisibilityScope) -> SelectStatement {
    Query::select().column(defects::Column::Id).from(defects::Entity).cond_where(visibility::defects(scope)).to_owned()
}

/// Repair attempts.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn attempts_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[AttemptId],
) -> Result<Vec<repair_attempts::Model>, Error> {
    repair_attempts::Entity::find()
        .filter(id_in(conn, repair_attempts::Column::Id, ids))
        .filter(repair_attempts::Column::DefectId.in_subquery(seen(scope)))
        .all(conn)
        .await
}

/// Verdicts.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn verdicts_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[VerdictId],
) -> Result<Vec<verdicts::Model>, Error> {
    verdicts::Entity::find()
        .filter(id_in(conn, verdicts::Column::Id, ids))
        .filter(verdicts::Column::DefectId.in_subquery(seen(scope)))
        .all(conn)
        .await
}

/// Disputes, which are the staff's.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn disputes_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[DisputeId],
) -> Result<Vec<disputes::Model>, Error> {
    disputes::Entity::find()
        .filter(id_in(conn, disputes::Column::Id, ids))
        .filter(visibility::staff_only(scope, disputes::Column::ProjectId))
        .filter(disputes::Column::DefectId.in_subquery(seen(scope)))
        .all(conn)
        .await
}

/// Comments that the caller may read.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn comments_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[CommentId],
) -> Result<Vec<defect_comments::Model>, Error> {
    defect_comments::Entity::find()
        .filter(id_in(conn, defect_comments::Column::Id, ids))
        .filter(readable_comments(scope))
        .filter(defect_comments::Column::DefectId.in_subquery(seen(scope)))
        .all(conn)
        .await
}
