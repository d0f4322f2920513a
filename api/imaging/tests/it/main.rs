//! Renditions of files, and rejections of invalid files.

mod attachments;
mod camera;
mod damage;
mod files;
mod good;
mod hostile;
mod memory;
mod strip;
