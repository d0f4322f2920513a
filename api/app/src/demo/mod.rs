//! The demo project that a first start brings along.

pub mod drawing;
