//! What is refused, and that nothing changes by it.

mod anywhere;
mod nobody;
mod races;
pub(crate) mod samples;
pub(crate) mod setup;
pub(crate) mod shape;
mod versions;
mod words;
