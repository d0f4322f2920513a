//! What is kept as it was received: pictures of the HEIF family, and video clips. Nothing of them is decoded; of a clip
//! the length is read, of both what the camera wrote into them.

mod boxes;
mod clip;
mod fragments;
mod heif;
mod tags;
mod timed_head;

pub use clip::{Clip, clip};
pub use heif::heif;
