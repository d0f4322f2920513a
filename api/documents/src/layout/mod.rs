//! Layout: stacks of pieces in the cells of rows, which flow over the pages. The result is a [`draft::Draft`], what is
//! drawn on each page and how it hangs together, which `pdf` writes.

pub(crate) mod draft;
pub(crate) mod flow;
pub(crate) mod row;
pub(crate) mod stack;
pub(crate) mod style;
