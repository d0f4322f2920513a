//! Signing in and who I am.

pub mod by_link;
pub mod devices;
pub mod mutations;
pub mod queries;
pub mod types;

pub use by_link::LinkSessionMutation;
pub use devices::{DeviceSessionMutation, DeviceSessionQuery};
pub use mutations::SessionMutation;
pub use queries::SessionQuery;
pub use types::Viewer;
