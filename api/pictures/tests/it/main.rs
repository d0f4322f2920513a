//! From a file to its renditions, and from bad files to their refusals.

mod camera;
mod files;
mod good;
mod hostile;
mod memory;
mod strip;
