//! Measures in points (1/72 inch), sizes and colours.

/// An A4 page.
pub(crate) const PAGE_WIDTH: f32 = 595.0;
/// An A4 page.
pub(crate) const PAGE_HEIGHT: f32 = 842.0;
/// From the edge of the page to what stands on it, left and right.
pub(crate) const MARGIN: f32 = 42.0;
/// The width between the margins.
pub(crate) const WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
/// From the upper edge to the header.
pub(crate) const HEADER_TOP: f32 = 28.0;
/// Where the body ends.
pub(crate) const BODY_BOTTOM: f32 = PAGE_HEIGHT - 50.0;
/// The first line of the footer.
pub(crate) const FOOTER_TOP: f32 = PAGE_HEIGHT - 40.0;
/// From one line to the next, in sizes of the letters.
pub(crate) const LINE_HEIGHT: f32 = 1.42;
/// From the top of a line to the foot of its letters, in sizes of the letters.
pub(crate) const BASELINE: f32 = 1.08;
/// Between columns.
pub(crate) const GUTTER: f32 = 8.0;

/// A colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Color(pub(crate) u8, pub(crate) u8, pub(crate) u8);

pub(crate) const INK: Color = Color(0x1F, 0x23, 0x28);
pub(crate) const GREY: Color = Color(0x5B, 0x63, 0x6B);
pub(crate) const RULE: Color = Color(0xC9, 0xCF, 0xD6);
pub(crate) const BAND: Color = Color(0xEE, 0xF1, 0xF5);
pub(crate) const GOOD: Color = Color(0x1A, 0x6B, 0x35);
pub(crate) const BAD: Color = Color(0xB4, 0x23, 0x18);
pub(crate) const WHITE: Color = Color(0xFF, 0xFF, 0xFF);

/// Where the lines of a text stand in their cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
    Center,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) bold: bool,
    pub(crate) color: Color,
    pub(crate) align: Align,
}

impl Style {
    const fn new(size: f32, bold: bool, color: Color) -> Self {
        Self { size, bold, color, align: Align::Left }
    }

    pub(crate) const fn colored(self, color: Color) -> Self {
        Self { color, ..self }
    }

    pub(crate) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(crate) const fn aligned(self, align: Align) -> Self {
        Self { align, ..self }
    }

    /// From one line to the next in points.
    pub(crate) fn line_height(&self) -> f32 {
        self.size * LINE_HEIGHT
    }
}

pub(crate) const BODY: Style = Style::new(9.0, false, INK);
pub(crate) const LABEL: Style = Style::new(8.0, false, GREY);
pub(crate) const SMALL: Style = Style::new(7.0, false, GREY);

/// The text of a heading of a level from 1 to 3.
pub(crate) const fn heading(level: u16) -> Style {
    match level {
        1 => Style::new(17.0, true, INK),
        2 => Style::new(12.0, true, INK),
        _ => Style::new(10.0, true, INK),
    }
}
