//! Projects, companies, people, units and rooms as a viewer sees them.

use async_graphql::Object;
use domain::Party;
use store::entity::{companies, people, projects, rooms, units};

use crate::graphql::error::{ApiError, ApiResult};
use crate::graphql::scalars::Uid;

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
