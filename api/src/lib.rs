//! The program: puts transport, schema, use cases and stores together, and starts and stops them.

pub mod application;
pub mod database;
pub mod page;
pub mod program;
pub mod receipts;
pub mod runtime;
pub mod unsubscribe;
