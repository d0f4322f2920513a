//! Draws what a draft has on its pages.

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::text::{GlyphId, KrillaGlyph};

use crate::fonts::{Fonts, Glyph};
use crate::layout::draft::{Area, Item, Owner, Page};
use crate::layout::style::{Color, Style, WHITE};
use crate::text::Line;

/// The width of lines and edges in points.
const THIN: f32 = 0.6;
/// The edge of a circle.
const EDGE: f32 = 1.0;
/// How much bold letters are thickened, in sizes of the letters. There is no bold font: it would double the program's.
const BOLD: f32 = 0.026;
/// The control points of a quarter of a circle, in radii.
const QUARTER: f32 = 0.552_284_8;

/// Draws a page; returns for all that is drawn on it the identifier that the tree of tags names.
pub(super) fn paint(page: &Page, fonts: &Fonts, surface: &mut Surface<'_>) -> Vec<Identifier> {
    let mut identifiers = Vec::with_capacity(page.drawn.len());
    for drawn in &page.drawn {
        let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
        let tag = match drawn.owner {
            Owner::Header => artifact(ArtifactType::Header),
            Owner::Footer => artifact(ArtifactType::Footer),
            Owner::Decoration => artifact(ArtifactType::Layout),
            Owner::Content if drawn.items.iter().all(is_text) => ContentTag::Span(SpanTag::empty()),
            Owner::Content => ContentTag::Other,
        };
        identifiers.push(surface.start_tagged(tag));
        for item in &drawn.items {
            draw(item, fonts, surface);
        }
        surface.end_tagged();
    }
    identifiers
}

const fn is_text(item: &Item) -> bool {
    matches!(item, Item::Text { .. })
}

fn draw(item: &Item, fonts: &Fonts, surface: &mut Surface<'_>) {
    match item {
        Item::Text { x, y, line, style } => text(line, *style, (*x, *y), fonts, surface),
        Item::Fill { area, color } => shape(rectangle(*area), Some(fill(*color)), None, surface),
        Item::Frame { area, color } => shape(rectangle(*area), None, Some(stroke(*color, THIN)), surface),
        Item::Disc { x, y, radius, color } => {
            shape(circle(*x, *y, *radius), Some(fill(*color)), Some(stroke(WHITE, EDGE)), surface);
        }
        Item::Stroke { from, to, color } => shape(segment(*from, *to), None, Some(stroke(*color, THIN)), surface),
        Item::Image { area, image } => {
            let Some(size) = Size::from_wh(area.width, area.height) else { return };
            surface.push_transform(&Transform::from_translate(area.x, area.y));
            surface.draw_image(image.clone(), size);
            surface.pop();
        }
    }
}

fn text(line: &Line, style: Style, (x, y): (f32, f32), fonts: &Fonts, surface: &mut Surface<'_>) {
    surface.set_fill(Some(fill(style.color)));
    surface.set_stroke(style.bold.then(|| stroke(style.color, style.size * BOLD)));
    let mut x = x;
    for run in line.glyphs.chunk_by(|a, b| a.face == b.face) {
        let glyphs: Vec<KrillaGlyph> = run.iter().map(glyph).collect();
        let font = fonts.font(run[0].face).clone();
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, font, &line.text, style.size, false);
        x += run.iter().map(|glyph| glyph.width).sum::<f32>() * style.size;
    }
}

fn glyph(glyph: &Glyph) -> KrillaGlyph {
    KrillaGlyph::new(GlyphId::new(glyph.id), glyph.width, 0.0, 0.0, 0.0, glyph.bytes.clone(), None)
}

fn fill(color: Color) -> Fill {
    Fill { paint: rgb::Color::new(color.0, color.1, color.2).into(), ..Fill::default() }
}

fn stroke(color: Color, width: f32) -> Stroke {
    Stroke { paint: rgb::Color::new(color.0, color.1, color.2).into(), width, ..Stroke::default() }
}

fn shape(path: Option<Path>, fill: Option<Fill>, stroke: Option<Stroke>, surface: &mut Surface<'_>) {
    let Some(path) = path else { return };
    surface.set_fill(fill);
    surface.set_stroke(stroke);
    surface.draw_path(&path);
}

fn rectangle(area: Area) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(Rect::from_xywh(area.x, area.y, area.width, area.height)?);
    path.finish()
}

fn segment(from: (f32, f32), to: (f32, f32)) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(from.0, from.1);
    path.line_to(to.0, to.1);
    path.finish()
}

fn circle(x: f32, y: f32, r: f32) -> Option<Path> {
    let (mut path, c) = (PathBuilder::new(), QUARTER * r);
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + c, x + c, y + r, x, y + r);
    path.cubic_to(x - c, y + r, x - r, y + c, x - r, y);
    path.cubic_to(x - r, y - c, x - c, y - r, x, y - r);
    path.cubic_to(x + c, y - r, x + r, y - c, x + r, y);
    path.close();
    path.finish()
}
