//! What is drawn on each page, and the tree of tags that says what it is.

use std::rc::Rc;

use krilla::image::Image;

use super::style::{Color, Style};
use crate::text::Line;

/// A rectangle in points, from the upper left corner of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Area {
    pub(crate) const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self { x, y, width, height }
    }

    fn moved(self, x: f32, y: f32) -> Self {
        Self { x: self.x + x, y: self.y + y, ..self }
    }
}

/// Something that is drawn.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    /// A line of text; `y` is the foot of its letters.
    Text { x: f32, y: f32, line: Rc<Line>, style: Style },
    /// A filled rectangle.
    Fill { area: Area, color: Color },
    /// The edge of a rectangle.
    Frame { area: Area, color: Color },
    /// A filled circle with a white edge.
    Disc { x: f32, y: f32, radius: f32, color: Color },
    /// A line.
    Stroke { from: (f32, f32), to: (f32, f32), color: Color },
    /// A picture.
    Image { area: Area, image: Image },
}

impl Item {
    pub(crate) fn moved(self, by_x: f32, by_y: f32) -> Self {
        let shifted = |(x, y): (f32, f32)| (x + by_x, y + by_y);
        match self {
            Self::Text { x, y, line, style } => Self::Text { x: x + by_x, y: y + by_y, line, style },
            Self::Fill { area, color } => Self::Fill { area: area.moved(by_x, by_y), color },
            Self::Frame { area, color } => Self::Frame { area: area.moved(by_x, by_y), color },
            Self::Disc { x, y, radius, color } => Self::Disc { x: x + by_x, y: y + by_y, radius, color },
            Self::Stroke { from, to, color } => Self::Stroke { from: shifted(from), to: shifted(to), color },
            Self::Image { area, image } => Self::Image { area: area.moved(by_x, by_y), image },
        }
    }
}

/// To what something belongs that is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The header of a page.
    Header,
    /// The footer of a page.
    Footer,
    /// Lines, areas and repeated heads: no content.
    Decoration,
    /// Content, which the tree of tags names.
    Content,
}

/// Things that are drawn together.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) owner: Owner,
    pub(crate) items: Vec<Item>,
}

/// What stands on a page, in the order in which it is drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) drawn: Vec<Drawn>,
}

/// A node of the tree of tags, by its place in the list.
pub(crate) type NodeId = usize;

/// What a node is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// The document.
    Root,
    /// Things that belong together.
    Group,
    /// A heading of a level from 1 on.
    Heading(u16, String),
    Paragraph,
    /// A picture with what it shows in words, and where it stands: the page and the area.
    Figure(String, Option<(usize, Area)>),
    Table,
    TableHead,
    TableBody,
    TableRow,
    /// The head of a column.
    ColumnHead,
    /// The label of the cells to its right.
    RowHead,
    TableCell,
}

/// What belongs to a node.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Child {
    Node(NodeId),
    /// What is drawn on a page, by its place on it.
    Drawn {
        page: usize,
        at: usize,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) children: Vec<Child>,
}

/// The tree of tags.
#[derive(Debug, Clone)]
pub(crate) struct Tree(pub(crate) Vec<Node>);

impl Tree {
    /// The document.
    pub(crate) const ROOT: NodeId = 0;

    pub(crate) fn new() -> Self {
        Self(vec![Node { kind: Kind::Root, children: Vec::new() }])
    }

    /// Adds a node at the end of its parent.
    pub(crate) fn add(&mut self, parent: NodeId, kind: Kind) -> NodeId {
        let node = self.0.len();
        self.0.push(Node { kind, children: Vec::new() });
        self.0[parent].children.push(Child::Node(node));
        node
    }

    /// Adds what is drawn to a node.
    pub(crate) fn draw(&mut self, node: NodeId, page: usize, at: usize) {
        self.0[node].children.push(Child::Drawn { page, at });
    }
}

/// An entry of the outline.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) level: u16,
    pub(crate) title: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// A document before it is written.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) pages: Vec<Page>,
    pub(crate) tree: Tree,
    pub(crate) outline: Vec<Entry>,
}
