//! Projects, companies, people, units and rooms as a viewer sees them.

use async_graphql::{Context, Object};
use domain::Party;
use store::entity::{companies, people, projects, rooms, units};

use crate::graphql::ask::Ask;
use crate::graphql::checklist::types::Checklist;
use crate::graphql::error::{ApiError, ApiResult};
use crate::graphql::inspection::types::UnitInspection;
use crate::graphql::overview::{overview, types::Overview};
use crate::graphql::page::{Nodes, Paging};
use crate::graphql::round::rounds;
use crate::graphql::round::types::Round;
use crate::graphql::scalars::Uid;
use crate::graphql::unit::fields;
use crate::graphql::unit::types::{AllowedUnitCommand, Readiness, UnitReview};

/// Makes a schema type of a row that is shared by reference.
macro_rules! row_type {
    ($($(#[$meta:meta])* $name:ident($row:ty);)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone)]
            pub struct $name(pub std::sync::Arc<$row>);

            impl From<$row> for $name {
                fn from(row: $row) -> Self {
                    Self(std::sync::Arc::new(row))
                }
            }
        )+
    };
}
pub(crate) use row_type;

row_type! {
    /// A project: the handover of one or more buildings.
    Project(projects::Model);
    /// A company that takes part in a project.
    Company(companies::Model);
    /// A person.
    Person(people::Model);
    /// A unit: a home, or a common part of a building.
    Unit(units::Model);
    /// A room of a unit.
    Room(rooms::Model);
}

/// A code as the database holds it.
///
/// # Errors
/// When somebody else wrote the database.
pub fn code<T: std::str::FromStr<Err = domain::UnknownCode>>(text: &str) -> ApiResult<T> {
    text.parse().map_err(|error: domain::UnknownCode| ApiError::internal(error))
}

#[Object]
impl Project {
    /// The project's id.
    async fn id(&self) -> Uid {
        Uid(self.0.id)
    }

    /// The project's code, unique on this server.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The project's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The rounds in the order of their numbers. Owners see those in which the own opened unit is inspected.
    async fn rounds(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> ApiResult<Nodes<Round>> {
        rounds(ctx, self.0.id, Paging { first, after, last, before }).await
    }

    /// The checklists by name. Staff only.
    async fn checklists(&self, ctx: &Context<'_>) -> ApiResult<Vec<Checklist>> {
        ctx.loaders().checklist.of_projects.list(self.0.id).await
    }

    /// The project in numbers; null for roles that do not see it.
    async fn overview(&self, ctx: &Context<'_>) -> ApiResult<Option<Overview>> {
        overview(ctx, self.0.id).await
    }
}

#[Object]
impl Company {
    /// The company's id.
    async fn id(&self) -> Uid {
        Uid(self.0.id)
    }

    /// The company's code, unique in the project.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The company's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Which party it is.
    async fn kind(&self) -> ApiResult<Party> {
        code(&self.0.kind)
    }
}

#[Object]
impl Person {
    /// The person's id.
    async fn id(&self) -> Uid {
        Uid(self.0.id)
    }

    /// The person's name.
    async fn name(&self) -> &str {
        &self.0.name
    }
}

#[Object]
impl Unit {
    /// The unit's id.
    async fn id(&self) -> Uid {
        Uid(self.0.id)
    }

    /// The unit's number for people, like `3-1-1502`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The inspections of the unit, one for each round that it was in, in the order of the rounds.
    async fn inspections(&self, ctx: &Context<'_>) -> ApiResult<Vec<UnitInspection>> {
        ctx.loaders().inspection.of_units.list(self.0.id).await
    }

    /// Whether it is ready for delivery, and what stands against it.
    async fn readiness(&self, ctx: &Context<'_>) -> ApiResult<Option<Readiness>> {
        fields::readiness(ctx, &self.0).await
    }

    /// What its owners said of it, oldest first. Owners read their own reviews, contractors none.
    async fn reviews(&self, ctx: &Context<'_>) -> ApiResult<Vec<UnitReview>> {
        fields::reviews(ctx, &self.0).await
    }

    /// Every command, whether the viewer may do it now, and why not.
    async fn allowed_commands(&self, ctx: &Context<'_>) -> ApiResult<Vec<AllowedUnitCommand>> {
        fields::allowed_commands(ctx, &self.0).await
    }
}

#[Object]
impl Room {
    /// The room's id.
    async fn id(&self) -> Uid {
        Uid(self.0.id)
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
}
