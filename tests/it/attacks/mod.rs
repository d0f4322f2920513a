//! Attacks that once worked, as tests: each topic in a file.

mod credentials;
