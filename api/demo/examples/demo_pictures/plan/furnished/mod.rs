//! Doors, windows and furniture of the three unit types, in metres from the upper left corner of the building's outline.

mod a1;
mod b1;
mod c1;

use demo::plans::{PlanSpec, Point, Scale};

use super::{Door, DoorKind, FurnishedPlan, Furniture, FurnitureKind, Side, Window};

/// Hinge, lock, and kind of opening.
type DoorRow = (Point, Point, DoorKind);
/// From end to end.
type WindowRow = (Point, Point);
/// Kind, upper left corner, width and depth on the drawing, and the side of its back.
type FurnitureRow = (FurnitureKind, Point, Point, Side);

/// The plan of a unit type with its doors, windows and furniture.
pub(crate) fn furnish(spec: PlanSpec) -> FurnishedPlan {
    let (doors, windows, furniture) = match spec.code {
        "A1" => (a1::DOORS, a1::WINDOWS, a1::FURNITURE),
        "B1" => (b1::DOORS, b1::WINDOWS, b1::FURNITURE),
        "C1" => (c1::DOORS, c1::WINDOWS, c1::FURNITURE),
        other => panic!("unit type {other} has no doors"),
    };
    let scale = spec.scale;
    FurnishedPlan {
        doors: doors.iter().map(|row| door(scale, row)).collect(),
        windows: windows.iter().map(|&(from, to)| Window { from: scale.place(from), to: scale.place(to) }).collect(),
        furniture: furniture.iter().map(|row| piece(scale, row)).collect(),
        spec,
    }
}

fn door(scale: Scale, &(hinge, lock, kind): &DoorRow) -> Door {
    Door { hinge: scale.place(hinge), lock: scale.place(lock), kind }
}

fn piece(scale: Scale, &(kind, from, size, back): &FurnitureRow) -> Furniture {
    Furniture { kind, from: scale.place(from), to: scale.place((from.0 + size.0, from.1 + size.1)), back }
}
