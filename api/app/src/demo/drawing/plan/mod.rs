//! The unit types of the demo project and their floor plans: the data, and the drawing of it.

mod data;
mod fittings;
mod labels;
mod sheet;
mod walls;

pub use data::unit_type_plans;
pub use sheet::draw_plan;

/// The width of a plan's image in pixels.
pub const PLAN_WIDTH: u32 = 1600;
/// The height of a plan's image in pixels.
pub const PLAN_HEIGHT: u32 = 1200;

/// A position on a plan: x and y from 0 (left, top) to 1 (right, bottom) of the image, as a
/// defect's pin is.
pub type Point = (f64, f64);

/// A unit type 户型 with everything that its plan shows.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSpec {
    /// The unit type's code, "A1".
    pub code: &'static str,
    /// Its Chinese name.
    pub name_zh: &'static str,
    /// Its English name.
    pub name_en: &'static str,
    /// Its area in square metres: that of all rooms to the middle of their walls.
    pub area_m2: f64,
    /// How many metres the image is wide.
    pub metres_wide: f64,
    /// Its rooms.
    pub rooms: Vec<PlanRoom>,
    /// Its doors and open passages.
    pub doors: Vec<Door>,
    /// Its windows.
    pub windows: Vec<Window>,
    /// What stands in the rooms, to read the plan by.
    pub furniture: Vec<Furniture>,
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
    /// Its outline to the middle of the walls, clockwise or not, not closed.
    pub outline: Vec<Point>,
}

/// A door or passage, from its hinge to its lock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Door {
    /// Where the hinge is (or one end of the passage).
    pub hinge: Point,
    /// Where the lock is (or the other end).
    pub lock: Point,
    /// How it opens.
    pub kind: DoorKind,
}

/// How a door opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorKind {
    /// A leaf that swings clockwise, seen from above, when it opens.
    SwingClockwise,
    /// A leaf that swings counter-clockwise.
    SwingCounter,
    /// Sliding leaves.
    Sliding,
    /// No door, an open passage.
    Open,
}

/// A window in an outer wall, from end to end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// One end.
    pub from: Point,
    /// The other end.
    pub to: Point,
}

/// A piece of furniture or a fitting, within the rectangle of two corners.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Furniture {
    /// What it is.
    pub kind: FurnitureKind,
    /// Upper left corner.
    pub from: Point,
    /// Lower right corner.
    pub to: Point,
    /// The side at which its back stands (a bed's head, a sofa's back).
    pub back: Side,
}

/// What a piece of furniture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FurnitureKind {
    /// A bed, with a pillow for each.
    Bed,
    /// A sofa.
    Sofa,
    /// A table; a large one with chairs.
    Table,
    /// A television on its board.
    Television,
    /// A wardrobe or shoe cupboard.
    Wardrobe,
    /// A toilet.
    Toilet,
    /// A wash basin.
    Basin,
    /// A shower.
    Shower,
    /// A bath tub.
    Bath,
    /// A kitchen hob.
    Hob,
    /// A worktop with its sink.
    Sink,
    /// A desk or worktop.
    Desk,
    /// A washing machine.
    Washer,
    /// The outer unit of the air conditioning.
    AirUnit,
}

/// A side of the drawing; the top is north.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The top.
    North,
    /// The right.
    East,
    /// The foot.
    South,
    /// The left.
    West,
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

    /// The room's area as a share of the image, whose sides count as 1 each.
    pub fn area(&self) -> f64 {
        let next = self.outline.iter().cycle().skip(1);
        self.outline.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>().abs() / 2.0
    }

    /// How far a position is from the nearest wall; image widths and heights count alike.
    fn clearance(&self, (x, y): Point) -> f64 {
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
        let metres_high = self.metres_wide * f64::from(PLAN_HEIGHT) / f64::from(PLAN_WIDTH);
        room.area() * self.metres_wide * metres_high
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn room_types() -> HashSet<String> {
        let taxonomy: serde_json::Value =
            serde_json::from_str(include_str!("../../../../../../domain/seed/taxonomy.json"))
                .expect("the seed is JSON");
        let types = taxonomy["room_types"].as_array().expect("room types");
        types.iter().map(|t| t["code"].as_str().expect("a code").to_owned()).collect()
    }

    #[test]
    fn rooms_are_known_named_once_and_on_the_image() {
        let known = room_types();
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
    fn every_room_can_be_entered() {
        for plan in unit_type_plans() {
            for room in plan.rooms.iter().filter(|room| room.room_type != "EQUIPMENT") {
                let door = plan.doors.iter().any(|door| {
                    let middle = ((door.hinge.0 + door.lock.0) / 2.0, (door.hinge.1 + door.lock.1) / 2.0);
                    room.clearance(middle) < 0.002
                });
                assert!(door, "{} {} has no door", plan.code, room.code);
            }
        }
    }

    #[test]
    fn a_plan_is_a_png_of_the_stated_size_and_always_the_same() {
        let plans = unit_type_plans();
        let first: Vec<_> = plans.iter().map(|plan| draw_plan(plan).expect("drawn")).collect();
        for (plan, bytes) in plans.iter().zip(&first) {
            let image = image::load_from_memory_with_format(bytes, image::ImageFormat::Png).expect("a PNG");
            assert_eq!((image.width(), image.height()), (PLAN_WIDTH, PLAN_HEIGHT));
            assert_eq!(&draw_plan(plan).expect("drawn again"), bytes);
        }
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 3);
    }
}
