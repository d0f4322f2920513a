//! B1: two bedrooms, a study, one bathroom.

use super::super::DoorKind::{Open, Sliding, SwingClockwise, SwingCounter};
use super::super::FurnitureKind::*;
use super::super::Side::{East, North, South, West};
use super::{DoorRow, FurnitureRow, WindowRow};

pub(super) const DOORS: &[DoorRow] = &[
    ((11.1, 4.9), (11.1, 3.9), SwingClockwise),
    ((8.4, 3.6), (8.4, 5.04), Open),
    ((4.8, 3.6), (8.4, 3.6), Open),
    ((4.8, 2.61), (4.8, 3.54), Open),
    ((8.4, 1.4), (8.4, 3.0), Sliding),
    ((3.0, 3.5), (3.0, 2.65), SwingCounter),
    ((4.1, 3.6), (3.25, 3.6), SwingCounter),
    ((4.5, 2.55), (3.7, 2.55), SwingClockwise),
    ((9.4, 5.1), (8.55, 5.1), SwingCounter),
    ((4.8, 7.5), (7.8, 7.5), Sliding),
];

pub(super) const WINDOWS: &[WindowRow] = &[
    ((1.0, 7.5), (3.2, 7.5)),
    ((0.7, 0.0), (2.3, 0.0)),
    ((3.5, 0.0), (4.3, 0.0)),
    ((5.6, 0.0), (7.6, 0.0)),
    ((9.1, 0.0), (10.5, 0.0)),
    ((9.0, 7.5), (10.6, 7.5)),
];

pub(super) const FURNITURE: &[FurnitureRow] = &[
    (Bed, (0.14, 4.7), (2.1, 1.8), West),
    (Wardrobe, (1.0, 3.7), (2.0, 0.6), North),
    (Television, (3.72, 5.2), (0.36, 1.6), East),
    (Bed, (0.14, 0.9), (2.0, 1.5), West),
    (Wardrobe, (0.14, 2.95), (1.7, 0.55), South),
    (Shower, (3.1, 0.14), (0.9, 0.95), North),
    (Toilet, (4.2, 0.14), (0.4, 0.65), North),
    (Basin, (4.15, 1.1), (0.55, 0.9), East),
    (Table, (5.8, 0.85), (1.9, 1.5), North),
    (Sofa, (4.32, 4.4), (0.95, 2.4), West),
    (Table, (5.8, 5.1), (0.6, 1.0), North),
    (Television, (7.93, 5.3), (0.36, 1.8), East),
    (Sink, (8.55, 0.14), (2.4, 0.6), North),
    (Hob, (10.42, 0.9), (0.58, 0.9), East),
    (Desk, (10.42, 1.9), (0.58, 1.3), East),
    (Wardrobe, (9.4, 3.4), (1.55, 0.4), North),
    (Desk, (9.0, 6.8), (1.6, 0.55), South),
    (Washer, (7.65, 7.65), (0.6, 0.6), East),
];
