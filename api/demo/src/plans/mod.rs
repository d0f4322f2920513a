//! The unit types of the demo project: their rooms in metres, and the pictures of their floor plans.
//!
//! The example `demo_pictures` draws the pictures from the rooms. It draws them again after a room has changed.

mod a1;
mod b1;
mod c1;

/// The width of a plan's image in pixels.
pub const PLAN_WIDTH: u32 = 1600;
/// The height of a plan's image in pixels.
pub const PLAN_HEIGHT: u32 = 1200;

/// A position: on a plan, x and y from 0 (left, top) to 1 (right, bottom) of the image, like a defect's pin; in a unit,
/// metres from the upper left corner of the outline.
pub type Point = (f64, f64);

/// Code, Chinese name, English name, room type, outline in metres.
type RoomRow = (&'static str, &'static str, &'static str, &'static str, &'static [Point]);

/// A unit type 户型 with its rooms and the picture of its floor plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSpec {
    /// The unit type's code, "A1".
    pub code: &'static str,
    /// Its Chinese name.
    pub name_zh: &'static str,
    /// Its English name.
    pub name_en: &'static str,
    /// Its area in square metres: the area of all rooms to the middle of their walls.
    pub area_m2: f64,
    /// The transformation from its metres to the image.
    pub scale: Scale,
    /// Its rooms.
    pub rooms: Vec<PlanRoom>,
    /// The floor plan: a PNG of [`PLAN_WIDTH`] × [`PLAN_HEIGHT`] pixels.
    pub picture: &'static [u8],
}

/// A room of a unit type.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRoom {
    /// The room's code within the unit type, "MBR".
    pub code: &'static str,
    /// Its Chinese name.
    pub name_zh: &'static str,
    /// Its English name.
    pub name_en: &'static str,
    /// A code of the taxonomy's room types.
    pub room_type: &'static str,
    /// Its outline on the image to the middle of the walls, in either direction, not closed.
    pub outline: Vec<Point>,
}

/// The transformation from the metres of a plan to its image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Pixels per metre.
    pub pixels: f64,
    /// The pixel of the upper left corner of the building's outline.
    pub origin: Point,
}

/// The demo's unit types: A1 with three bedrooms, B1 with two, C1 with one.
pub fn unit_type_plans() -> Vec<PlanSpec> {
    vec![a1::three_bedrooms(), b1::two_bedrooms(), c1::one_bedroom()]
}

impl Scale {
    /// The position on the image of a position in metres.
    pub fn place(&self, (x, y): Point) -> Point {
        let share = |metres: f64, from: f64, whole: u32| {
            let exact = (from + metres * self.pixels) / f64::from(whole);
            (exact * 1e5).round() / 1e5
        };
        (share(x, self.origin.0, PLAN_WIDTH), share(y, self.origin.1, PLAN_HEIGHT))
    }

    fn rooms(&self, rows: &[RoomRow]) -> Vec<PlanRoom> {
        let room = |&(code, name_zh, name_en, room_type, outline): &RoomRow| PlanRoom {
            code,
            name_zh,
            name_en,
            room_type,
            outline: outline.iter().map(|&point| self.place(point)).collect(),
        };
        rows.iter().map(room).collect()
    }
}

