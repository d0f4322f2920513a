//! Projects, companies, people, places, vocabulary and rules.

pub mod import;
pub mod loaders;
pub mod mutations;
pub mod people;
pub mod place;
pub mod policy;
#[expect(clippy::module_inception, reason = "the project itself, among what belongs to projects")]
pub mod project;
pub mod queries;
pub mod rule;
pub mod types;
pub mod vocabulary;

pub use import::ImportMutation;
pub use mutations::ProjectMutation;
pub use queries::ProjectQuery;
