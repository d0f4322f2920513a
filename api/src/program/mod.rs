//! The program: its command line, its settings, starting and stopping.

mod cli;
mod log;
mod objects;
mod photos;
mod private;
pub mod settings;
mod start;

pub use cli::main;
