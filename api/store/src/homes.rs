//! Units as their owners have them: opened and closed to them, and what owners said of them.

use domain::{Sight, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use crate::Error;
use crate::among::among;
use crate::db::RowLock;
use crate::entity::{defects, unit_owners, unit_reviews, units};
use crate::sight;

/// Those of the units that the caller may see, locked until the transaction ends. Always in the order of their ids,
/// so that two who lock the same units never wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn units_for_change(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    ids: &[Uuid],
) -> Result<Vec<units::Model>, Error> {
    units::Entity::find()
        .filter(among(conn, units::Column::Id, ids))
        .filter(sight::units(sight))
        .order_by_asc(units::Column::Id)
        .for_change()
        .all(conn)
        .await
}

/// Those of the units that anybody owns.
///
/// # Errors
/// When the database fails.
pub async fn owned_among(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
    unit_owners::Entity::find()
        .select_only()
        .column(unit_owners::Column::UnitId)
        .distinct()
        .filter(among(conn, unit_owners::Column::UnitId, ids))
        .filter(unit_owners::Column::Active.eq(true))
        .into_tuple()
        .all(conn)
        .await
}

/// Opens units to their owners at a moment by a person, or closes them.
///
/// # Errors
/// When the database fails.
pub async fn set_opened(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
    opened: Option<(Timestamp, Uuid)>,
) -> Result<(), Error> {
    units::Entity::update_many()
        .col_expr(units::Column::OpenedAt, Expr::value(opened.map(|(at, _)| at.0)))
        .col_expr(units::Column::OpenedBy, Expr::value(opened.map(|(_, by)| by)))
        .col_expr(units::Column::Version, Expr::col(units::Column::Version).add(1))
        .filter(among(conn, units::Column::Id, ids))
        .exec(conn)
        .await?;
    Ok(())
}

/// The defects of a unit that the caller may see, by number.
///
/// # Errors
/// When the database fails.
pub async fn defects_of(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    unit_id: Uuid,
) -> Result<Vec<defects::Model>, Error> {
    defects::Entity::find()
        .filter(defects::Column::UnitId.eq(unit_id))
        .filter(sight::defects(sight))
        .order_by_asc(defects::Column::Number)
        .all(conn)
        .await
}

/// Writes a review.
///
/// # Errors
/// When the database fails.
pub async fn insert_review(conn: &impl ConnectionTrait, review: unit_reviews::Model) -> Result<(), Error> {
    unit_reviews::Entity::insert(review.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// The reviews of units, oldest first, as the caller may read them.
///
/// # Errors
/// When the database fails.
pub async fn reviews_of(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    unit_ids: &[Uuid],
) -> Result<Vec<unit_reviews::Model>, Error> {
    reviews(conn, sight, among(conn, unit_reviews::Column::UnitId, unit_ids)).await
}

/// Reviews by id, as the caller may read them.
///
/// # Errors
/// When the database fails.
pub async fn reviews_by_ids(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    ids: &[Uuid],
) -> Result<Vec<unit_reviews::Model>, Error> {
    reviews(conn, sight, among(conn, unit_reviews::Column::Id, ids)).await
}

/// Staff other than contractors read all reviews of the project, owners their own.
async fn reviews(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    which: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<unit_reviews::Model>, Error> {
    use unit_reviews::Column;
    let own = Condition::all()
        .add(Column::PersonId.eq(sight.person_id))
        .add(Column::UnitId.is_in(sight.homes.iter().copied()));
    unit_reviews::Entity::find()
        .filter(which)
        .filter(Condition::any().add(own).add(Column::ProjectId.is_in(sight.projects.iter().copied())))
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}
