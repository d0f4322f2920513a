//! Unit inspections: reading, recording, submitting, signing.

pub mod content;
pub mod inputs;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod results;
pub mod types;

pub use mutations::InspectionMutation;
pub use queries::InspectionQuery;
