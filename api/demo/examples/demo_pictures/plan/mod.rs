//! The floor plans: the contents of the unit types besides their rooms, and the drawing.

mod fittings;
mod furnished;
mod inks;
mod labels;
mod sheet;
mod walls;

use demo::plans::{PlanSpec, Point};

pub(crate) use furnished::furnish;
pub(crate) use sheet::draw_plan;

/// A unit type with the whole content of its plan.
pub(crate) struct FurnishedPlan {
    /// The unit type with its rooms.
    pub(crate) spec: PlanSpec,
    /// Its doors and open passages.
    pub(crate) doors: Vec<Door>,
    /// Its windows.
    pub(crate) windows: Vec<Window>,
    /// The furniture and fittings of the rooms.
    pub(crate) furniture: Vec<Furniture>,
}

/// A door or passage, from its hinge to its lock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Door {
    /// Where the hinge is (or one end of the passage).
    pub(crate) hinge: Point,
    /// Where the lock is (or the other end).
    pub(crate) lock: Point,
    /// The kind of opening.
    pub(crate) kind: DoorKind,
}

/// The kind of opening of a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoorKind {
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
pub(crate) struct Window {
    /// One end.
    pub(crate) from: Point,
    /// The other end.
    pub(crate) to: Point,
}

/// A piece of furniture or a fitting, within the rectangle of two corners.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Furniture {
    /// Its kind.
    pub(crate) kind: FurnitureKind,
    /// Upper left corner.
    pub(crate) from: Point,
    /// Lower right corner.
    pub(crate) to: Point,
    /// The side of its back (a bed's head, a sofa's back).
    pub(crate) back: Side,
}

/// The kind of a piece of furniture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FurnitureKind {
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
pub(crate) enum Side {
    /// The top.
    North,
    /// The right.
    East,
    /// The foot.
    South,
    /// The left.
    West,
}

impl FurnishedPlan {
    /// Asserts that a door leads into every room, except the platform of the air conditioning.
    pub(crate) fn check_doors(&self) {
        for room in self.spec.rooms.iter().filter(|room| room.room_type != "EQUIPMENT") {
            let has_door = self.doors.iter().any(|door| {
                let middle = ((door.hinge.0 + door.lock.0) / 2.0, (door.hinge.1 + door.lock.1) / 2.0);
                room.clearance(middle) < 0.002
            });
            assert!(has_door, "{} {} has no door", self.spec.code, room.code);
        }
    }
}
