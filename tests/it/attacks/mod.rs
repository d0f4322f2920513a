//! Attacks on the server, each as its author would run it. They assert counts, bytes and states.

mod disk;
mod quotas;
