//! Markup: shapes that people draw on a photo to point things out, kept as data beside the photo. The photo itself
//! never changes.
//!
//! Places are parts of the width and height of the picture as it stands upright, so they hold for every rendition.

mod check;
mod rights;
#[cfg(test)]
mod tests;

pub use check::{
    LABEL_LIMIT, MAX_CHARACTERS, MAX_FAULTS, MAX_POINTS, MAX_SHAPES, MAX_STROKE_POINTS, TEXT_LIMIT, check,
};
pub use rights::{AnnotatedPhoto, permit_annotate};

use serde::{Deserialize, Serialize};

string_enum! {
    /// What is drawn on a photo.
    pub enum PhotoShapeKind {
        /// A straight arrow; its head is where it leads to.
        Arrow = "ARROW",
        /// A circle, or an ellipse.
        Circle = "CIRCLE",
        /// A stroke of the finger or pen.
        Freehand = "FREEHAND",
        /// Words.
        Text = "TEXT",
        /// A line between two places with the measurement between them.
        Measure = "MEASURE",
    }
}

string_enum! {
    /// The colour of a shape. Each is drawn with an outline of black or white, so that it is seen on plaster and on
    /// dark tiles alike.
    pub enum PhotoShapeColour {
        /// Red, the usual one.
        Red = "RED",
        /// Orange.
        Orange = "ORANGE",
        /// Yellow.
        Yellow = "YELLOW",
        /// Green.
        Green = "GREEN",
        /// Blue.
        Blue = "BLUE",
        /// White.
        White = "WHITE",
        /// Black.
        Black = "BLACK",
    }
}

string_enum! {
    /// How wide a line is. It grows with the picture.
    pub enum PhotoStrokeWidth {
        /// For small things, close together.
        Thin = "THIN",
        /// The usual one.
        Medium = "MEDIUM",
        /// To be seen on a thumbnail, too.
        Thick = "THICK",
    }
}

string_enum! {
    /// How large words are. They grow with the picture.
    pub enum PhotoTextSize {
        /// Some 60 Chinese characters, 100 Latin ones, across the long edge.
        Small = "SMALL",
        /// Some 40 Chinese characters, 65 Latin ones.
        Medium = "MEDIUM",
        /// Some 25 Chinese characters, 40 Latin ones.
        Large = "LARGE",
    }
}

/// The parts in which places are kept: finer than any screen shows, and the same number however often it is read and
/// written.
const PARTS: f64 = 100_000.0;

/// A part of the picture's width or height, 0 to 1, in hundred-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "f64", into = "f64")]
pub struct Part(u32);

impl From<f64> for Part {
    /// The nearest part; what lies outside of the picture, or nowhere, comes to its edge.
    fn from(part: f64) -> Self {
        // A float becomes the nearest integer that there is, NaN 0.
        Self((part.clamp(0.0, 1.0) * PARTS).round() as u32)
    }
}

impl From<Part> for f64 {
    fn from(part: Part) -> Self {
        Self::from(part.0) / PARTS
    }
}

/// A place on the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "[N; 2]", into = "[N; 2]", bound = "N: Clone + Serialize + for<'a> Deserialize<'a>")]
pub struct Spot<N = Part> {
    /// From the left.
    pub x: N,
    /// From the top.
    pub y: N,
}

impl<N> From<[N; 2]> for Spot<N> {
    fn from([x, y]: [N; 2]) -> Self {
        Self { x, y }
    }
}

impl<N> From<Spot<N>> for [N; 2] {
    fn from(spot: Spot<N>) -> Self {
        [spot.x, spot.y]
    }
}

/// A drawn form, with numbers as a client sent them (`f64`) or as they were checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", bound = "N: Clone + Serialize + for<'a> Deserialize<'a>")]
pub enum Form<N = Part> {
    /// An arrow.
    #[serde(rename = "ARROW")]
    Arrow {
        /// Its tail.
        from: Spot<N>,
        /// Its head.
        to: Spot<N>,
        /// Of its line.
        width: PhotoStrokeWidth,
    },
    /// A circle or ellipse.
    #[serde(rename = "CIRCLE", rename_all = "camelCase")]
    Circle {
        /// Its middle.
        centre: Spot<N>,
        /// Half its width, as part of the picture's width.
        radius_x: N,
        /// Half its height, as part of the picture's height.
        radius_y: N,
        /// Of its line.
        width: PhotoStrokeWidth,
    },
    /// A stroke.
    #[serde(rename = "FREEHAND")]
    Freehand {
        /// Where it goes.
        points: Vec<Spot<N>>,
        /// Of its line.
        width: PhotoStrokeWidth,
    },
    /// Words.
    #[serde(rename = "TEXT")]
    Text {
        /// The top left corner of the first character.
        at: Spot<N>,
        /// The words.
        text: String,
        /// How large.
        size: PhotoTextSize,
    },
    /// A measured line.
    #[serde(rename = "MEASURE")]
    Measure {
        /// One end.
        from: Spot<N>,
        /// The other end.
        to: Spot<N>,
        /// The measurement, like `12 mm`.
        label: String,
        /// Of its line.
        width: PhotoStrokeWidth,
    },
}

/// A coloured shape.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(bound = "N: Clone + Serialize + for<'a> Deserialize<'a>")]
pub struct Shape<N = Part> {
    /// Its colour.
    pub colour: PhotoShapeColour,
    /// The shape's kind.
    #[serde(flatten)]
    pub form: Form<N>,
}

/// All that is drawn on a photo, checked, in the order in which it is drawn.
///
/// As JSON it says in which form it is written, so that a later program can read what this one wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "version")]
pub enum Markup {
    /// The only form so far.
    #[serde(rename = "1")]
    V1 {
        /// The shapes.
        shapes: Vec<Shape>,
    },
}

impl Markup {
    /// The shapes.
    #[must_use]
    pub fn shapes(&self) -> &[Shape] {
        let Self::V1 { shapes } = self;
        shapes
    }

    /// The shapes, for good.
    #[must_use]
    pub fn into_shapes(self) -> Vec<Shape> {
        let Self::V1 { shapes } = self;
        shapes
    }
}

impl Shape {
    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> PhotoShapeKind {
        match self.form {
            Form::Arrow { .. } => PhotoShapeKind::Arrow,
            Form::Circle { .. } => PhotoShapeKind::Circle,
            Form::Freehand { .. } => PhotoShapeKind::Freehand,
            Form::Text { .. } => PhotoShapeKind::Text,
            Form::Measure { .. } => PhotoShapeKind::Measure,
        }
    }

    /// How wide its line is; words have none.
    #[must_use]
    pub const fn width(&self) -> Option<PhotoStrokeWidth> {
        match self.form {
            Form::Arrow { width, .. }
            | Form::Circle { width, .. }
            | Form::Freehand { width, .. }
            | Form::Measure { width, .. } => Some(width),
            Form::Text { .. } => None,
        }
    }
}
