//! Access control over the whole schema: ids of hidden objects, and secrets that must never reach the wrong person.

mod dataset;
mod fields;
mod fixture;
mod foreign;
mod history;
mod inputs;
mod leak_tests;
mod matrix;
mod overlaps;
mod people;
mod reads;
mod rows;
mod secrets;
mod unit_session;
mod walk;
