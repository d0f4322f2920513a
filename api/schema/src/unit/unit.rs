//! Units and their rooms.

use async_graphql::{Context, Object};
use domain::unit::UnitKind;
use store::entity::{rooms, units};

use super::types::{AllowedUnitCommand, Readiness, UnitOwner, UnitReview};
use crate::brief::Brief;
use crate::context::ContextExt;
use crate::defect;
use crate::defect::list::{self, Asked, DefectFilter, DefectOrder};
use crate::defect::types::Defect;
use crate::error::ApiResult;
use crate::inspection::types::UnitInspection;
use crate::lookahead::columns_of_rows;
use crate::page::{Connection, Paging};
use crate::project::place::outline;
use crate::project::types::{Building, Point, Project, UnitType, row_type};
use crate::row::Rows;
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
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> ApiResult<Option<Project>> {
        ctx.loaders().project.projects.load(self.0.project_id).await
    }

    /// The building.
    async fn building(&self, ctx: &Context<'_>) -> ApiResult<Option<Brief<Building>>> {
        // Staff of a project see all its places, as the finders have it.
        let seen = ctx.is_staff_of(self.0.project_id);
        Brief::of(ctx, Some(self.0.building_id), seen, &ctx.loaders().project.buildings).await
    }

    /// The entrance 单元; null in a building without entrances.
    async fn entrance(&self) -> Option<&str> {
        self.0.entrance.as_deref()
    }

    /// The floor: 1 is the ground floor, below 0 are basements.
    async fn floor(&self) -> i32 {
        self.0.floor
    }

    /// A home or a common part.
    async fn kind(&self) -> UnitKind {
        self.0.kind
    }

    /// The unit type; null for common parts without one.
    async fn unit_type(&self, ctx: &Context<'_>) -> ApiResult<Option<Brief<UnitType>>> {
        let seen = ctx.is_staff_of(self.0.project_id);
        Brief::of(ctx, self.0.unit_type_id, seen, &ctx.loaders().project.unit_types).await
    }

    /// The rooms, in the order of the unit type.
    async fn rooms(&self, ctx: &Context<'_>) -> ApiResult<Rows<Room>> {
        Ok(Rows(ctx.loaders().unit.rooms_of_units.load_list(self.0.id).await?))
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
    async fn inspections(&self, ctx: &Context<'_>) -> ApiResult<Vec<UnitInspection>> {
        ctx.loaders().inspection.of_units.load_list(self.0.id).await
    }

    /// Whether it is ready for delivery, and what stands against it.
    async fn readiness(&self, ctx: &Context<'_>) -> ApiResult<Option<Readiness>> {
        let staff = ctx.is_staff_of(self.0.project_id);
        let reads_waivers = ctx.caller()?.visibility().projects.contains(&self.0.project_id);
        let found = ctx.loaders().unit.readiness.load(self.0.id).await?;
        Ok(found.map(|readiness| Readiness { readiness, staff, reads_waivers }))
    }

    /// What its owners said of it, oldest first. Owners read their own reviews, contractors none.
    async fn reviews(&self, ctx: &Context<'_>) -> ApiResult<Vec<UnitReview>> {
        ctx.loaders().unit.reviews.load_list(self.0.id).await
    }

    /// Every command, whether the viewer may do it now, and why not.
    async fn allowed_commands(&self, ctx: &Context<'_>) -> ApiResult<Vec<AllowedUnitCommand>> {
        ctx.loaders().unit.allowed.load_list(self.0.id).await
    }

    /// When it was opened to its owner; null while it is not.
    async fn opened_at(&self) -> Option<DateTime> {
        self.0.opened_at.map(Into::into)
    }

    /// Who owns it. Only for delivery manager, customer relations and property service; empty for everybody else.
    async fn owners(&self, ctx: &Context<'_>) -> ApiResult<Vec<UnitOwner>> {
        ctx.loaders().unit.owners.load_list(self.0.id).await
    }

    /// Who owned it before, the last one first, without phones. Only for delivery manager, customer relations and
    /// property service; empty for everybody else.
    async fn former_owners(&self, ctx: &Context<'_>) -> ApiResult<Vec<UnitOwner>> {
        ctx.loaders().unit.former_owners.load_list(self.0.id).await
    }

    /// Raised by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
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
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The room's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The type of room, a code of the project's terms.
    async fn room_type(&self) -> &str {
        &self.0.room_type
    }

    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> ApiResult<Option<Unit>> {
        ctx.loaders().unit.units.load(self.0.unit_id).await
    }

    /// The corners on the unit type's plan, in order around the room; empty when it is not drawn.
    async fn outline(&self, ctx: &Context<'_>) -> ApiResult<Vec<Point>> {
        let drawn = ctx.loaders().project.type_rooms.load_optional(self.0.unit_type_room_id).await?;
        drawn.map_or(Ok(Vec::new()), |room| outline(&room.0))
    }

    /// The room's defects that the viewer may see, by number, 100 at most; all of them are in the unit's list.
    async fn defects(&self, ctx: &Context<'_>) -> ApiResult<Rows<Defect>> {
        let columns = columns_of_rows(ctx, defect::required_columns);
        Ok(Rows(ctx.loaders().defect.of_rooms.load_list((self.0.id, columns)).await?))
    }
}
