use std::time::{Duration, Instant};

use domain::photo::markup::PhotoShapeColour::{Black, Blue, Green, Orange, Red, White, Yellow};
use domain::photo::markup::PhotoStrokeWidth::{Medium, Thick, Thin};
use domain::photo::markup::{
    Form, MAX_CHARACTERS, MAX_SHAPES, MAX_STROKE_POINTS, PhotoShapeColour, PhotoTextSize, Shape, Spot, TEXT_LIMIT,
    check,
};
use image::{ImageFormat, Rgb, RgbImage};

use super::*;

const fn spot(x: f64, y: f64) -> Spot<f64> {
    Spot { x, y }
}

const fn shape(colour: PhotoShapeColour, form: Form<f64>) -> Shape<f64> {
    Shape { colour, form }
}

fn text(colour: PhotoShapeColour, at: Spot<f64>, text: &str, size: PhotoTextSize) -> Shape<f64> {
    shape(colour, Form::Text { at, text: text.to_owned(), size })
}

fn markup(shapes: Vec<Shape<f64>>) -> Markup {
    check(shapes).expect("good").expect("some")
}

/// Plaster on the left, dark tiles on the right.
fn wall(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, _| Rgb(if x < width / 2 { [240; 3] } else { [40; 3] }));
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Jpeg).expect("a file");
    file.into_inner()
}

fn pixels(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).expect("a picture").into_rgb8()
}

fn drawn(jpeg: &[u8], shapes: Vec<Shape<f64>>) -> RgbImage {
    pixels(&draw(jpeg, &markup(shapes), &FontSource::default()).expect("drawn"))
}

/// Whether a pixel has a colour, within the precision of a JPEG.
fn is(picture: &RgbImage, (x, y): (u32, u32), [red, green, blue]: [u8; 3]) -> bool {
    let Rgb([r, g, b]) = *picture.get_pixel(x, y);
    [(r, red), (g, green), (b, blue)].iter().all(|(is, wanted)| is.abs_diff(*wanted) < 45)
}

/// The bounding box, in pixels, of all changes.
fn changed(before: &RgbImage, after: &RgbImage) -> Option<(u32, u32, u32, u32)> {
    assert_eq!(before.dimensions(), after.dimensions());
    let differs = |(x, y, pixel): &(u32, u32, &Rgb<u8>)| {
        pixel.0.iter().zip(after.get_pixel(*x, *y).0).any(|(a, b)| a.abs_diff(b) > 40)
    };
    before.enumerate_pixels().filter(differs).fold(None, |found, (x, y, _)| {
        let (l, t, r, b) = found.unwrap_or((x, y, x, y));
        Some((l.min(x), t.min(y), r.max(x), b.max(y)))
    })
}

const RED: [u8; 3] = [226, 18, 26];
const PLASTER: [u8; 3] = [240; 3];
const TILES: [u8; 3] = [40; 3];

#[test]
fn arrow_changes_only_the_pixels_under_it() {
    let plain = wall(1600, 1200);
    let arrow = Form::Arrow { from: spot(0.1, 0.2), to: spot(0.9, 0.2), width: Medium };
    let after = drawn(&plain, vec![shape(Red, arrow)]);
    // The line at y 240, from 160 to 1440; its head at the right.
    for x in [200, 700, 900, 1300, 1420] {
        assert!(is(&after, (x, 240), RED), "{x}: {:?}", after.get_pixel(x, 240));
    }
    assert!(is(&after, (1405, 250), RED), "the head is wider than the line");
    // Its white outline on the tiles.
    assert!(is(&after, (1000, 244), [255; 3]) && is(&after, (1000, 235), [255; 3]));
    for ((x, y), ground) in [((100, 240), PLASTER), ((700, 200), PLASTER), ((1000, 280), TILES), ((1500, 240), TILES)] {
        assert!(is(&after, (x, y), ground), "{x} {y}");
    }
    let (left, top, right, bottom) = changed(&pixels(&plain), &after).expect("drawn");
    assert!((150..165).contains(&left) && (1436..1450).contains(&right), "{left} {right}");
    assert!(top > 210 && bottom < 270, "{top} {bottom}");
}

