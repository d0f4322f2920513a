//! Projects: companies, people, places, vocabulary, policy and rules.

pub mod import;
pub mod policy;
pub mod read;
pub mod responsibility;
pub mod restored;
pub mod rules;
