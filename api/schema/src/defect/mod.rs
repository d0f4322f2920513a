//! Defects: reading, logging, repairing, judging, settling.

pub mod children;
pub mod command;
pub mod defect_type;
pub mod list;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod resolution;
pub mod types;

pub use mutations::DefectMutation;
pub use queries::DefectQuery;
pub use resolution::DefectResolutionMutation;
