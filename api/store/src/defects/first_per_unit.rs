//! The first defects of each of many rooms or units, by one statement.

use domain::VisibilityScope;
use domain::id::{RoomId, UnitId};
use sea_orm::sea_query::{Alias, Expr, Func, Query, SelectStatement, WindowStatement};
use sea_orm::{ConnectionTrait, EntityTrait, ExprTrait, IdenStatic, Order, QueryFilter, QueryTrait, Select};

use super::list::{Filter, OrderBy, matching};
use crate::Error;
use crate::boxed;
use crate::columns::{self, Columns};
use crate::db::Connection;
use crate::entity::defects::{Column, Entity, Model};
use crate::id_in::id_in;
use crate::partial::Partial;
use crate::visibility;

/// The defects of rooms, at most `limit` a room, in the order of their numbers.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_rooms(
    conn: &Connection,
    scope: &VisibilityScope,
    rooms: &[RoomId],
    limit: u64,
    columns: Columns,
) -> Result<Vec<Partial<Model>>, Error> {
    let select = Entity::find().filter(id_in(conn, Column::RoomId, rooms)).filter(visibility::defects(scope));
    let select = columns::select_columns(select, columns);
    let statement = first_of_each(select, Column::RoomId, Column::Number, Order::Asc, limit);
    columns::some_rows(conn, conn.get_database_backend().build(&statement), columns).await
}

/// Which defects of a unit are read, and what of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct First {
    /// Those that match.
    pub filter: Filter,
    /// In this order.
    pub order: OrderBy,
    /// The other way round.
    pub descending: bool,
    /// At most so many.
    pub limit: u64,
    /// With these columns at least.
    pub columns: Columns,
}

/// The first defects of units.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_units(
    conn: &Connection,
    scope: &VisibilityScope,
    units: &[UnitId],
    first: &First,
) -> Result<Vec<Partial<Model>>, Error> {
    let by = first.order.column();
    let columns = first.columns | Columns::from(by);
    let select = matching(scope, &first.filter).filter(id_in(conn, Column::UnitId, units));
    let direction = if first.descending { Order::Desc } else { Order::Asc };
    let statement = first_of_each(columns::select_columns(select, columns), Column::UnitId, by, direction, first.limit);
    columns::some_rows(conn, conn.get_database_backend().build(&statement), columns).await
}

/// The first rows of each group.
fn first_of_each(select: Select<Entity>, group: Column, by: Column, direction: Order, limit: u64) -> SelectStatement {
    let place = Alias::new("place_in_group");
    let window = WindowStatement::partition_by(group)
        .order_by(by, direction.clone())
        .order_by(Column::Id, direction.clone())
        .to_owned();
    let ranked =
        select.into_query().expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), window, place.clone()).to_owned();
    Query::select()
        .expr(Expr::cust("*"))
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(place).lte(limit))
        .order_by(Alias::new(by.as_str()), direction.clone())
        .order_by(Alias::new("id"), direction)
        .to_owned()
}
