//! Lists of units: filter, order and pages.

use async_graphql::{Context, Enum, InputObject};
use domain::id::{BuildingId, ProjectId, UnitTypeId};
use domain::unit::UnitKind;
use store::units::{UnitFilter as Filter, UnitOrder as OrderBy};

use super::loaders::first_units;
use super::types::Unit;
use crate::context::ContextExt;
use crate::defect::list::OrderDirection;
use crate::error::{ApiError, ApiResult};
use crate::page::{Connection, Paging, connection};
use crate::plan::PlannedList;
use crate::scalars::Uid;

/// Longest part of a code to look for.
const CODE_LIMIT: usize = 100;

/// The filter of units: fields are ANDed, an absent field means all.
#[derive(InputObject, Clone, Default)]
pub struct UnitFilter {
    /// In this building.
    pub building_id: Option<Uid<BuildingId>>,
    /// Of this unit type.
    pub unit_type_id: Option<Uid<UnitTypeId>>,
    /// Homes, or common parts.
    pub kind: Option<UnitKind>,
    /// With this in the code, whatever the case of letters; at most 100 characters.
    pub code: Option<String>,
    /// On this floor.
    pub floor: Option<i32>,
}

/// The orders of a list of units; ties by id.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnitOrderField {
    /// Building, entrance, floor, position: the order of a walk.
    #[default]
    Place,
    /// The code, as text.
    Code,
}

/// The order of a list of units.
#[derive(InputObject, Clone, Copy, Default)]
pub struct UnitOrder {
    /// By what.
    pub field: UnitOrderField,
    /// In which direction; ascending if left out.
    #[graphql(default)]
    pub direction: OrderDirection,
}

impl From<UnitOrderField> for OrderBy {
    fn from(field: UnitOrderField) -> Self {
        match field {
            UnitOrderField::Place => Self::Place,
            UnitOrderField::Code => Self::Code,
        }
    }
}

/// The arguments of a list of units.
pub struct Asked {
    /// Which units; all if left out.
    pub filter: Option<UnitFilter>,
    /// In which order; by place if left out.
    pub order: Option<UnitOrder>,
    /// Which page.
    pub paging: Paging,
}

/// A page of a project's units.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, `BAD_FILTER`, or an internal error.
pub async fn of_project(ctx: &Context<'_>, project_id: ProjectId, asked: Asked) -> ApiResult<Connection<Unit>> {
    let order = asked.order.unwrap_or_default();
    let by = OrderBy::from(order.field);
    let request = asked.paging.request(by.list_name())?;
    let filter = within_project(project_id, asked.filter.unwrap_or_default())?;
    let descending = order.direction == OrderDirection::Desc;
    let page = app::unit::read::list_units(ctx.app(), ctx.caller()?, &filter, by, descending, &request).await?;
    Ok(connection(page, by.list_name()))
}

/// A page of a building's units in the order of place; the first pages of all buildings of a level by one statement.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, or an internal error.
pub async fn of_building(ctx: &Context<'_>, building_id: BuildingId, paging: &Paging) -> ApiResult<Connection<Unit>> {
    let by = OrderBy::Place;
    let request = paging.request(by.list_name())?;
    if request.after.is_none() && request.before.is_none() && !request.from_end {
        return first_units(ctx, building_id, request.limit).await;
    }
    let filter = Filter { building_id: Some(building_id), ..Filter::default() };
    let page = app::unit::read::list_units(ctx.app(), ctx.caller()?, &filter, by, false, &request).await?;
    Ok(connection(page, by.list_name()))
}

/// `Viewer.homes`: the own units that are opened, also those in projects that the viewer is staff of.
///
/// # Errors
/// When the database fails.
pub async fn homes(ctx: &Context<'_>) -> ApiResult<PlannedList<Unit>> {
    let ids = ctx.caller()?.owned_units.iter().map(|home| ctx.loaders().unit.units.load(home.unit_id));
    let found = futures::future::try_join_all(ids).await?;
    Ok(PlannedList(found.into_iter().flatten().collect()))
}

/// The filter within a project.
fn within_project(project_id: ProjectId, wanted: UnitFilter) -> ApiResult<Filter> {
    if wanted.code.as_ref().is_some_and(|code| code.chars().count() > CODE_LIMIT) {
        return Err(ApiError::bad_request("BAD_FILTER", "a filter takes at most 100 characters of a code"));
    }
    Ok(Filter {
        project_id: Some(project_id),
        building_id: wanted.building_id.map(|id| id.0),
        unit_type_id: wanted.unit_type_id.map(|id| id.0),
        kind: wanted.kind,
        code: wanted.code,
        floor: wanted.floor,
    })
}
