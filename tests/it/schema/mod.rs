//! The database's tables, on both databases.

mod constraints;
mod matches;
mod unique;
