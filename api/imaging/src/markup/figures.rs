//! Converts shapes in fractions of the picture to figures in pixels.

use domain::photo::markup::{Form, Part, PhotoStrokeWidth, PhotoTextSize, Shape, Spot};
use tiny_skia::{Path, PathBuilder, Pixmap, Point, Rect};

use super::brush::Figure;
use super::letters::{Block, Faces};

/// The long edge to which widths and sizes in pixels refer.
const USUAL_EDGE: f32 = 1_600.0;

/// The picture's size, to which all measures are relative.
pub(super) struct Sheet {
    width: f32,
    height: f32,
    /// The number of pixels for one pixel of the reference size.
    unit: f32,
}

impl Sheet {
    pub(super) fn of(canvas: &Pixmap) -> Self {
        let (width, height) = (canvas.width() as f32, canvas.height() as f32);
        Self { width, height, unit: width.max(height) / USUAL_EDGE }
    }

    /// The figures of a shape, in the order in which they are painted.
    pub(super) fn figures(&self, shape: &Shape, faces: &Faces<'_>) -> Vec<Figure> {
        match &shape.form {
            Form::Arrow { from, to, width } => vec![self.arrow(self.at(*from), self.at(*to), self.line(*width))],
            Form::Circle { centre, radius_x, radius_y, width } => {
                let oval = self.oval(self.at(*centre), *radius_x, *radius_y);
                vec![self.figure(oval, None, self.line(*width))]
            }
            Form::Freehand { points, width } => vec![self.freehand(points, self.line(*width))],
            Form::Text { at, text, size } => vec![self.text(self.at(*at), text, *size, faces)],
            Form::Measure { from, to, label, width } => {
                self.measure((self.at(*from), self.at(*to)), label, *width, faces)
            }
        }
    }

    fn at(&self, spot: Spot) -> Point {
        Point::from_xy(self.across(spot.x), f64::from(spot.y) as f32 * self.height)
    }

    fn across(&self, part: Part) -> f32 {
        f64::from(part) as f32 * self.width
    }

    /// The width of a line in pixels, with a minimum for small pictures.
    fn line(&self, width: PhotoStrokeWidth) -> f32 {
        let usual = match width {
            PhotoStrokeWidth::Thin => 3.0,
            PhotoStrokeWidth::Medium => 6.0,
            PhotoStrokeWidth::Thick => 12.0,
        };
        (usual * self.unit).max(1.0)
    }

    fn letter(&self, size: PhotoTextSize) -> f32 {
        let usual = match size {
            PhotoTextSize::Small => 27.0,
            PhotoTextSize::Medium => 40.0,
            PhotoTextSize::Large => 64.0,
        };
        (usual * self.unit).max(7.0)
    }

    fn figure(&self, lines: Option<Path>, areas: Option<Path>, width: f32) -> Figure {
        Figure { lines, areas, width, outline: (0.3 * width + self.unit).max(1.0) }
    }

    fn arrow(&self, tail: Point, tip: Point, width: f32) -> Figure {
        let length = tail.distance(tip);
        let head = (4.0 * width + 12.0 * self.unit).min(0.7 * length);
        let along = direction(tail, tip);
        let side = Point::from_xy(-along.y, along.x);
        let neck = along_from(tip, along, -head);
        let mut lines = PathBuilder::new();
        line(&mut lines, tail, along_from(tip, along, -0.8 * head));
        let mut areas = PathBuilder::new();
        let (left, right) = (along_from(neck, side, 0.45 * head), along_from(neck, side, -0.45 * head));
        areas.move_to(tip.x, tip.y);
        areas.line_to(left.x, left.y);
        areas.line_to(right.x, right.y);
        areas.close();
        self.figure(lines.finish(), areas.finish(), width)
    }

    fn oval(&self, centre: Point, radius_x: Part, radius_y: Part) -> Option<Path> {
        let (across, down) = (self.across(radius_x), f64::from(radius_y) as f32 * self.height);
        let around = Rect::from_ltrb(centre.x - across, centre.y - down, centre.x + across, centre.y + down)?;
        PathBuilder::from_oval(around)
    }

