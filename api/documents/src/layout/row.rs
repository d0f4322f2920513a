//! Rows of cells beside each other.

use super::draft::{Kind, NodeId, Tree};
use super::stack::Stack;
use super::style::{Color, GUTTER, RULE};

/// A cell of a row.
#[derive(Clone)]
pub(crate) struct Cell<'f> {
    /// From the left margin.
    pub(crate) x: f32,
    pub(crate) stack: Stack<'f>,
    /// Its node: of a table, or none.
    pub(crate) kind: Option<Kind>,
    pub(crate) node: Option<NodeId>,
}

/// A row: its cells begin at the same height. It is broken over pages between the pieces of its cells.
#[derive(Clone)]
pub(crate) struct Row<'f> {
    pub(crate) cells: Vec<Cell<'f>>,
    /// Above and below the cells.
    pub(crate) padding: (f32, f32),
    /// The colour behind it.
    pub(crate) fill: Option<Color>,
    /// The colour of the line below it.
    pub(crate) rule: Option<Color>,
    /// Whether it stays on the page of the next row.
    pub(crate) keeps_with_next: bool,
    /// Whether it is drawn again at the top of each page of its table.
    pub(crate) is_repeated: bool,
    /// Under which node its own stands.
    pub(crate) parent: NodeId,
    /// What it is itself; none for cells that belong to the parent.
    pub(crate) kind: Option<Kind>,
    pub(crate) node: Option<NodeId>,
}

impl<'f> Row<'f> {
    /// A row of these cells with the gutter between them.
    pub(crate) fn new(stacks: Vec<Stack<'f>>) -> Self {
        let mut x = 0.0;
        let mut cells = Vec::with_capacity(stacks.len());
        for stack in stacks {
            let width = stack.width;
            cells.push(Cell { x, stack, kind: None, node: None });
            x += width + GUTTER;
        }
        Self {
            cells,
            padding: (0.0, 0.0),
            fill: None,
            rule: None,
            keeps_with_next: false,
            is_repeated: false,
            parent: Tree::ROOT,
            kind: None,
            node: None,
        }
    }

    pub(crate) const fn padded(mut self, above: f32, below: f32) -> Self {
        self.padding = (above, below);
        self
    }

    pub(crate) const fn filled(mut self, color: Color) -> Self {
        self.fill = Some(color);
        self
    }

    pub(crate) const fn ruled(mut self) -> Self {
        self.rule = Some(RULE);
        self
    }

    /// Stays on the page of the next row.
    pub(crate) const fn with_next(mut self) -> Self {
        self.keeps_with_next = true;
        self
    }

    /// Moves the cells to the right.
    pub(crate) fn indented(mut self, by: f32) -> Self {
        for cell in &mut self.cells {
            cell.x += by;
        }
        self
    }

    /// A row of a table with the kinds of its cells.
    pub(crate) fn of_table(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.kind = Some(Kind::TableRow);
        for (cell, kind) in self.cells.iter_mut().zip(kinds) {
            cell.kind = Some(kind);
        }
        self
    }

    /// The height in points.
    pub(crate) fn height(&self) -> f32 {
        self.framed(Stack::height)
    }

    /// The height of the first piece of each cell.
    pub(crate) fn least_height(&self) -> f32 {
        self.framed(Stack::first_height)
    }

    /// Whether nothing is left in its cells.
    pub(crate) fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.stack.pieces.is_empty())
    }

    fn framed(&self, height: impl Fn(&Stack<'f>) -> f32) -> f32 {
        let cells = self.cells.iter().map(|cell| height(&cell.stack)).fold(0.0, f32::max);
        cells + self.padding.0 + self.padding.1
    }
}

/// The widths of columns that share a width by these parts, with the gutter between them.
pub(crate) fn columns<const N: usize>(width: f32, parts: [f32; N]) -> [f32; N] {
    #[allow(clippy::cast_precision_loss)]
    let shared = width - GUTTER * (N - 1) as f32;
    let all: f32 = parts.iter().sum();
    parts.map(|part| shared * part / all)
}
