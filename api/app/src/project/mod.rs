//! Projects: companies, people, places, vocabulary, policy and rules.

pub mod import;
pub mod rules;
