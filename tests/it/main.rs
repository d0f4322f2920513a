//! The integration tests, one binary.

mod access;
mod attacks;
mod changes;
mod clocks;
mod database;
mod defect_commands;
mod defect_lists;
mod demo;
mod evidence;
mod field_texts;
mod graphql_schema;
mod inspections;
mod live;
mod machine;
mod objects;
mod photos;
mod places;
mod project_import;
mod refusals;
mod releases;
mod rounds;
mod rules_model;
mod schema;
mod sync;
mod transport;
mod walk;
