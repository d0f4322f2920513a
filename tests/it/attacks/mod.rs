//! Attacks that once succeeded, or nearly, one file a topic: each is tried again as it was.

mod browsers;
mod side_doors;
