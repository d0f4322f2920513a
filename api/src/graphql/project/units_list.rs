//! Lists of units: filter and order.

use async_graphql::{Enum, InputObject};
use domain::unit::UnitKind;
use store::places::UnitOrder as OrderBy;
use uuid::Uuid;

use crate::graphql::defect::list::OrderDirection;
use crate::graphql::error::{ApiError, ApiResult};
use crate::graphql::scalars::Uid;

/// Longest part of a code to look for.
const CODE_LIMIT: usize = 100;

/// Which units: fields are ANDed, what is left out means all.
#[derive(InputObject, Clone, Default)]
pub struct UnitFilter {
    /// In this building.
    pub building_id: Option<Uid>,
    /// Of this unit type.
    pub unit_type_id: Option<Uid>,
    /// Homes, or common parts.
    pub kind: Option<UnitKind>,
    /// With this in the code, whatever the case of letters; at most 100 characters.
    pub code: Option<String>,
    /// On this floor.
    pub floor: Option<i32>,
}

/// By what a list of units is ordered; ties by id.
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

/// The filter within a project.
pub(super) fn of_project(project_id: Uuid, wanted: UnitFilter) -> ApiResult<store::places::UnitFilter> {
    if wanted.code.as_ref().is_some_and(|code| code.chars().count() > CODE_LIMIT) {
        return Err(ApiError::bad_request("BAD_FILTER", "a filter takes at most 100 characters of a code"));
    }
    Ok(store::places::UnitFilter {
        project_id: Some(project_id),
        building_id: wanted.building_id.map(Uuid::from),
        unit_type_id: wanted.unit_type_id.map(Uuid::from),
        kind: wanted.kind.map(|kind| kind.as_str().to_owned()),
        code: wanted.code,
        floor: wanted.floor,
    })
}
