//! Units and their rooms.

use async_graphql::{Context, Object};
use domain::id::{RoomId, UnitId};
use domain::unit::UnitKind;
use store::columns::Columns;
use store::entity::{rooms, units};

use super::types::{AllowedUnitCommand, Readiness, UnitOwner, UnitReview};
use crate::context::ContextExt;
use crate::defect::list::{self, Asked, DefectFilter, DefectOrder};
use crate::defect::types::Defect;
use crate::error::ApiResult;
use crate::inspection::types::UnitInspection;
use crate::page::{Connection, Paging};
use crate::plan::{PlannedList, ToMany, ToOne, by_id, planned};
use crate::project::place::outline;
use crate::project::types::{Building, Point, Project, UnitType, row_type};
use crate::scalars::{DateTime, Uid};

row_type! {
    /// A unit 户: a home, or a common part of a building.
    Unit(units::Model);
    /// A room of a unit.
    Room(rooms::Model);
}

#[Object(use_type_description)]
impl Unit {
    /// The unit's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The unit's number for people, like `3-1-1502`. Never parse it.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The project.
    fn project(&self) -> ToOne<Project> {
        ToOne::by(self.0.project_id)
    }

    /// The building.
    fn building(&self, ctx: &Context<'_>) -> ToOne<Building> {
        ToOne::by(self.0.building_id).seen_if(ctx.is_staff_of(self.0.project_id))
    }

    /// The entrance 单元; null in a building without entrances.
    fn entrance(&self) -> Option<&str> {
        self.0.entrance.as_deref()
    }

    /// The floor: 1 is the ground floor, below 0 are basements.
    fn floor(&self) -> i32 {
        self.0.floor
    }

    /// A home or a common part.
    fn kind(&self) -> UnitKind {
        self.0.kind
    }

    /// The unit type; null for common parts without one.
    fn unit_type(&self, ctx: &Context<'_>) -> ToOne<UnitType> {
        ToOne::by(self.0.unit_type_id).seen_if(ctx.is_staff_of(self.0.project_id))
    }

    /// The rooms, in the order of the unit type.
    fn rooms(&self) -> ToMany<UnitId, Room> {
        ToMany::by(self.0.id, |loaders| &loaders.unit.rooms_of_units)
    }

    /// The unit's defects that the viewer may see.
    #[allow(clippy::too_many_arguments, reason = "the paging arguments of every list")]
    async fn defects(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all if left out.")] filter: Option<DefectFilter>,
        #[graphql(desc = "In which order; by due time if left out.")] order_by: Option<DefectOrder>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<Defect>> {
        let paging = Paging { first, after, last, before };
        list::of_unit(ctx, self.0.project_id, self.0.id, Asked { filter, order: order_by, paging }).await
    }

    /// How many of the unit's defects match.
    async fn defect_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all if left out.")] filter: Option<DefectFilter>,
    ) -> ApiResult<i32> {
        list::count_of_unit(ctx, self.0.project_id, self.0.id, filter).await
    }

    /// The inspections of the unit, one for each round that it was in, in the order of the rounds.
    fn inspections(&self) -> ToMany<UnitId, UnitInspection> {
        ToMany::by(self.0.id, |loaders| &loaders.inspection.of_units)
    }

    /// Whether it is ready for delivery, and what stands against it.
    async fn readiness(&self, ctx: &Context<'_>) -> ApiResult<Option<Readiness>> {
        let staff = ctx.is_staff_of(self.0.project_id);
        let reads_waivers = ctx.caller()?.visibility().projects.contains(&self.0.project_id);
        let found = ctx.loaders().unit.readiness.load(self.0.id).await?;
        Ok(found.map(|readiness| Readiness { readiness, staff, reads_waivers }))
    }

    /// What its owners said of it, oldest first. Owners read their own reviews, contractors none.
    fn reviews(&self) -> ToMany<UnitId, UnitReview> {
        ToMany::by(self.0.id, |loaders| &loaders.unit.reviews)
    }

    /// Every command, whether the viewer may do it now, and why not.
    fn allowed_commands(&self) -> ToMany<UnitId, AllowedUnitCommand> {
        ToMany::by(self.0.id, |loaders| &loaders.unit.allowed)
    }

    /// When it was opened to its owner; null while it is not.
    fn opened_at(&self) -> Option<DateTime> {
        self.0.opened_at.map(Into::into)
    }

    /// Who owns it. Only for delivery manager, customer relations and property service; empty for everybody else.
    fn owners(&self) -> ToMany<UnitId, UnitOwner> {
        ToMany::by(self.0.id, |loaders| &loaders.unit.owners)
    }

    /// Who owned it before, the last one first, without phones. Only for delivery manager, customer relations and
    /// property service; empty for everybody else.
    fn former_owners(&self) -> ToMany<UnitId, UnitOwner> {
        ToMany::by(self.0.id, |loaders| &loaders.unit.former_owners)
    }

    /// Raised by one with each change; for `expectedVersion`.
    fn version(&self) -> i32 {
        self.0.version
    }
}

#[Object(use_type_description)]
impl Room {
    /// The room's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The room's code inside the unit.
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

    /// The unit.
    fn unit(&self) -> ToOne<Unit> {
        ToOne::by(self.0.unit_id)
    }

    /// The corners on the unit type's plan, in order around the room; empty when it is not drawn.
    async fn outline(&self, ctx: &Context<'_>) -> ApiResult<PlannedList<Point>> {
        let drawn = ctx.loaders().project.type_rooms.load_optional(self.0.unit_type_room_id).await?;
        drawn.map_or(Ok(PlannedList(Vec::new())), |room| outline(&room.0).map(PlannedList))
    }

    /// The room's defects that the viewer may see, by number, 100 at most; all of them are in the unit's list.
    fn defects(&self) -> ToMany<(RoomId, Columns), Defect> {
        ToMany::by((self.0.id, Columns::NONE), |loaders| &loaders.defect.of_rooms)
    }
}

by_id! {
    Unit: UnitId = unit.units;
    Room: RoomId = unit.rooms;
}

planned! {
    Unit {
        "id" => value(|object| Uid::from(object.0.id));
        "code" => leaf(code);
        "project" => one(project);
        "building" => one(building);
        "entrance" => leaf(entrance);
        "floor" => leaf(floor);
        "kind" => leaf(kind);
        "unitType" => one(unit_type);
        "rooms" => many(rooms);
        "defects" => asked();
        "defectCount" => asked();
        "inspections" => many(inspections);
        "readiness" => asked();
        "reviews" => many(reviews);
        "allowedCommands" => many(allowed_commands);
        "openedAt" => leaf(opened_at);
        "owners" => many(owners);
        "formerOwners" => many(former_owners);
        "version" => leaf(version);
    }
}

planned! {
    Room {
        "id" => value(|object| Uid::from(object.0.id));
        "code" => leaf(code);
        "name" => leaf(name);
        "roomType" => leaf(room_type);
        "unit" => one(unit);
        "outline" => asked();
        "defects" => many(defects);
    }
}
