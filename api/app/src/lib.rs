//! The use cases: what a person can do, one file each, free of GraphQL, HTTP and SQL.
//!
//! Each loads what it needs as the caller may see it, asks the rule in `domain`, changes, and commits through
//! [`work::Work`], which writes the events, the jobs and the change numbers in the same transaction.

pub mod clock;
pub mod defect;
pub mod error;
pub mod input;
pub mod object_store;
pub mod project;
pub mod work;

use store::db::Db;

pub use clock::{Clock, Ids};
pub use error::{Error, Result};

/// What every use case works with. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub db: Db,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where ids of what the server itself creates come from.
    pub ids: Ids,
}
