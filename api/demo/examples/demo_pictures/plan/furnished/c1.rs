//! C1: one bedroom with a walk-in wardrobe.

use super::super::DoorKind::{Open, Sliding, SwingClockwise, SwingCounter};
use super::super::FurnitureKind::*;
use super::super::Side::{East, North, West};
use super::{DoorRow, FurnitureRow, WindowRow};

pub(super) const DOORS: &[DoorRow] = &[
    ((3.9, 0.0), (2.9, 0.0), SwingCounter),
    ((2.52, 2.6), (4.38, 2.6), Open),
    ((2.4, 0.8), (2.4, 2.3), Sliding),
    ((4.5, 2.4), (4.5, 1.6), SwingClockwise),
    ((4.5, 3.6), (4.5, 2.75), SwingClockwise),
    ((7.0, 2.6), (8.0, 2.6), Sliding),
    ((0.8, 6.0), (3.7, 6.0), Sliding),
];

pub(super) const WINDOWS: &[WindowRow] =
    &[((5.4, 6.0), (7.6, 6.0)), ((0.6, 0.0), (1.8, 0.0)), ((5.2, 0.0), (6.0, 0.0))];

pub(super) const FURNITURE: &[FurnitureRow] = &[
    (Sofa, (0.14, 3.3), (0.95, 2.2), West),
    (Table, (1.5, 3.9), (0.6, 1.0), North),
    (Television, (4.03, 3.9), (0.34, 1.7), East),
    (Bed, (6.17, 3.5), (2.1, 1.8), East),
    (Desk, (4.62, 4.2), (0.5, 1.4), West),
    (Sink, (0.14, 0.14), (2.1, 0.55), North),
    (Hob, (0.12, 0.8), (0.56, 0.8), West),
    (Desk, (0.12, 1.65), (0.56, 0.8), West),
    (Shower, (5.75, 0.14), (0.85, 0.95), North),
    (Toilet, (4.7, 0.14), (0.4, 0.65), North),
    (Basin, (6.05, 1.4), (0.55, 0.95), East),
    (Wardrobe, (7.75, 0.14), (0.55, 2.2), East),
    (Wardrobe, (4.0, 0.7), (0.4, 0.85), East),
    (Washer, (0.14, 6.2), (0.6, 0.6), West),
];
