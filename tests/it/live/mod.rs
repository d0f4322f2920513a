//! Live updates over real connections: who is told what, how connections end, and several server processes.

mod codes;
mod ending;
mod events;
mod following;
mod operations;
mod origins;
mod processes;
mod setup;
mod socket;
mod survivors;
