//! Ids as a client makes them.

use uuid::Uuid;

/// A new id of version 7.
#[must_use]
pub fn v7() -> Uuid {
    app::Ids::Random.next()
}
