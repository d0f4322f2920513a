//! How people get and change their passwords: invitations, one-time links, resets, and the command line.

pub mod accept;
pub mod change;
mod end;
pub mod invitation;
pub mod invitations;
pub mod invite;
pub mod link;
pub mod newcomer;
pub mod operator;
pub mod read;
pub mod reset;

use crate::App;
use crate::error::Result;
use crate::password;
use crate::session::{Client, Priority};

pub use link::{LinkKind, NewLink};

/// The hash of a new password. Sign-ins have priority in the queue.
async fn hash_in_turn(app: &App, client: &Client, new: &str) -> Result<String> {
    let _turn = app.hash_queue.enter(client, Priority::Stranger).await?;
    password::hash(new.to_owned()).await
}
