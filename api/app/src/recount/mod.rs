//! Checks of stored rows against the rules, one file each. They read only, and list the rows that a person must
//! correct.

pub mod codes;
pub mod duplicates;
pub mod metrics;
mod tally;
