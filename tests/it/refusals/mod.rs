//! What is refused, and that nothing changes by it.

mod anywhere;
mod nobody;
mod races;
mod samples;
mod scene;
mod shape;
mod versions;
mod words;
