//! The three unit types, written in metres from the upper left corner of the building's outline.

mod a1;
mod b1;
mod c1;

use super::{
    Door, DoorKind, Furniture, FurnitureKind, PLAN_HEIGHT, PLAN_WIDTH, PlanRoom, PlanSpec, Point, Side, Window,
};

/// Code, Chinese name, English name, room type, outline.
type RoomRow = (&'static str, &'static str, &'static str, &'static str, &'static [Point]);
/// Hinge, lock, how it opens.
type DoorRow = (Point, Point, DoorKind);
/// What, upper left corner, width and depth on the drawing, where its back is.
type FurnitureRow = (FurnitureKind, Point, Point, Side);

/// The demo's unit types: A1 with three bedrooms, B1 with two, C1 with one.
pub fn unit_type_plans() -> Vec<PlanSpec> {
    vec![a1::three_bedrooms(), b1::two_bedrooms(), c1::one_bedroom()]
}

/// Where the metres of a plan lie on the image.
struct Scale {
    pixels: f64,
    origin: Point,
}

impl Scale {
    fn place(&self, (x, y): Point) -> Point {
        let share = |metres: f64, from: f64, whole: u32| {
            let exact = (from + metres * self.pixels) / f64::from(whole);
            (exact * 1e5).round() / 1e5
        };
        (share(x, self.origin.0, PLAN_WIDTH), share(y, self.origin.1, PLAN_HEIGHT))
    }

    fn metres_wide(&self) -> f64 {
        f64::from(PLAN_WIDTH) / self.pixels
    }

    fn rooms(&self, rows: &[RoomRow]) -> Vec<PlanRoom> {
        let room = |&(code, name_zh, name_en, room_type, outline): &RoomRow| PlanRoom {
            code,
            name_zh,
            name_en,
            room_type,
            outline: outline.iter().map(|&p| self.place(p)).collect(),
        };
        rows.iter().map(room).collect()
    }

    fn doors(&self, rows: &[DoorRow]) -> Vec<Door> {
        let door = |&(hinge, lock, kind): &DoorRow| Door { hinge: self.place(hinge), lock: self.place(lock), kind };
        rows.iter().map(door).collect()
    }

    fn windows(&self, rows: &[(Point, Point)]) -> Vec<Window> {
        rows.iter().map(|&(from, to)| Window { from: self.place(from), to: self.place(to) }).collect()
    }

    fn furniture(&self, rows: &[FurnitureRow]) -> Vec<Furniture> {
        let piece = |&(kind, from, size, back): &FurnitureRow| Furniture {
            kind,
            from: self.place(from),
            to: self.place((from.0 + size.0, from.1 + size.1)),
            back,
        };
        rows.iter().map(piece).collect()
    }
}
