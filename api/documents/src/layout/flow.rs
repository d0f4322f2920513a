//! Rows flow over pages: headings stay with what follows, rows that fit a page are not broken, heads of tables are
//! repeated.

use super::draft::{Area, Draft, Drawn, Entry, Item, Kind, NodeId, Owner, Page, Tree};
use super::row::Row;
use super::stack::{Piece, Stack};
use super::style::{BODY_BOTTOM, HEADER_TOP, MARGIN, WIDTH};
use crate::fonts::Fonts;

/// A row up to this part of a page is moved to the next page rather than broken.
const UNBROKEN: f32 = 0.45;
/// Between the header and the body.
const BELOW_HEADER: f32 = 14.0;
/// How far fills and lines reach over the cells, left and right.
const OVERHANG: f32 = 4.0;

/// Rows on pages.
pub(crate) struct Flow<'f> {
    pub(crate) fonts: &'f Fonts,
    draft: Draft,
    header: Vec<Item>,
    /// Where the body begins.
    top: f32,
    /// Where the next row begins.
    y: f32,
    /// Rows that stay with the next one.
    waiting: Vec<Row<'f>>,
    /// The head of the table with its height.
    repeated: Option<(f32, Vec<Item>)>,
    /// The node of what is added next.
    parent: NodeId,
}

impl<'f> Flow<'f> {
    /// An empty document whose pages have this header.
    pub(crate) fn new(fonts: &'f Fonts, header: Row<'f>) -> Self {
        let height = header.height();
        let draft = Draft { pages: Vec::new(), tree: Tree::new(), outline: Vec::new() };
        let top = HEADER_TOP + height + BELOW_HEADER;
        let header = items_of(header, HEADER_TOP);
        let mut flow =
            Self { fonts, draft, header, top, y: top, waiting: Vec::new(), repeated: None, parent: Tree::ROOT };
        flow.new_page();
        flow
    }

