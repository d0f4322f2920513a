//! The tree of tags: what the parts of the pages are, in the order in which they are read.

use std::num::NonZeroU16;

use krilla::geom::Rect;
use krilla::tagging::{BBox, Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

use crate::layout::draft::{Area, Child, Kind, NodeId, Tree};

/// The tree of a draft; `drawn` has the identifiers of all that is drawn, page by page.
pub(super) fn tree(tree: &Tree, drawn: &[Vec<Identifier>]) -> TagTree {
    let mut tags = TagTree::new();
    for node in children(tree, Tree::ROOT, drawn) {
        tags.push(node);
    }
    tags
}

fn children(tree: &Tree, node: NodeId, drawn: &[Vec<Identifier>]) -> Vec<Node> {
    let of_child = |child: &Child| match *child {
        Child::Drawn { page, at } => Some(Node::Leaf(drawn[page][at])),
        Child::Node(node) => {
            let children = children(tree, node, drawn);
            let is_empty = children.is_empty();
            (!is_empty).then(|| Node::Group(TagGroup::with_children(kind(&tree.0[node].kind), children)))
        }
    };
    tree.0[node].children.iter().filter_map(of_child).collect()
}

fn kind(kind: &Kind) -> TagKind {
    match kind {
        Kind::Root | Kind::Group => Tag::Section.into(),
        Kind::Heading(level, title) => {
            Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())).into()
        }
        Kind::Paragraph => Tag::P.into(),
        Kind::Figure(shows, place) => Tag::Figure(Some(shows.clone())).with_bbox(place.and_then(bounds)).into(),
        Kind::Table => Tag::Table.into(),
        Kind::TableHead => Tag::THead.into(),
        Kind::TableBody => Tag::TBody.into(),
        Kind::TableRow => Tag::TR.into(),
        Kind::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
        Kind::RowHead => Tag::TH(TableHeaderScope::Row).into(),
        Kind::TableCell => Tag::TD.into(),
    }
}

fn bounds((page, area): (usize, Area)) -> Option<BBox> {
    Some(BBox::new(page, Rect::from_xywh(area.x, area.y, area.width, area.height)?))
}
