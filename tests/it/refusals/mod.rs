//! Refusals, and the proof that they change nothing.

mod anywhere;
mod nobody;
mod races;
pub(crate) mod samples;
pub(crate) mod setup;
pub(crate) mod shape;
mod versions;
mod words;
