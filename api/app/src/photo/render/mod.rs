//! Renditions: smaller pictures of a photo that stand upright and hold nothing but pixels.

mod container;
pub mod job;
mod picture;

pub use picture::{LARGE_EDGE, Renditions, THUMB_EDGE, renditions};
