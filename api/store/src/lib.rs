//! Everything that knows the database: entities, finders and writes. The only package that names
//! sea_orm.

pub mod addresses;
pub mod changes;
pub mod checklists;
pub mod client_ids;
pub mod columns;
mod constants;
pub mod db;
pub mod defects;
pub mod demo;
pub mod entity;
pub mod escalations;
pub mod events;
mod id_in;
pub mod import;
pub mod inbox;
pub mod inspections;
pub mod jobs;
pub mod keys;
pub mod lineage;
pub mod live;
pub mod members;
pub mod messages;
pub mod object_kinds;
pub mod one_time_links;
pub mod overview;
pub mod page;
pub mod partial;
pub mod passwords;
pub mod photos;
pub mod places;
pub mod projects;
mod query_plan;
pub mod quotas;
pub mod responsibility;
pub mod rounds;
pub mod session_ends;
pub mod session_families;
pub mod sessions;
pub mod sides;
pub mod sign_in_attempts;
pub mod sign_in_codes;
pub mod sync;
pub mod unit_links;
pub mod units;
pub mod visibility;
pub mod vocabulary;

/// Makes the future of an async function a box, so that its body is compiled in its own package and not again in each
/// caller.
pub use async_recursion::async_recursion as boxed;
pub use db::Connection;
/// What the database says when it fails.
pub use sea_orm::DbErr as Error;
