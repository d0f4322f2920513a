//! Everything that knows the database: entities, finders and writes. The only package that names
//! sea_orm.

pub mod db;
