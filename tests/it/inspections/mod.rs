//! Unit inspections, over HTTP: rights, recording by many, submitting, signing, and what who sees of it.

mod recording;
mod rights;
pub(crate) mod setup;
mod signing;
mod together;
mod visibility;