    /// An empty cell over the whole width.
    pub(crate) const fn stack(&self) -> Stack<'f> {
        Stack::new(self.fonts, WIDTH)
    }

    /// Adds a heading of a level from 1 on.
    pub(crate) fn heading(&mut self, level: u16, text: &str) {
        let (above, below) = match level {
            1 => (0.0, 6.0),
            2 => (14.0, 5.0),
            _ => (9.0, 3.0),
        };
        self.add(Row::new(vec![self.stack().heading(level, text)]).padded(above, below).with_next());
    }

    /// Adds a paragraph over the whole width.
    pub(crate) fn paragraph(&mut self, text: &str, style: super::style::Style) {
        self.add(Row::new(vec![self.stack().text(text, style)]).padded(0.0, 3.0));
    }

    /// Adds a table: its head, which each page repeats, and its rows. Without rows it is left out.
    pub(crate) fn table(&mut self, head: Option<Row<'f>>, rows: Vec<Row<'f>>) {
        if rows.is_empty() {
            return;
        }
        let table = self.draft.tree.add(self.parent, Kind::Table);
        if let Some(mut head) = head {
            head.parent = self.draft.tree.add(table, Kind::TableHead);
            (head.keeps_with_next, head.is_repeated) = (true, true);
            self.waiting.push(head);
        }
        let body = self.draft.tree.add(table, Kind::TableBody);
        for mut row in rows {
            row.parent = body;
            self.flow(row);
        }
        self.repeated = None;
    }

    /// Adds rows that belong together, on one page if they fit one.
    pub(crate) fn group(&mut self, rows: Vec<Row<'f>>) {
        let height: f32 = rows.iter().chain(&self.waiting).map(Row::height).sum();
        if height > self.room() && height <= self.full_room() {
            self.next_page();
        }
        let outer = self.parent;
        self.parent = self.draft.tree.add(outer, Kind::Group);
        for row in rows {
            self.add(row);
        }
        self.parent = outer;
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, mut row: Row<'f>) {
        row.parent = self.parent;
        if row.keeps_with_next {
            self.waiting.push(row);
        } else {
            self.flow(row);
        }
    }

    /// The height that is left on the page for the next row.
    pub(crate) fn room_left(&self) -> f32 {
        self.room() - self.waiting.iter().map(Row::height).sum::<f32>()
    }

    /// The document, with what is left of it.
    pub(crate) fn finish(mut self) -> Draft {
        for row in std::mem::take(&mut self.waiting) {
            self.put(row);
        }
        self.draft
    }

    fn flow(&mut self, row: Row<'f>) {
        let unbroken = row.height() <= UNBROKEN * self.full_room();
        if row.least_height() > self.room_left() || (unbroken && row.height() > self.room_left()) {
            self.next_page();
        }
        for waiting in std::mem::take(&mut self.waiting) {
            self.put(waiting);
        }
        self.put(row);
    }

    /// Draws a row, on as many pages as it needs.
    fn put(&mut self, mut row: Row<'f>) {
        if row.keeps_with_next && row.fill.is_none() && self.is_at_top() {
            // The gap above a heading is for what stands above it.
            row.padding.0 = 0.0;
        }
        if row.is_repeated {
            self.repeated = Some((row.height(), items_of(row.clone(), 0.0)));
        }
        loop {
            self.put_part(&mut row);
            if row.is_empty() {
                return;
            }
            self.next_page();
        }
    }

    /// Draws what fits the page; at the top of a page at least a piece of each cell, so that the row comes to an end.
    fn put_part(&mut self, row: &mut Row<'f>) {
        let (above, below) = row.padding;
        let (room, at_top) = (self.room() - above - below, self.is_at_top());
        let taken: Vec<Vec<Piece>> = row.cells.iter_mut().map(|cell| cell.stack.take(room, at_top)).collect();
        if !row.is_empty() && taken.iter().all(Vec::is_empty) {
            return;
        }
        let height = |pieces: &Vec<Piece>| pieces.iter().map(|piece| piece.height).sum();
        let height = taken.iter().map(height).fold(0.0, f32::max) + above + below;
        self.decorate(row, height);
        let node = self.node_of(row);
        for (at, pieces) in taken.into_iter().enumerate() {
            self.put_cell(row, at, node, pieces);
        }
        self.y += height;
    }

    fn node_of(&mut self, row: &mut Row<'f>) -> NodeId {
        let Some(kind) = row.kind.clone() else { return row.parent };
        *row.node.get_or_insert_with(|| self.draft.tree.add(row.parent, kind))
    }

    /// The colour behind a row, and the line below it once it is whole.
    fn decorate(&mut self, row: &Row<'f>, height: f32) {
        let (x, width) = (MARGIN - OVERHANG, WIDTH + 2.0 * OVERHANG);
        let mut items = Vec::new();
        if let Some(color) = row.fill {
            items.push(Item::Fill { area: Area::new(x, self.y, width, height), color });
        }
        if let Some(color) = row.rule.filter(|_| row.is_empty()) {
            let y = self.y + height;
            items.push(Item::Stroke { from: (x, y), to: (x + width, y), color });
        }
        if !items.is_empty() {
            self.draw(Owner::Decoration, items);
        }
    }

    fn put_cell(&mut self, row: &mut Row<'f>, at: usize, parent: NodeId, pieces: Vec<Piece>) {
        let cell = &mut row.cells[at];
        let parent = match cell.kind.clone() {
            Some(kind) => *cell.node.get_or_insert_with(|| self.draft.tree.add(parent, kind)),
            None => parent,
        };
        let (x, mut y) = (MARGIN + cell.x, self.y + row.padding.0);
        let mut open: Option<(usize, Vec<Item>)> = None;
        for piece in pieces {
            let items = piece.items.into_iter().map(|item| item.moved(x, y));
            match &mut open {
                Some((block, drawn)) if *block == piece.block => drawn.extend(items),
                _ => {
                    let next = (piece.block, items.collect());
                    self.put_block(&mut cell.stack, parent, open.replace(next));
                }
            }
            y += piece.height;
        }
        self.put_block(&mut cell.stack, parent, open);
    }

    /// Draws the pieces of a block that stand on the page.
    fn put_block(&mut self, stack: &mut Stack<'f>, parent: NodeId, drawn: Option<(usize, Vec<Item>)>) {
        let Some((block, items)) = drawn.filter(|(_, items)| !items.is_empty()) else { return };
        let block = &mut stack.blocks[block];
        let Some(kind) = block.kind.clone() else { return };
        let page = self.draft.pages.len() - 1;
        let node = match block.node {
            Some(node) => node,
            None => {
                let kind = self.placed(kind, &items);
                *block.node.insert(self.draft.tree.add(parent, kind))
            }
        };
        let at = self.draw(Owner::Content, items);
        self.draft.tree.draw(node, page, at);
    }

    /// A figure with its place; a heading goes into the outline.
    fn placed(&mut self, kind: Kind, items: &[Item]) -> Kind {
        let page = self.draft.pages.len() - 1;
        match kind {
            Kind::Figure(shows, _) => {
                let area = items.iter().find_map(|item| match item {
                    Item::Image { area, .. } | Item::Fill { area, .. } => Some((page, *area)),
                    Item::Disc { x, y, radius, .. } => {
                        Some((page, Area::new(x - radius, y - radius, 2.0 * radius, 2.0 * radius)))
                    }
                    _ => None,
                });
                Kind::Figure(shows, area)
            }
            Kind::Heading(level, title) => {
                self.draft.outline.push(Entry { level, title: title.clone(), page, y: self.y });
                Kind::Heading(level, title)
            }
            other => other,
        }
    }

    fn draw(&mut self, owner: Owner, items: Vec<Item>) -> usize {
        let page = self.draft.pages.len() - 1;
        let drawn = &mut self.draft.pages[page].drawn;
        drawn.push(Drawn { owner, items });
        drawn.len() - 1
    }

    fn room(&self) -> f32 {
        BODY_BOTTOM - self.y
    }

    /// The height of the body of a page, without the head of a table.
    fn full_room(&self) -> f32 {
        BODY_BOTTOM - self.top - self.repeated.as_ref().map_or(0.0, |(height, _)| *height)
    }

    /// Whether nothing stands in the body of the page but the head of a table.
    fn is_at_top(&self) -> bool {
        self.room() >= self.full_room()
    }

    /// Goes to the next page, unless this one is empty.
    fn next_page(&mut self) {
        if !self.is_at_top() {
            self.new_page();
        }
    }

    fn new_page(&mut self) {
        self.draft.pages.push(Page::default());
        self.y = self.top;
        self.draw(Owner::Header, self.header.clone());
        if let Some((height, items)) = self.repeated.clone() {
            let items = items.into_iter().map(|item| item.moved(0.0, self.y)).collect();
            self.draw(Owner::Decoration, items);
            self.y += height;
        }
    }
}

/// What a row draws when its top is at this height.
pub(crate) fn items_of(row: Row<'_>, y: f32) -> Vec<Item> {
    let (x, width, height) = (MARGIN - OVERHANG, WIDTH + 2.0 * OVERHANG, row.height());
    let mut items = Vec::new();
    if let Some(color) = row.fill {
        items.push(Item::Fill { area: Area::new(x, y, width, height), color });
    }
    if let Some(color) = row.rule {
        items.push(Item::Stroke { from: (x, y + height), to: (x + width, y + height), color });
    }
    for cell in row.cells {
        let mut at = y + row.padding.0;
        for piece in cell.stack.pieces {
            items.extend(piece.items.into_iter().map(|item| item.moved(MARGIN + cell.x, at)));
            at += piece.height;
        }
    }
    items
}
