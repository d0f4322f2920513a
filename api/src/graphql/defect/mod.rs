//! Defects: reading, logging, repairing, judging, settling.

pub mod children;
pub mod command;
pub mod list;
pub mod loaders;
pub mod mutations;
pub mod queries;
pub mod settle;
pub mod types;

pub use mutations::DefectMutation;
pub use queries::DefectQuery;
pub use settle::DefectSettleMutation;
