//! Defects: reading, logging, repairing, judging, settling.

pub mod children;
pub mod command;
pub mod defect_type;
pub mod list;
pub mod loaders;
pub mod mutations;
mod needs;
pub mod queries;
pub mod settle;
pub mod types;

pub use mutations::DefectMutation;
pub use needs::needs;
pub use queries::DefectQuery;
pub use settle::DefectSettleMutation;
