//! Renditions: smaller pictures of a photo that stand upright and hold nothing but pixels. The package `pictures` makes
//! them.

pub mod job;

pub use pictures::{Camera, LARGE_EDGE, Renditions, THUMB_EDGE, WebpRenditions, renditions, webp};
