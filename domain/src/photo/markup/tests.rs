use serde_json::json;

use super::PhotoShapeColour::Red;
use super::PhotoStrokeWidth::Medium;
use super::*;
use crate::refusal::Refusal;

const fn spot(x: f64, y: f64) -> Spot<f64> {
    Spot { x, y }
}

const fn red(form: Form<f64>) -> Shape<f64> {
    Shape { colour: Red, form }
}

fn stroke(points: Vec<Spot<f64>>) -> Shape<f64> {
    red(Form::Freehand { points, width: Medium })
}

fn text(text: &str) -> Shape<f64> {
    red(Form::Text { at: spot(0.0, 1.0), text: text.to_owned(), size: PhotoTextSize::Small })
}

fn measure(label: &str) -> Shape<f64> {
    red(Form::Measure { from: spot(0.0, 0.0), to: spot(1.0, 1.0), label: label.to_owned(), width: Medium })
}

const fn arrow(from: Spot<f64>, to: Spot<f64>) -> Shape<f64> {
    red(Form::Arrow { from, to, width: Medium })
}

const fn circle(radius_x: f64, radius_y: f64) -> Shape<f64> {
    red(Form::Circle { centre: spot(0.5, 0.5), radius_x, radius_y, width: Medium })
}

fn faults_of(shapes: Vec<Shape<f64>>) -> Vec<String> {
    let faults: Vec<Refusal> = check(shapes).err().unwrap_or_default();
    faults.iter().map(|fault| format!("{} {}", fault.code, fault.field.join("."))).collect()
}

#[test]
fn every_kind_is_taken_and_comes_back_from_json() {
    let shapes = vec![
        arrow(spot(0.1, 0.2), spot(1.0, 0.0)),
        circle(0.25, 1.0),
        stroke(vec![spot(0.123_456_789, 0.1), spot(0.5, 0.5)]),
        text("  Crack 裂缝 ² ≥ 3 mm "),
        measure("12 mm"),
    ];
    let markup = check(shapes).expect("good").expect("some");
    let written = serde_json::to_value(&markup).expect("JSON");
    assert_eq!(
        written,
        json!({ "version": "1", "shapes": [
            { "kind": "ARROW", "colour": "RED", "width": "MEDIUM", "from": [0.1, 0.2], "to": [1.0, 0.0] },
            { "kind": "CIRCLE", "colour": "RED", "width": "MEDIUM", "centre": [0.5, 0.5], "radiusX": 0.25,
              "radiusY": 1.0 },
            { "kind": "FREEHAND", "colour": "RED", "width": "MEDIUM", "points": [[0.12346, 0.1], [0.5, 0.5]] },
            { "kind": "TEXT", "colour": "RED", "at": [0.0, 1.0], "text": "Crack 裂缝 ² ≥ 3 mm", "size": "SMALL" },
            { "kind": "MEASURE", "colour": "RED", "width": "MEDIUM", "from": [0.0, 0.0], "to": [1.0, 1.0],
              "label": "12 mm" },
        ] })
    );
    assert_eq!(serde_json::from_value::<Markup>(written).expect("read"), markup);
    let kinds: Vec<_> = markup.shapes().iter().map(Shape::kind).collect();
    assert_eq!(kinds, PhotoShapeKind::ALL);
    assert_eq!(check(Vec::new()), Ok(None), "nothing takes it off");
}

#[test]
fn every_part_is_the_same_number_after_writing_and_reading() {
    for n in 0..=100_000 {
        let part = Part(n);
        assert_eq!(Part::from(f64::from(part)), part);
        // A reader that is off by the last bit reads the same.
        assert_eq!(Part::from(f64::from_bits(f64::from(part).to_bits() + 1)), part);
    }
}

#[test]
fn numbers_that_are_none_or_lie_outside_are_named_each() {
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.000_001, 1.000_001, 1e308, -5e-324] {
        let points = vec![spot(0.5, 0.5), spot(odd, 0.5), spot(0.5, odd)];
        assert_eq!(
            faults_of(vec![circle(0.1, 0.1), stroke(points)]),
            ["INVALID_VALUE shapes.1.freehand.points.1.x", "INVALID_VALUE shapes.1.freehand.points.2.y"],
            "{odd}"
        );
        assert_eq!(
            faults_of(vec![arrow(spot(odd, odd), spot(0.5, odd))]),
            [
                "INVALID_VALUE shapes.0.arrow.from.x",
                "INVALID_VALUE shapes.0.arrow.from.y",
                "INVALID_VALUE shapes.0.arrow.to.y"
            ],
            "{odd}"
        );
        let both = ["INVALID_VALUE shapes.0.circle.radiusX", "INVALID_VALUE shapes.0.circle.radiusY"];
        assert_eq!(faults_of(vec![circle(odd, odd)]), both, "{odd}");
    }
    assert_eq!(faults_of(vec![circle(0.0, 0.000_001)]).len(), 2, "no radius");
    assert_eq!(faults_of(vec![arrow(spot(0.0, 1.0), spot(1.0, 0.0)), circle(1.0, 0.000_01)]), [] as [&str; 0]);
}

