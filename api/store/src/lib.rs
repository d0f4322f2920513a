//! Everything that knows the database: entities, finders and writes. The only package that names
//! sea_orm.

pub mod changes;
pub mod client_ids;
pub mod db;
pub mod defects;
pub mod entity;
pub mod events;
pub mod jobs;
pub mod page;
pub mod photos;
pub mod projects;
pub mod sight;

/// What the database says when it fails.
pub use sea_orm::DbErr as Error;