#[test]
fn each_kind_of_shape_is_drawn_at_its_position() {
    let plain = wall(1600, 1200);
    let before = pixels(&plain);
    let area = |form: Form<f64>| changed(&before, &drawn(&plain, vec![shape(Red, form)])).expect("something");
    let circle = Form::Circle { centre: spot(0.25, 0.5), radius_x: 0.1, radius_y: 0.2, width: Thin };
    let (left, top, right, bottom) = area(circle);
    assert!(left.abs_diff(240) < 6 && right.abs_diff(560) < 6 && top.abs_diff(360) < 6 && bottom.abs_diff(840) < 6);
    let points = vec![spot(0.1, 0.1), spot(0.2, 0.3), spot(0.3, 0.1), spot(0.4, 0.3)];
    let (left, top, right, bottom) = area(Form::Freehand { points, width: Thick });
    assert!(left.abs_diff(160) < 16 && right.abs_diff(640) < 16 && top.abs_diff(120) < 16);
    assert!((280..380).contains(&bottom), "rounded: {bottom}");
    let words = "Crack 裂缝".to_owned();
    let (left, top, right, bottom) = area(Form::Text { at: spot(0.1, 0.5), text: words, size: PhotoTextSize::Large });
    assert!((155..175).contains(&left) && (600..625).contains(&top), "{left} {top}");
    assert!((400..600).contains(&right) && (650..690).contains(&bottom), "{right} {bottom}");
    let measure = |from, to| Form::Measure { from, to, label: "12 mm".to_owned(), width: Medium };
    let (left, top, right, bottom) = area(measure(spot(0.1, 0.5), spot(0.4, 0.5)));
    assert!(left.abs_diff(160) < 8 && right.abs_diff(640) < 8 && bottom < 625, "{left} {right} {bottom}");
    assert!((520..570).contains(&top), "its label is above: {top}");
    // At the picture's edge it is below.
    let (.., bottom) = area(measure(spot(0.1, 0.01), spot(0.4, 0.01)));
    assert!((40..90).contains(&bottom), "{bottom}");
    let (left, top, right, bottom) = area(Form::Freehand { points: vec![spot(0.3, 0.3)], width: Medium });
    assert!(left.abs_diff(480) < 12 && right.abs_diff(480) < 12 && top.abs_diff(360) < 12 && bottom.abs_diff(360) < 12);
}

#[test]
fn every_colour_is_visible_on_plaster_and_on_tiles() {
    let plain = wall(1600, 1200);
    for &colour in PhotoShapeColour::ALL {
        let line = Form::Freehand { points: vec![spot(0.1, 0.5), spot(0.9, 0.5)], width: Medium };
        let after = drawn(&plain, vec![shape(colour, line)]);
        for (x, ground) in [(400, PLASTER), (1200, TILES)] {
            let brightness = |y| after.get_pixel(x, y).0.iter().map(|&part| i32::from(part)).sum::<i32>();
            let ground: i32 = ground.iter().map(|&part| i32::from(part)).sum();
            let most = (590..610).map(|y| (brightness(y) - ground).abs()).max();
            assert!(most > Some(250), "{colour} at {x}: {most:?}");
        }
    }
}

#[test]
fn text_stays_on_the_picture_and_no_character_is_left_out() {
    let plain = wall(800, 600);
    let before = pixels(&plain);
    let long = "Efflorescence along the whole skirting board, 踢脚线返碱，需铲除重做 ".repeat(3);
    let shapes = vec![text(Yellow, spot(0.98, 0.98), long.trim(), PhotoTextSize::Medium)];
    let (_, _, right, bottom) = changed(&before, &drawn(&plain, shapes)).expect("something");
    assert!(right < 800 && bottom < 599, "{right} {bottom}");
    // No font has it, so a box is drawn.
    for (words, least) in [("W", 12), ("墙", 12), ("\u{10FFFD}", 12), ("≤", 6)] {
        let shapes = vec![text(Red, spot(0.1, 0.1), words, PhotoTextSize::Large)];
        let (left, _, right, _) = changed(&before, &drawn(&plain, shapes)).expect("something");
        assert!(right - left > least, "{words}");
    }
}

#[test]
fn pictures_of_any_shape_and_size_are_annotated() {
    let everything = || {
        vec![
            shape(Red, Form::Arrow { from: spot(1.0, 1.0), to: spot(0.0, 0.0), width: Thick }),
            shape(Red, Form::Arrow { from: spot(0.5, 0.5), to: spot(0.50001, 0.5), width: Thick }),
            shape(Blue, Form::Circle { centre: spot(0.0, 1.0), radius_x: 1.0, radius_y: 0.00001, width: Thin }),
            shape(Green, Form::Freehand { points: vec![spot(1.0, 1.0); 5], width: Medium }),
            text(White, spot(1.0, 1.0), &"裂W".repeat(100), PhotoTextSize::Large),
            shape(
                Black,
                Form::Measure { from: spot(1.0, 0.0), to: spot(1.0, 1.0), label: "8".repeat(40), width: Thick },
            ),
        ]
    };
    for (width, height) in [(1, 1), (1600, 1), (1, 1600), (3, 2), (64, 48), (1600, 1600)] {
        let after = drawn(&wall(width, height), everything());
        assert_eq!(after.dimensions(), (width, height));
    }
}

