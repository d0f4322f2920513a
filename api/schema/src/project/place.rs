//! Buildings and unit types with their plans.

use async_graphql::{Context, Object, SimpleObject};
use domain::id::{BuildingId, UnitTypeId};
use domain::place::Fitout;
use store::entity::{buildings, unit_type_plans, unit_type_rooms, unit_types};

use super::types::row_type;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging};
use crate::plan::{PlannedObject, ToMany, by_id, planned};
use crate::scalars::{DateTime, Uid};
use crate::unit::list as units;
use crate::unit::types::Unit;

row_type! {
    /// A building of a project.
    Building(buildings::Model);
    /// A unit type: the rooms and the floor plan that many units share.
    UnitType(unit_types::Model);
    /// A room as the unit type has it.
    UnitTypeRoom(unit_type_rooms::Model);
    /// A version of a unit type's floor plan. Pins remember the version that they were set on.
    Plan(unit_type_plans::Model);
}

/// A position on a floor plan.
#[derive(SimpleObject, Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// From the left, 0 to 1.
    pub x: f64,
    /// From the top, 0 to 1.
    pub y: f64,
}

/// The corners of a room on its plan.
pub(crate) fn outline(room: &unit_type_rooms::Model) -> ApiResult<Vec<Point>> {
    let corners: Vec<[f64; 2]> =
        serde_json::from_value(room.outline.clone()).map_err(crate::error::ApiError::internal)?;
    Ok(corners.into_iter().map(|[x, y]| Point { x, y }).collect())
}

#[Object(use_type_description)]
impl Building {
    /// The building's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The building's code, unique in the project.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The building's name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Floors above ground.
    fn floors(&self) -> i32 {
        self.0.floors
    }

    /// The units in the order of place: entrance, floor, position. Owners see their own.
    async fn units(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Unit>> {
        units::of_building(ctx, self.0.id, &Paging { first, after, last, before }).await
    }
}

#[Object(use_type_description)]
impl UnitType {
    /// The unit type's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The unit type's code, unique in the project.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The unit type's name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Bare or fitted out.
    fn fitout(&self) -> Fitout {
        self.0.fitout
    }

    /// The area in square metres, a decimal number as text, like `89.5`.
    fn area_m2(&self) -> Option<&str> {
        self.0.area.as_deref()
    }

    /// The rooms with their outlines.
    fn rooms(&self) -> ToMany<UnitTypeId, UnitTypeRoom> {
        ToMany::by(self.0.id, |loaders| &loaders.project.rooms_of_types)
    }

    /// The newest version of the floor plan.
    async fn plan(&self, ctx: &Context<'_>) -> ApiResult<Option<PlannedObject<Plan>>> {
        let plans = ctx.loaders().project.plans_of_types.load_list(self.0.id).await?;
        Ok(plans.into_iter().find(|plan| Some(plan.0.id) == self.0.current_plan_id).map(PlannedObject))
    }

    /// Every version of the floor plan, the newest first.
    fn plans(&self) -> ToMany<UnitTypeId, Plan> {
        ToMany::by(self.0.id, |loaders| &loaders.project.plans_of_types)
    }
}

#[Object(use_type_description)]
impl UnitTypeRoom {
    /// The room's code inside the unit type.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The room's name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The type of room, a code of the project's terms.
    fn room_type(&self) -> &str {
        &self.0.room_type
    }

    /// The corners on the plan, in order around the room; empty when it is not drawn.
    fn outline(&self) -> ApiResult<Vec<Point>> {
        outline(&self.0)
    }
}

#[Object(use_type_description)]
impl Plan {
    /// The plan version's id, which pins remember.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// 1 for the first version.
    fn version(&self) -> i32 {
        self.0.number
    }

    /// The picture's width in pixels.
    fn width(&self) -> i32 {
        self.0.width
    }

    /// The picture's height in pixels.
    fn height(&self) -> i32 {
        self.0.height
    }

    /// A link to the picture, good for three minutes at least and five at most; null when there is none.
    fn url(&self, ctx: &Context<'_>) -> Option<String> {
        app::photo::plan::url(ctx.app(), &self.0)
    }

    /// When this version came.
    fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }
}

by_id! {
    Building: BuildingId = project.buildings;
    UnitType: UnitTypeId = project.unit_types;
}

planned! {
    Building {
        "id" => value(|object| Uid::from(object.0.id));
        "code" => leaf(code);
        "name" => leaf(name);
        "floors" => leaf(floors);
        "units" => asked();
    }
}

planned! {
    UnitType {
        "id" => value(|object| Uid::from(object.0.id));
        "code" => leaf(code);
        "name" => leaf(name);
        "fitout" => leaf(fitout);
        "areaM2" => leaf(area_m2);
        "rooms" => many(rooms);
        "plan" => asked();
        "plans" => many(plans);
    }
}

planned! {
    UnitTypeRoom {
        "code" => leaf(code);
        "name" => leaf(name);
        "roomType" => leaf(room_type);
        "outline" => part(outline);
    }
}

planned! {
    Plan {
        "id" => leaf(id);
        "version" => leaf(version);
        "width" => leaf(width);
        "height" => leaf(height);
        "url" => leaf(url);
        "createdAt" => leaf(created_at);
    }
}

planned! {
    Point {
        "x" => value(|object| object.x);
        "y" => value(|object| object.y);
    }
}