#[test]
fn lines_and_strokes_that_are_empty() {
    let here = spot(0.3, 0.3);
    assert_eq!(faults_of(vec![arrow(here, spot(0.300_001, 0.3))]), ["INVALID_VALUE shapes.0.arrow.to"]);
    assert_eq!(faults_of(vec![stroke(Vec::new())]), ["INVALID_VALUE shapes.0.freehand.points"]);
    assert_eq!(faults_of(vec![stroke(vec![here])]), [] as [&str; 0], "a dot");
}

#[test]
fn texts_at_and_beyond_their_limits() {
    let ok: [&str; 0] = [];
    assert_eq!(faults_of(vec![text(&"裂".repeat(TEXT_LIMIT)), measure(&"8".repeat(LABEL_LIMIT))]), ok);
    assert_eq!(faults_of(vec![text(&"x".repeat(TEXT_LIMIT + 1))]), ["TEXT_TOO_LONG shapes.0.text.text"]);
    assert_eq!(faults_of(vec![text(&"x".repeat(1_000_000))]), ["TEXT_TOO_LONG shapes.0.text.text"]);
    assert_eq!(faults_of(vec![measure(&"x".repeat(LABEL_LIMIT + 1))]), ["TEXT_TOO_LONG shapes.0.measure.label"]);
    assert_eq!(
        faults_of(vec![text(" \n"), measure("")]),
        ["TEXT_REQUIRED shapes.0.text.text", "TEXT_REQUIRED shapes.1.measure.label"]
    );
    for unseen in "\0\n\t\r\u{1b}\u{7f}\u{85}\u{61c}\u{200b}\u{200f}\u{202e}\u{2028}\u{2066}\u{feff}\u{e0041}".chars() {
        assert_eq!(faults_of(vec![text(&format!("a{unseen}b"))]), ["TEXT_INVALID shapes.0.text.text"], "{unseen:?}");
    }
    for blank in ["\u{3164}", "\u{2800}", "\u{115f}", "\u{ad}", " \u{fe0f} "] {
        assert_eq!(faults_of(vec![text(blank)]), ["TEXT_REQUIRED shapes.0.text.text"], "{blank:?}");
    }
    assert_eq!(check(vec![text("Ku\u{308}che")]), check(vec![text("K\u{fc}che")]), "composed");
    let many = vec![text(&"x".repeat(TEXT_LIMIT)); MAX_CHARACTERS / TEXT_LIMIT];
    assert_eq!(faults_of(many.clone()), ok);
    assert_eq!(faults_of([many, vec![text("x")]].concat()), ["TOO_MANY shapes"]);
}

#[test]
fn too_much_is_refused_without_looking_at_it() {
    let points = |count| vec![spot(f64::NAN, 7.0); count];
    assert_eq!(faults_of(vec![stroke(points(1_000_000))]), ["TOO_MANY shapes.0.freehand.points"]);
    let good = |count| stroke(vec![spot(0.5, 0.5); count]);
    assert_eq!(faults_of(vec![good(MAX_STROKE_POINTS); 5]), [] as [&str; 0]);
    assert_eq!(faults_of([vec![good(MAX_STROKE_POINTS); 5], vec![good(1)]].concat()), ["TOO_MANY shapes"]);
    assert_eq!(faults_of(vec![good(1); MAX_SHAPES]), [] as [&str; 0]);
    assert_eq!(faults_of(vec![good(1); MAX_SHAPES + 1]), ["TOO_MANY shapes"]);
    assert_eq!(faults_of(vec![circle(f64::NAN, 1.0); 1_000_000]), ["TOO_MANY shapes"]);
    // Of many faults so many are named.
    assert_eq!(faults_of(vec![stroke(points(MAX_STROKE_POINTS))]).len(), MAX_FAULTS);
}