impl PlanRoom {
    /// Whether a position lies within the room.
    pub fn contains(&self, (x, y): Point) -> bool {
        let next = self.outline.iter().cycle().skip(1);
        self.outline
            .iter()
            .zip(next)
            .filter(|(a, b)| (a.1 <= y) != (b.1 <= y) && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0))
            .count()
            % 2
            == 1
    }

    /// The smallest rectangle around the room: upper left and lower right corner.
    pub fn bounds(&self) -> (Point, Point) {
        self.outline.iter().fold(((1.0, 1.0), (0.0, 0.0)), |(low, high), p| {
            ((low.0.min(p.0), low.1.min(p.1)), (high.0.max(p.0), high.1.max(p.1)))
        })
    }

    /// A position well inside the room, in the middle where the shape allows: for labels and pins.
    pub fn centre(&self) -> Point {
        const STEPS: usize = 32;
        let (low, high) = self.bounds();
        let middle = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
        let at = |i: usize, from: f64, to: f64| from + (to - from) * i as f64 / STEPS as f64;
        let mut best = (middle, f64::NEG_INFINITY);
        for spot in (1..STEPS).flat_map(|i| (1..STEPS).map(move |j| (i, j))) {
            let spot = (at(spot.0, low.0, high.0), at(spot.1, low.1, high.1));
            let off = (spot.0 - middle.0).hypot(spot.1 - middle.1);
            let score = self.clearance(spot) - off * 0.2;
            if self.contains(spot) && score > best.1 {
                best = (spot, score);
            }
        }
        best.0
    }

    /// The room's area as a share of the image, whose sides have the length 1.
    pub fn area(&self) -> f64 {
        let next = self.outline.iter().cycle().skip(1);
        self.outline.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0
    }

    /// The distance of a position to the nearest wall, in parts of the image's width and height.
    pub fn clearance(&self, (x, y): Point) -> f64 {
        let next = self.outline.iter().cycle().skip(1);
        self.outline
            .iter()
            .zip(next)
            .map(|(a, b)| {
                let (dx, dy) = (b.0 - a.0, b.1 - a.1);
                let along = ((x - a.0) * dx + (y - a.1) * dy) / (dx * dx + dy * dy).max(1e-12);
                let along = along.clamp(0.0, 1.0);
                (x - a.0 - along * dx).hypot(y - a.1 - along * dy)
            })
            .fold(f64::INFINITY, f64::min)
    }
}

impl PlanSpec {
    /// A room's area in square metres.
    pub fn room_area_m2(&self, room: &PlanRoom) -> f64 {
        let metres = |pixels: u32| f64::from(pixels) / self.scale.pixels;
        room.area() * metres(PLAN_WIDTH) * metres(PLAN_HEIGHT)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::taxonomy::{Taxonomy, TermKind};

    use super::*;

    #[test]
    fn rooms_have_known_types_unique_codes_and_lie_on_the_image() {
        let taxonomy = Taxonomy::seed().expect("the seed");
        let room_types = taxonomy.terms(TermKind::RoomType);
        let known: HashSet<&str> = room_types.iter().map(|room_type| room_type.code.as_str()).collect();
        for plan in unit_type_plans() {
            let codes: HashSet<_> = plan.rooms.iter().map(|room| room.code).collect();
            assert_eq!(codes.len(), plan.rooms.len(), "{}: a room code twice", plan.code);
            for room in &plan.rooms {
                assert!(known.contains(room.room_type), "{} {}", plan.code, room.room_type);
                assert!(room.outline.iter().all(|p| (0.0..=1.0).contains(&p.0) && (0.0..=1.0).contains(&p.1)));
                assert!(room.contains(room.centre()), "{} {}", plan.code, room.code);
            }
        }
    }

    #[test]
    fn rooms_fill_the_stated_area_without_overlap() {
        for plan in unit_type_plans() {
            let sum: f64 = plan.rooms.iter().map(|room| plan.room_area_m2(room)).sum();
            assert!((sum - plan.area_m2).abs() < 0.5, "{}: {sum} against {}", plan.code, plan.area_m2);
            for at in (0..80).flat_map(|i| (0..60).map(move |j| (i, j))) {
                let at = ((f64::from(at.0) + 0.37) / 80.0, (f64::from(at.1) + 0.41) / 60.0);
                let inside: Vec<_> = plan.rooms.iter().filter(|r| r.contains(at)).map(|r| r.code).collect();
                assert!(inside.len() <= 1, "{}: {inside:?} overlap at {at:?}", plan.code);
            }
        }
    }

    #[test]
    fn plan_is_a_png_of_the_stated_size() {
        for plan in unit_type_plans() {
            let made = imaging::renditions(plan.picture).expect("a picture");
            assert_eq!(imaging::kind(plan.picture), Some(domain::photo::PhotoType::Png), "{}", plan.code);
            assert_eq!((made.width, made.height), (PLAN_WIDTH, PLAN_HEIGHT), "{}", plan.code);
        }
    }
}
