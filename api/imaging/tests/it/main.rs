//! From a file to its renditions, and from bad files to their refusals.

mod attachments;
mod camera;
mod damage;
mod files;
mod good;
mod hostile;
mod memory;
mod strip;
