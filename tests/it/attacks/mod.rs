//! Attacks that found a hole once. They assert counts, bytes, points and states, never times.

mod cost;
mod disk;
mod documents;
mod late_bodies;
mod priced;
mod quotas;
