//! Unit inspections, over HTTP: rights, recording by many, submitting, signing, and what who sees of it.

pub(crate) mod ground;
mod recording;
mod rights;
mod sight;
mod signing;
mod together;
