//! Lists of defects: every filter and order compared with a simple model, pages that miss and repeat nothing, and the
//! cost of a page with a thousand and with a hundred thousand defects.

mod cost;
mod mine;
mod model;
