//! Attacks that found a hole once. They assert counts, bytes, points and states, never times.

mod browsers;
pub(crate) mod codes;
mod connections;
mod cost;
pub(crate) mod credentials;
mod disk;
mod documents;
mod hidden_from_contractors;
mod hidden_from_owners;
mod hidden_records;
mod hidden_steps;
mod late_bodies;
mod log_lines;
mod people;
mod priced;
mod quotas;
mod readiness;
mod rebinding;
mod session_ends;
mod sessions;
mod shown_records;
mod shown_status;
mod side_doors;
mod sign_in;
mod told_to_leads;
