//! Everything that knows the database: entities, finders and writes. The only package that names
//! sea_orm.

pub mod changes;
pub mod db;

/// What the database says when it fails.
pub use sea_orm::DbErr as Error;
