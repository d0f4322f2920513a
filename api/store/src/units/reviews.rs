//! What owners said of their units.

use domain::VisibilityScope;
use domain::id::{ReviewId, UnitId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::unit_reviews;
use crate::id_in::id_in;

/// Writes a review.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_review(conn: &Connection, review: unit_reviews::Model) -> Result<(), Error> {
    unit_reviews::Entity::insert(review.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// The reviews of units, oldest first, as the caller may read them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn reviews_of(
    conn: &Connection,
    scope: &VisibilityScope,
    unit_ids: &[UnitId],
) -> Result<Vec<unit_reviews::Model>, Error> {
    reviews(conn, scope, id_in(conn, unit_reviews::Column::UnitId, unit_ids)).await
}

/// Reviews by id, as the caller may read them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn reviews_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[ReviewId],
) -> Result<Vec<unit_reviews::Model>, Error> {
    reviews(conn, scope, id_in(conn, unit_reviews::Column::Id, ids)).await
}

/// Staff other than contractors read all reviews of the project, owners their own.
async fn reviews(
    conn: &Connection,
    scope: &VisibilityScope,
    which: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<unit_reviews::Model>, Error> {
    use unit_reviews::Column;
    let own = Condition::all()
        .add(Column::PersonId.eq(scope.person_id))
        .add(Column::UnitId.is_in(scope.owned_units.iter().copied()));
    unit_reviews::Entity::find()
        .filter(which)
        .filter(Condition::any().add(own).add(Column::ProjectId.is_in(scope.projects.iter().copied())))
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}
