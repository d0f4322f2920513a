//! What the schema types of rows share, and where those of projects are.

use crate::error::{ApiError, ApiResult};

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

/// A code as the database holds it.
///
/// # Errors
/// When somebody else wrote the database.
pub fn parse_code<T: std::str::FromStr<Err = domain::UnknownCode>>(text: &str) -> ApiResult<T> {
    text.parse().map_err(|error: domain::UnknownCode| ApiError::internal(error))
}