#[test]
fn annotation_is_deterministic_and_has_no_metadata() {
    let (plain, shapes) = (wall(400, 300), vec![text(Orange, spot(0.1, 0.1), "12 mm", PhotoTextSize::Small)]);
    let twice = [(); 2].map(|()| draw(&plain, &markup(shapes.clone()), &FontSource::default()).expect("drawn"));
    assert_eq!(twice[0], twice[1]);
    for hidden in [b"Exif".as_slice(), b"\xFF\xE1", b"http"] {
        assert!(!twice[0][..200].windows(hidden.len()).any(|bytes| bytes == hidden), "{hidden:?}");
    }
    assert!(draw(b"no picture", &markup(shapes), &FontSource::default()).is_err());
}

#[test]
fn largest_annotation_is_drawn_in_bounded_time() {
    // Strokes that cross the whole picture at every point, and the maximum of text.
    let zigzag = |n: usize| spot(if n.is_multiple_of(2) { 0.0 } else { 1.0 }, n as f64 / MAX_STROKE_POINTS as f64);
    let points: Vec<Spot<f64>> = (0..MAX_STROKE_POINTS).map(zigzag).collect();
    let mut shapes = vec![shape(Red, Form::Freehand { points, width: Thick }); 5];
    shapes.extend(vec![
        text(Blue, spot(0.0, 0.0), &"藏".repeat(TEXT_LIMIT), PhotoTextSize::Large);
        MAX_CHARACTERS / TEXT_LIMIT
    ]);
    let rest = MAX_SHAPES - shapes.len();
    let huge = Form::Circle { centre: spot(0.5, 0.5), radius_x: 1.0, radius_y: 1.0, width: Thick };
    shapes.extend(vec![shape(Green, huge); rest]);
    let (plain, begun) = (wall(1600, 1600), Instant::now());
    drawn(&plain, shapes);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    println!("the most takes {:?}", begun.elapsed());
}

#[test]
fn rare_characters_come_from_a_file_and_an_invalid_font_is_an_error() {
    let file = std::env::temp_dir().join(format!("markup-{}.ttf", std::process::id()));
    std::fs::write(&file, b"no font").expect("written");
    assert!(matches!(FontSource::with_file(file.clone()), Err(FontError::NoFont(_))));
    // Any font is sufficient, because it is used for characters that the others lack.
    std::fs::write(&file, include_bytes!("fonts/DejaVuSans-Bold-subset.ttf")).expect("written");
    let font_source = FontSource::with_file(file.clone()).expect("a font");
    let shapes = vec![text(Red, spot(0.1, 0.1), "\u{10FFFD}", PhotoTextSize::Small)];
    draw(&wall(64, 48), &markup(shapes.clone()), &font_source).expect("drawn");
    // The file was removed before its use: boxes are drawn instead.
    std::fs::remove_file(&file).expect("removed");
    draw(&wall(64, 48), &markup(shapes), &font_source).expect("drawn");
    assert!(matches!(FontSource::with_file(file), Err(FontError::File(..))));
}

#[test]
#[ignore = "writes a picture to look at: MARKUP_PICTURE=/tmp/markup.jpg"]
fn sample_picture_for_visual_inspection() {
    let shapes = vec![
        shape(Red, Form::Arrow { from: spot(0.1, 0.1), to: spot(0.4, 0.3), width: Medium }),
        shape(Yellow, Form::Arrow { from: spot(0.9, 0.1), to: spot(0.6, 0.3), width: Thick }),
        shape(Yellow, Form::Circle { centre: spot(0.5, 0.5), radius_x: 0.15, radius_y: 0.2, width: Medium }),
        shape(
            Green,
            Form::Freehand {
                points: (0..60).map(|n| spot(0.05 + 0.015 * f64::from(n), 0.8 + 0.04 * f64::from(n).sin())).collect(),
                width: Thin,
            },
        ),
        text(Red, spot(0.05, 0.45), "Crack 0.3 mm, 空鼓 Ø 12 ± 2 ²", PhotoTextSize::Medium),
        text(White, spot(0.6, 0.55), "瓷砖空鼓，需返工 Hollow tile \u{10FFFD} 龘", PhotoTextSize::Large),
        shape(Blue, Form::Measure { from: spot(0.1, 0.7), to: spot(0.45, 0.7), label: "12 mm".into(), width: Medium }),
        shape(
            Orange,
            Form::Measure { from: spot(0.55, 0.9), to: spot(0.7, 0.6), label: "3.5 毫米".into(), width: Thin },
        ),
        shape(White, Form::Measure { from: spot(0.95, 0.2), to: spot(0.95, 0.5), label: "2 cm".into(), width: Thick }),
    ];
    let file = std::env::var("MARKUP_PICTURE").unwrap_or_else(|_| "/tmp/markup.jpg".to_owned());
    let made = draw(&wall(1600, 1200), &markup(shapes), &FontSource::usual()).expect("drawn");
    std::fs::write(file, made).expect("written");
}
