//! A1: three bedrooms, two bathrooms, a kitchen with a utility room.

use super::super::DoorKind::{Open, Sliding, SwingClockwise, SwingCounter};
use super::super::FurnitureKind::*;
use super::super::Side::{East, North, South, West};
use super::{DoorRow, FurnitureRow, WindowRow};

pub(super) const DOORS: &[DoorRow] = &[
    ((13.5, 3.7), (13.5, 2.7), SwingClockwise),
    ((10.8, 2.0), (10.8, 3.9), Open),
    ((7.8, 3.9), (10.8, 3.9), Open),
    ((6.6, 3.96), (6.6, 4.89), Open),
    ((7.8, 1.7), (7.8, 3.5), Sliding),
    ((10.8, 0.4), (10.8, 1.2), SwingCounter),
    ((11.8, 3.9), (10.95, 3.9), SwingCounter),
    ((3.6, 4.85), (3.6, 4.0), SwingCounter),
    ((6.4, 4.95), (5.55, 4.95), SwingCounter),
    ((4.9, 3.9), (4.1, 3.9), SwingClockwise),
    ((0.25, 2.1), (1.0, 2.1), SwingCounter),
    ((1.2, 3.9), (2.2, 3.9), Sliding),
    ((7.2, 8.1), (10.2, 8.1), Sliding),
];

pub(super) const WINDOWS: &[WindowRow] = &[
    ((0.8, 8.1), (2.8, 8.1)),
    ((0.8, 0.0), (1.6, 0.0)),
    ((4.1, 0.0), (4.9, 0.0)),
    ((5.9, 0.0), (7.3, 0.0)),
    ((8.4, 0.0), (10.2, 0.0)),
    ((11.5, 0.0), (12.8, 0.0)),
    ((4.0, 8.1), (5.3, 8.1)),
    ((11.3, 8.1), (13.0, 8.1)),
];

pub(super) const FURNITURE: &[FurnitureRow] = &[
    (Bed, (0.14, 5.4), (2.1, 1.8), West),
    (Television, (3.16, 5.5), (0.36, 1.6), East),
    (Wardrobe, (2.55, 0.14), (0.95, 0.6), North),
    (Wardrobe, (0.14, 2.65), (0.6, 1.15), West),
    (Wardrobe, (2.9, 1.0), (0.6, 1.8), East),
    (Shower, (0.14, 0.14), (0.85, 0.78), North),
    (Toilet, (1.25, 0.14), (0.4, 0.65), North),
    (Basin, (1.78, 1.1), (0.52, 0.9), East),
    (Shower, (3.7, 0.14), (0.9, 0.95), North),
    (Toilet, (4.65, 0.14), (0.4, 0.65), North),
    (Basin, (4.78, 2.2), (0.55, 1.0), East),
    (Washer, (3.7, 2.2), (0.6, 0.6), West),
    (Bed, (3.7, 5.7), (2.0, 1.5), West),
    (Wardrobe, (6.0, 6.0), (0.55, 1.9), East),
    (Sink, (5.55, 0.14), (2.1, 0.6), North),
    (Hob, (5.5, 0.9), (0.58, 0.9), West),
    (Desk, (5.5, 1.95), (0.58, 1.8), West),
    (Table, (8.55, 0.9), (1.5, 1.9), North),
    (Sofa, (6.72, 5.0), (0.95, 2.5), West),
    (Table, (8.2, 5.75), (0.6, 1.0), North),
    (Television, (10.35, 5.1), (0.36, 2.2), East),
    (Washer, (12.8, 0.14), (0.6, 0.6), North),
    (Sink, (12.1, 1.25), (1.3, 0.47), South),
    (Wardrobe, (11.95, 1.9), (1.45, 0.45), North),
    (Bed, (11.4, 5.9), (2.0, 1.5), East),
    (AirUnit, (5.55, 8.25), (0.9, 0.3), North),
];
