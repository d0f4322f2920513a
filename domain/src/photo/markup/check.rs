//! The check of a markup: all its faults, each with its field in the input.

use super::{Form, Markup, Part, Shape, Spot};
use crate::refusal::{Refusal, RefusalCode};
use crate::text::required;

/// Most shapes on a photo.
pub const MAX_SHAPES: usize = 100;
/// Most points of one stroke.
pub const MAX_STROKE_POINTS: usize = 2_000;
/// Most points of all strokes of a photo.
pub const MAX_POINTS: usize = 10_000;
/// Longest text, in characters.
pub const TEXT_LIMIT: usize = 200;
/// Longest label of a measured line, in characters.
pub const LABEL_LIMIT: usize = 40;
/// Most characters of all texts and labels of a photo.
pub const MAX_CHARACTERS: usize = 2_000;
/// Most faults in one answer; the others are named when these are corrected.
pub const MAX_FAULTS: usize = 50;

/// Checks the shapes to draw on a photo; an empty list removes the markup.
///
/// # Errors
/// All faults, each at its field below `shapes`: `TOO_MANY`, `INVALID_VALUE`, `TEXT_REQUIRED`, `TEXT_TOO_LONG`,
/// `TEXT_INVALID`. Shapes above the limit are not checked any further.
pub fn check(shapes: Vec<Shape<f64>>) -> Result<Option<Markup>, Vec<Refusal>> {
    let too_much = count(&shapes);
    if !too_much.is_empty() {
        return Err(too_much);
    }
    let mut faults = Faults(Vec::new());
    let checked: Vec<Shape> = (0..)
        .zip(shapes)
        .map(|(index, shape)| Shape { colour: shape.colour, form: form(shape.form, &At(index), &mut faults) })
        .collect();
    if !faults.0.is_empty() {
        return Err(faults.0);
    }
    Ok((!checked.is_empty()).then_some(Markup::V1 { shapes: checked }))
}

/// The limits that are exceeded.
fn count(shapes: &[Shape<f64>]) -> Vec<Refusal> {
    let too_many = |field: &str, limit| vec![Refusal::at(RefusalCode::TooMany, field).with("limit", limit)];
    if shapes.len() > MAX_SHAPES {
        return too_many("shapes", MAX_SHAPES);
    }
    let (mut points, mut characters, mut long) = (0, 0, Vec::new());
    for (index, shape) in (0..).zip(shapes) {
        match &shape.form {
            Form::Freehand { points: stroke, .. } => {
                points += stroke.len();
                if stroke.len() > MAX_STROKE_POINTS {
                    long.extend(too_many(&At(index).field("freehand.points"), MAX_STROKE_POINTS));
                }
            }
            Form::Text { text: words, .. } | Form::Measure { label: words, .. } => {
                characters += words.chars().take(TEXT_LIMIT).count()
            }
            Form::Arrow { .. } | Form::Circle { .. } => {}
        }
    }
    if long.is_empty() && points > MAX_POINTS {
        return too_many("shapes", MAX_POINTS);
    }
    if long.is_empty() && characters > MAX_CHARACTERS {
        return too_many("shapes", MAX_CHARACTERS);
    }
    long
}

/// A shape's place in the input.
struct At(usize);

impl At {
    fn field(&self, name: &str) -> String {
        format!("shapes.{}.{name}", self.0)
    }
}

struct Faults(Vec<Refusal>);

impl Faults {
    fn add(&mut self, fault: Refusal) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(fault);
        }
    }

    fn value(&mut self, field: &str, en: &str, zh: &str) {
        self.add(Refusal::at(RefusalCode::InvalidValue, field).because(en, zh));
    }

    /// A place on the picture.
    fn spot(&mut self, spot: Spot<f64>, field: &str) -> Spot {
        for (axis, part) in [("x", spot.x), ("y", spot.y)] {
            // NaN is in no range.
            if !(0.0..=1.0).contains(&part) {
                self.value(&format!("{field}.{axis}"), "a place lies between 0 and 1", "坐标须在 0 到 1 之间");
            }
        }
        Spot { x: spot.x.into(), y: spot.y.into() }
    }

    fn radius(&mut self, radius: f64, field: &str) -> Part {
        let part = Part::from(radius);
        if !(0.0..=1.0).contains(&radius) || part == Part(0) {
            self.value(field, "a radius is more than 0 and at most 1", "半径须大于 0 且不超过 1");
        }
        part
    }

    /// A line from one place to another.
    fn line(&mut self, from: Spot<f64>, to: Spot<f64>, field: &str) -> (Spot, Spot) {
        let (start, end) = (self.spot(from, &format!("{field}.from")), self.spot(to, &format!("{field}.to")));
        let finite = [from.x, from.y, to.x, to.y].iter().all(|part| (0.0..=1.0).contains(part));
        if finite && start == end {
            self.value(&format!("{field}.to"), "a line leads to another place", "线段的两端不能重合");
        }
        (start, end)
    }

    /// Words on one line, in the normal form of texts.
    fn words(&mut self, words: &str, limit: usize, field: &str) -> String {
        let fault = match required(words, limit, field) {
            Ok(_) if words.trim().chars().any(is_unseen) => Refusal::at(RefusalCode::TextInvalid, field),
            Ok(text) => return text,
            Err(fault) => fault,
        };
        self.add(fault);
        String::new()
    }
}

/// Characters that are not drawn but change how others read: controls, line breaks, directions, tags.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

fn form(form: Form<f64>, at: &At, faults: &mut Faults) -> Form {
    match form {
        Form::Arrow { from, to, width } => {
            let (from, to) = faults.line(from, to, &at.field("arrow"));
            Form::Arrow { from, to, width }
        }
        Form::Circle { centre, radius_x, radius_y, width } => Form::Circle {
            centre: faults.spot(centre, &at.field("circle.centre")),
            radius_x: faults.radius(radius_x, &at.field("circle.radiusX")),
            radius_y: faults.radius(radius_y, &at.field("circle.radiusY")),
            width,
        },
        Form::Freehand { points, width } => {
            let field = at.field("freehand.points");
            if points.is_empty() {
                faults.value(&field, "a stroke has at least one point", "笔画至少需要一个点");
            }
            let points = (0..).zip(points).map(|(n, point)| faults.point(point, &field, n)).collect();
            Form::Freehand { points, width }
        }
        Form::Text { at: spot, text, size } => {
            let spot = faults.spot(spot, &at.field("text.at"));
            Form::Text { at: spot, text: faults.words(&text, TEXT_LIMIT, &at.field("text.text")), size }
        }
        Form::Measure { from, to, label, width } => {
            let (from, to) = faults.line(from, to, &at.field("measure"));
            let label = faults.words(&label, LABEL_LIMIT, &at.field("measure.label"));
            Form::Measure { from, to, label, width }
        }
    }
}

impl Faults {
    /// One of the many points of a stroke: its field is put together only when it is at fault.
    fn point(&mut self, point: Spot<f64>, field: &str, n: usize) -> Spot {
        if [point.x, point.y].iter().all(|part| (0.0..=1.0).contains(part)) {
            return Spot { x: point.x.into(), y: point.y.into() };
        }
        self.spot(point, &format!("{field}.{n}"))
    }
}
