//! The program: its command line, its settings, starting and stopping.

mod accounts;
mod checks;
mod cli;
mod connections;
mod error;
mod log;
pub mod messages;
pub mod networks;
mod objects;
mod output;
mod photos;
mod private;
mod recount;
pub mod settings;
mod start;

pub use cli::main;