    /// A stroke with rounded corners.
    fn freehand(&self, points: &[Spot], width: f32) -> Figure {
        let points: Vec<Point> = points.iter().map(|point| self.at(*point)).collect();
        let Some((first, rest)) = points.split_first() else { return self.figure(None, None, width) };
        if rest.iter().all(|point| point == first) {
            return self.figure(None, PathBuilder::from_circle(first.x, first.y, width), width);
        }
        let mut path = PathBuilder::new();
        path.move_to(first.x, first.y);
        for pair in rest.windows(2) {
            let middle = between(pair[0], pair[1]);
            path.quad_to(pair[0].x, pair[0].y, middle.x, middle.y);
        }
        if let Some(last) = rest.last() {
            path.line_to(last.x, last.y);
        }
        self.figure(path.finish(), None, width)
    }

    fn text(&self, at: Point, text: &str, size: PhotoTextSize, faces: &Faces<'_>) -> Figure {
        let size = self.letter(size);
        // Near the right edge the text moves to the left before it is broken into very short lines.
        let left = at.x.min(self.width - 8.0 * size).max(0.0);
        let block = faces.block(text, size, (self.width - left).max(size));
        self.words(&block, Point::from_xy(left, at.y), size)
    }

    /// Text at a position, moved so that it lies on the picture.
    fn words(&self, block: &Block, at: Point, size: f32) -> Figure {
        let margin = 3.0 * self.unit;
        let left = at.x.min(self.width - block.width - margin).max(margin);
        let top = at.y.min(self.height - block.height - margin).max(margin);
        Figure { lines: None, areas: block.path(left, top), width: 0.0, outline: (0.09 * size).max(1.0) }
    }

    fn measure(&self, ends: (Point, Point), label: &str, width: PhotoStrokeWidth, faces: &Faces<'_>) -> Vec<Figure> {
        let (from, to) = ends;
        let line_width = self.line(width);
        let along = direction(from, to);
        let side = upwards(Point::from_xy(-along.y, along.x));
        let tick = 2.0 * line_width + 6.0 * self.unit;
        let mut lines = PathBuilder::new();
        line(&mut lines, from, to);
        for end in [from, to] {
            line(&mut lines, along_from(end, side, tick), along_from(end, side, -tick));
        }
        let size = self.letter(match width {
            PhotoStrokeWidth::Thin => PhotoTextSize::Small,
            PhotoStrokeWidth::Medium => PhotoTextSize::Medium,
            PhotoStrokeWidth::Thick => PhotoTextSize::Large,
        });
        let block = faces.block(label, size, self.width);
        let words = self.words(&block, self.beside(between(from, to), side, &block, line_width + 0.3 * size), size);
        vec![self.figure(lines.finish(), None, line_width), words]
    }

    /// The position of text beside a line, without covering it: above it, or below if there is no room.
    fn beside(&self, middle: Point, side: Point, block: &Block, gap: f32) -> Point {
        let away = gap + side.x.abs() * block.width / 2.0 + side.y.abs() * block.height / 2.0;
        let begin = |away: f32| {
            let centre = along_from(middle, side, away);
            Point::from_xy(centre.x - block.width / 2.0, centre.y - block.height / 2.0)
        };
        let fits = |at: Point| {
            at.x >= 0.0 && at.y >= 0.0 && at.x + block.width <= self.width && at.y + block.height <= self.height
        };
        let (above, below) = (begin(away), begin(-away));
        if fits(above) || !fits(below) { above } else { below }
    }
}

fn line(path: &mut PathBuilder, from: Point, to: Point) {
    path.move_to(from.x, from.y);
    path.line_to(to.x, to.y);
}

fn between(a: Point, b: Point) -> Point {
    Point::from_xy(f32::midpoint(a.x, b.x), f32::midpoint(a.y, b.y))
}

fn along_from(start: Point, direction: Point, length: f32) -> Point {
    Point::from_xy(direction.x.mul_add(length, start.x), direction.y.mul_add(length, start.y))
}

/// The direction from one position to another, of length 1; in a small picture the positions may be equal.
fn direction(from: Point, to: Point) -> Point {
    let mut direction = to - from;
    if direction.normalize() { direction } else { Point::from_xy(1.0, 0.0) }
}

/// Of a direction and its opposite, the one that points up, or to the right.
fn upwards(direction: Point) -> Point {
    if direction.y > 0.0 || (direction.y == 0.0 && direction.x < 0.0) { -direction } else { direction }
}
