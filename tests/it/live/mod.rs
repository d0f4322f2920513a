//! Live updates over real connections: their recipients, the end of connections, and several server processes.

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
