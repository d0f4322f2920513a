//! Renditions: smaller pictures of a photo that stand upright and hold nothing but pixels.

mod apart;
mod container;
pub mod drawing;
pub mod job;
pub mod marked;
mod picture;

pub use picture::{LARGE_EDGE, Renditions, THUMB_EDGE, renditions};
