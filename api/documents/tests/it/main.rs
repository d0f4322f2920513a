//! The documents as their readers get them: pages, text, tags, and the same bytes each time.

mod determinism;
mod pages;
mod pdf;
mod text;

#[path = "../../examples/samples/data.rs"]
#[allow(dead_code)]
mod data;
#[path = "../../examples/samples/words.rs"]
mod words;
