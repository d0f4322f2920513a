//! The walls of a plan, computed from the outlines of its rooms: a shared wall is built once.

use std::collections::{BTreeMap, BTreeSet};

use demo::plans::{PLAN_HEIGHT, PLAN_WIDTH, PlanRoom, Point};

/// A position on the image in whole pixels.
pub(super) type Pixel = (i32, i32);

/// The kind of a piece of wall, which decides its drawn thickness.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum WallKind {
    /// The edge of a balcony or an equipment platform.
    Parapet,
    /// Between two rooms.
    Partition,
    /// Between a room and the outside.
    Outer,
}

impl WallKind {
    /// The thickness in metres.
    pub(super) fn metres(self) -> f64 {
        match self {
            Self::Parapet => 0.10,
            Self::Partition => 0.12,
            Self::Outer => 0.24,
        }
    }
}

/// A straight piece of wall along one axis of the drawing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wall {
    pub(super) from: Pixel,
    pub(super) to: Pixel,
    pub(super) kind: WallKind,
}

/// The pixel of a position.
pub(super) fn pixel((x, y): Point) -> Pixel {
    ((x * f64::from(PLAN_WIDTH)).round() as i32, (y * f64::from(PLAN_HEIGHT)).round() as i32)
}

/// Whether a room lies outside of the heated outline.
pub(super) fn is_outdoor(room: &PlanRoom) -> bool {
    matches!(room.room_type, "BALCONY" | "EQUIPMENT" | "TERRACE")
}

/// One side of a room's outline on a line: from, to, outdoor.
type Stretch = (i32, i32, bool);

/// All walls; thin ones first, so that thick ones are drawn over their ends.
pub(super) fn walls(rooms: &[PlanRoom]) -> Vec<Wall> {
    let mut lines: BTreeMap<(bool, i32), Vec<Stretch>> = BTreeMap::new();
    for room in rooms {
        let next = room.outline.iter().cycle().skip(1);
        for (&a, &b) in room.outline.iter().zip(next) {
            let (a, b) = (pixel(a), pixel(b));
            let upright = a.0 == b.0;
            let (line, from, to) = if upright { (a.0, a.1, b.1) } else { (a.1, a.0, b.0) };
            lines.entry((upright, line)).or_default().push((from.min(to), from.max(to), is_outdoor(room)));
        }
    }
    let mut walls: Vec<Wall> = lines.iter().flat_map(|(&line, sides)| pieces(line, sides)).collect();
    walls.sort_by_key(|wall| wall.kind);
    walls
}

/// Cuts a line at every corner on it and determines the kind of each piece.
fn pieces((upright, line): (bool, i32), sides: &[Stretch]) -> Vec<Wall> {
    let cuts: BTreeSet<i32> = sides.iter().flat_map(|side| [side.0, side.1]).collect();
    let ends: Vec<i32> = cuts.into_iter().collect();
    let place = |along: i32| {
        if upright { (line, along) } else { (along, line) }
    };
    ends.windows(2)
        .filter_map(|end| {
            let rooms: Vec<bool> =
                sides.iter().filter(|side| side.0 <= end[0] && side.1 >= end[1]).map(|side| side.2).collect();
            let kind = match rooms.as_slice() {
                [] => return None,
                [true] | [true, true] => WallKind::Parapet,
                [false, false] => WallKind::Partition,
                _ => WallKind::Outer,
            };
            Some(Wall { from: place(end[0]), to: place(end[1]), kind })
        })
        .collect()
}

/// The kind of wall at a position, if there is one.
pub(super) fn wall_at(walls: &[Wall], at: Pixel) -> Option<WallKind> {
    let on = |wall: &&Wall| {
        (wall.from.0 - 1..=wall.to.0 + 1).contains(&at.0) && (wall.from.1 - 1..=wall.to.1 + 1).contains(&at.1)
    };
    walls.iter().filter(on).map(|wall| wall.kind).max()
}
