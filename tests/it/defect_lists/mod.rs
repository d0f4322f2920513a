//! Lists of defects: every filter and order against a plain model, pages that miss and repeat nothing, and what a page
//! costs over a thousand and over a hundred thousand defects.

mod cost;
mod mine;
mod model;
