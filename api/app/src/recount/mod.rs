//! Checks of what is stored against the rules, one file each. They read only, and list what a person is to mend.

pub mod codes;
pub mod duplicates;
pub mod metrics;
mod tally;
