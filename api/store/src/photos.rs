//! Photos.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter};
use uuid::Uuid;

use crate::Error;
use crate::entity::photos::{Column, Entity};

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
        .col_expr(Column::Version, sea_orm::sea_query::Expr::col(Column::Version).add(1))
        .filter(Column::Id.is_in(photo_ids.iter().copied()))
        .filter(Column::DefectId.eq(defect_id))
        .filter(Column::Stage.eq("AFTER"))
        .filter(Column::State.ne("REJECTED"))
        .filter(Column::AttemptId.is_null())
        .exec(conn)
        .await?;
    Ok(done.rows_affected)
}
