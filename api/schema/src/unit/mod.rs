//! Units with their rooms, owners, readiness, opening and reviews.

pub mod content;
pub mod list;
pub mod loaders;
pub mod mutations;
pub mod owner;
pub mod queries;
pub mod types;
#[expect(clippy::module_inception, reason = "the unit itself, among what belongs to units")]
pub mod unit;

pub use mutations::UnitMutation;
pub use queries::{UnitQuery, UnitReviewQuery};
