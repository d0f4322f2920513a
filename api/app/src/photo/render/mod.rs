//! Renditions: smaller pictures of a photo that stand upright and hold nothing but pixels. The package `imaging` makes
//! them.

pub mod annotated;
pub mod renditions;
pub(super) mod stripped;
pub mod webp;
mod worker_pool;

pub use imaging::{Camera, LARGE_EDGE, READER_VERSION, Renditions, THUMB_EDGE, renditions, webp, without_metadata};
pub use worker_pool::lower_worker_priority;
