//! Who reaches what, over the whole schema: ids of others, and words that must never be read by the wrong person.

mod canaries;
mod fields;
mod foreign;
mod inputs;
mod matrix;
mod overlaps;
mod people;
mod reads;
mod rows;
mod secrets;
mod story;
mod teller;
mod walk;
mod world;
