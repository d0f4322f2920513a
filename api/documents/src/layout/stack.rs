//! What stands in a cell: pieces from top to bottom, each of which stays on one page.

use std::collections::VecDeque;
use std::rc::Rc;

use super::draft::{Area, Item, Kind, NodeId};
use super::style::{Align, BAND, BASELINE, RULE, SMALL, Style, WHITE};
use crate::fonts::Fonts;
use crate::picture::Loaded;
use crate::text;

/// Heights that differ by less are the same, in points.
const ROUNDING: f32 = 0.01;
/// From the edge of a box to the words in it.
const BOX_PADDING: f32 = 6.0;

/// Pieces that are one paragraph, heading or figure.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// What they are; none for a gap.
    pub(crate) kind: Option<Kind>,
    /// Their node, once the first of them is drawn.
    pub(crate) node: Option<NodeId>,
}

/// A line of text, a picture or a gap. Coordinates are from its upper left corner.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) height: f32,
    pub(crate) items: Vec<Item>,
    /// The block to which it belongs.
    pub(crate) block: usize,
}

/// What stands in a cell.
#[derive(Clone)]
pub(crate) struct Stack<'f> {
    fonts: &'f Fonts,
    pub(crate) width: f32,
    pub(crate) blocks: Vec<Block>,
    pub(crate) pieces: VecDeque<Piece>,
}

impl<'f> Stack<'f> {
    /// An empty cell of this width in points.
    pub(crate) const fn new(fonts: &'f Fonts, width: f32) -> Self {
        Self { fonts, width, blocks: Vec::new(), pieces: VecDeque::new() }
    }

    /// The height of what is left in points.
    pub(crate) fn height(&self) -> f32 {
        self.pieces.iter().map(|piece| piece.height).sum()
    }

    /// The height of the first piece.
    pub(crate) fn first_height(&self) -> f32 {
        self.pieces.front().map_or(0.0, |piece| piece.height)
    }

    /// Takes pieces from the top that are not higher together than this; the first one in any case if `at_least_one`.
    pub(crate) fn take(&mut self, height: f32, at_least_one: bool) -> Vec<Piece> {
        let (mut taken, mut used) = (Vec::new(), 0.0);
        while let Some(piece) = self.pieces.front() {
            if used + piece.height > height + ROUNDING && !(at_least_one && taken.is_empty()) {
                break;
            }
            used += piece.height;
            taken.extend(self.pieces.pop_front());
        }
        taken
    }

    fn block(&mut self, kind: Option<Kind>) -> usize {
        self.blocks.push(Block { kind, node: None });
        self.blocks.len() - 1
    }

    /// Adds a paragraph.
    pub(crate) fn text(self, text: &str, style: Style) -> Self {
        self.lines(text, style, Kind::Paragraph)
    }

    /// Adds a heading.
    pub(crate) fn heading(self, level: u16, text: &str) -> Self {
        self.lines(text, super::style::heading(level), Kind::Heading(level, text.to_owned()))
    }

    fn lines(mut self, text: &str, style: Style, kind: Kind) -> Self {
        let block = self.block(Some(kind));
        for line in text::lines(self.fonts, text, self.width / style.size) {
            let item = text_item(line, style, Area::new(0.0, 0.0, self.width, 0.0));
            self.pieces.push_back(Piece { height: style.line_height(), items: vec![item], block });
        }
        self
    }

    /// Adds a gap.
    pub(crate) fn gap(mut self, height: f32) -> Self {
        let block = self.block(None);
        self.pieces.push_back(Piece { height, items: Vec::new(), block });
        self
    }

    /// Adds a picture that fits the width and this height; `shows` says in words what it shows.
    pub(crate) fn picture(self, picture: &Loaded, most: f32, shows: &str) -> Self {
        let area = picture.fit(self.width, most);
        let image = Item::Image { area, image: picture.image.clone() };
        self.figure(area.height, vec![image], shows)
    }

    /// Adds what is drawn as a figure.
    pub(crate) fn figure(mut self, height: f32, items: Vec<Item>, shows: &str) -> Self {
        let block = self.block(Some(Kind::Figure(shows.to_owned(), None)));
        self.pieces.push_back(Piece { height, items, block });
        self
    }

    /// Adds a grey box with words in place of a picture.
    pub(crate) fn absent(self, why: &str, height: f32) -> Self {
        let (style, width) = (SMALL.aligned(Align::Center), self.width);
        let lines = text::lines(self.fonts, why, (width - 2.0 * BOX_PADDING) / style.size);
        #[allow(clippy::cast_precision_loss)]
        let words = lines.len() as f32 * style.line_height();
        let height = height.max(words + 2.0 * BOX_PADDING);
        let area = Area::new(0.0, 0.0, width, height);
        let mut items = vec![Item::Fill { area, color: BAND }, Item::Frame { area, color: RULE }];
        let mut y = (height - words) / 2.0;
        for line in lines {
            items.push(text_item(line, style, Area::new(BOX_PADDING, y, width - 2.0 * BOX_PADDING, 0.0)));
            y += style.line_height();
        }
        self.figure(height, items, why)
    }

    /// A number in white, whose middle is at this place.
    pub(crate) fn label(&self, text: &str, size: f32, x: f32, y: f32) -> Item {
        let line = text::line(self.fonts, text);
        let style = super::style::BODY.bold().colored(WHITE);
        Item::Text {
            x: x - line.width * size / 2.0,
            y: y + 0.36 * size,
            line: Rc::new(line),
            style: Style { size, ..style },
        }
    }
}

/// A line of text that stands at the top of an area, to one of its sides.
pub(crate) fn text_item(line: text::Line, style: Style, area: Area) -> Item {
    let left = area.width - line.width * style.size;
    let x = match style.align {
        Align::Left => 0.0,
        Align::Right => left,
        Align::Center => left / 2.0,
    };
    Item::Text { x: area.x + x, y: area.y + style.size * BASELINE, line: Rc::new(line), style }
}
