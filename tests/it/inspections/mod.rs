//! Unit inspections, over HTTP: rights, concurrent recording, submission, signatures, and visibility.

mod recording;
mod rights;
pub(crate) mod setup;
mod signing;
mod together;
mod visibility;
