//! The shared parts of the schema types of rows, and the modules with the types of projects.

pub use super::people::{Company, Member, Person};
pub use super::place::{Building, Plan, Point, UnitType, UnitTypeRoom};
pub use super::project::Project;
pub use super::rule::ResponsibilityRule;

/// Makes a schema type of a row that is shared by reference.
macro_rules! row_type {
    ($($(#[$meta:meta])* $name:ident($row:ty);)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, async_graphql::Description)]
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
