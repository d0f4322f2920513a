//! Who reaches what, over the whole schema: ids of others, and words that must never be read by the wrong person.

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
