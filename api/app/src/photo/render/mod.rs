//! Renditions: smaller pictures of a photo that stand upright and hold nothing but pixels. The package `imaging` makes
//! them.

mod apart;
pub mod job;
pub mod marked;
pub(super) mod stripped;
pub mod webp;

pub use apart::let_others_go_first;
pub use imaging::{Camera, LARGE_EDGE, READER_VERSION, Renditions, THUMB_EDGE, renditions, webp, without_metadata};
