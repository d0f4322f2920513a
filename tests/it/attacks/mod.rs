//! Attacks that were found to succeed once, kept so that they fail.

mod log_lines;
mod sessions;
mod sign_in;
