//! Units in lists: filter, order and pages.

use domain::VisibilityScope;
use domain::id::{BuildingId, ProjectId, UnitTypeId};
use domain::text::folded;
use domain::unit::UnitKind;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, LikeExpr, Order, Query, WindowStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::units;
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within};
use crate::visibility;

/// The filter of a list of units; an absent field matches any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitFilter {
    /// Of this project.
    pub project_id: Option<ProjectId>,
    /// In this building.
    pub building_id: Option<BuildingId>,
    /// Of this unit type.
    pub unit_type_id: Option<UnitTypeId>,
    /// Of this kind.
    pub kind: Option<UnitKind>,
    /// With this in the code, whatever the case of letters.
    pub code: Option<String>,
    /// On this floor.
    pub floor: Option<i32>,
}

impl UnitFilter {
    fn condition(&self) -> Condition {
        use units::Column;
        Condition::all()
            .add_option(self.project_id.map(|id| Column::ProjectId.eq(id)))
            .add_option(self.building_id.map(|id| Column::BuildingId.eq(id)))
            .add_option(self.unit_type_id.map(|id| Column::UnitTypeId.eq(id)))
            .add_option(self.kind.map(|kind| Column::Kind.eq(kind)))
            .add_option(self.code.as_deref().map(has_in_code))
            .add_option(self.floor.map(|floor| Column::Floor.eq(floor)))
    }
}

fn has_in_code(text: &str) -> Expr {
    let escaped = folded(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Expr::col((units::Entity, units::Column::Search)).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// The orders of a list of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitOrder {
    /// Building, entrance, floor, position.
    Place,
    /// The code, as text.
    Code,
}

impl UnitOrder {
    /// The list's name inside cursors.
    #[must_use]
    pub const fn list_name(self) -> &'static str {
        match self {
            Self::Place => "units:place",
            Self::Code => "units:code",
        }
    }

    fn cursor(self, row: &units::Model) -> Cursor {
        match self {
            Self::Place => Cursor { sort: row.place_order, id: row.id.uuid() },
            // The code is unique in the project and is looked up by the id again.
            Self::Code => Cursor { sort: 0, id: row.id.uuid() },
        }
    }
}

/// A page of the units that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(
    conn: &Connection,
    scope: &VisibilityScope,
    filter: &UnitFilter,
    order: UnitOrder,
    descending: bool,
    request: &PageRequest,
) -> Result<Page<units::Model>, Error> {
    use units::Column;
    let direction = reading_order(request, descending);
    let select = units::Entity::find().filter(visibility::units(scope)).filter(filter.condition());
    let select = match order {
        UnitOrder::Place => select
            .filter(within(request, descending, Column::PlaceOrder, Column::Id))
            .order_by(Column::PlaceOrder, direction.clone())
            .order_by(Column::Id, direction),
        UnitOrder::Code => select.filter(within_codes(scope, request, descending)).order_by(Column::Code, direction),
    };
    let rows = select.limit(request.limit + 1).all(conn).await?;
    Ok(Page::of(request, rows.into_iter().map(|row| (order.cursor(&row), row)).collect()))
}

/// Behind and before the units of the cursors, by code. A unit that the caller may not see is no place in the list.
fn within_codes(scope: &VisibilityScope, request: &PageRequest, descending: bool) -> Condition {
    use units::Column;
    let code_of = |cursor: Cursor| {
        let mut code = Query::select();
        code.column(Column::Code)
            .from(units::Entity)
            .and_where(Column::Id.eq(cursor.id))
            .cond_where(visibility::units(scope));
        code
    };
    let beyond = |cursor: Cursor, greater: bool| {
        let column = Expr::col((units::Entity, Column::Code));
        let code = Expr::SubQuery(None, Box::new(code_of(cursor).into()));
        if greater { column.gt(code) } else { column.lt(code) }
    };
    Condition::all()
        .add_option(request.after.map(|cursor| beyond(cursor, !descending)))
        .add_option(request.before.map(|cursor| beyond(cursor, descending)))
}

/// The first units of buildings in the order of place, at most `limit` a building.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn first_of_buildings(
    conn: &Connection,
    scope: &VisibilityScope,
    building_ids: &[BuildingId],
    limit: u64,
) -> Result<Vec<units::Model>, Error> {
    use units::Column;
    let place = WindowStatement::partition_by(Column::BuildingId)
        .order_by(Column::PlaceOrder, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .to_owned();
    let ranked = units::Entity::find()
        .filter(id_in(conn, Column::BuildingId, building_ids))
        .filter(visibility::units(scope))
        .into_query()
        .expr_window_as(Func::cust(Alias::new("ROW_NUMBER")), place, Alias::new("place_in_building"))
        .to_owned();
    let statement = Query::select()
        .expr(Expr::cust("*"))
        .from_subquery(ranked, Alias::new("ranked"))
        .and_where(Expr::col(Alias::new("place_in_building")).lte(limit))
        .order_by(Alias::new("place_order"), Order::Asc)
        .order_by(Alias::new("id"), Order::Asc)
        .to_owned();
    units::Entity::find().from_raw_sql(conn.get_database_backend().build(&statement)).all(conn).await
}
