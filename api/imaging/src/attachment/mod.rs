//! Files that are kept as received: pictures of the HEIF family, and video clips. They are not decoded. The camera's
//! metadata is read of both, and the duration of clips.

mod boxes;
mod clip;
mod fragments;
mod heif;
mod tags;
mod timed_head;

pub use clip::{Clip, clip};
pub use heif::heif;
