//! B1: two bedrooms, a study, one bathroom.

use super::super::DoorKind::{Open, Sliding, SwingClockwise, SwingCounter};
use super::super::FurnitureKind::*;
use super::super::PlanSpec;
use super::super::Side::{East, North, South, West};
use super::Scale;

pub(super) fn two_bedrooms() -> PlanSpec {
    let scale = Scale { pixels: 100.0, origin: (245.0, 232.0) };
    PlanSpec {
        code: "B1",
        name_zh: "B1 两室两厅一卫",
        name_en: "B1 two bedrooms",
        area_m2: 88.3,
        metres_wide: scale.metres_wide(),
        rooms: scale.rooms(&[
            ("MBR", "主卧", "Master bedroom", "MASTER_BEDROOM", &[(0.0, 3.6), (4.2, 3.6), (4.2, 7.5), (0.0, 7.5)]),
            ("BR2", "次卧", "Bedroom 2", "BEDROOM", &[(0.0, 0.0), (3.0, 0.0), (3.0, 3.6), (0.0, 3.6)]),
            ("BA", "卫生间", "Bathroom", "BATHROOM", &[(3.0, 0.0), (4.8, 0.0), (4.8, 2.55), (3.0, 2.55)]),
            ("COR", "过道", "Corridor", "CORRIDOR", &[(3.0, 2.55), (4.8, 2.55), (4.8, 3.6), (3.0, 3.6)]),
            ("DIN", "餐厅", "Dining room", "DINING", &[(4.8, 0.0), (8.4, 0.0), (8.4, 3.6), (4.8, 3.6)]),
            ("LIV", "客厅", "Living room", "LIVING", &[(4.2, 3.6), (8.4, 3.6), (8.4, 7.5), (4.2, 7.5)]),
            ("BAL", "阳台", "Balcony", "BALCONY", &[(4.2, 7.5), (8.4, 7.5), (8.4, 8.7), (4.2, 8.7)]),
            ("KIT", "厨房", "Kitchen", "KITCHEN", &[(8.4, 0.0), (11.1, 0.0), (11.1, 3.3), (8.4, 3.3)]),
            ("FOY", "玄关", "Entrance", "FOYER", &[(8.4, 3.3), (11.1, 3.3), (11.1, 5.1), (8.4, 5.1)]),
            ("STU", "书房", "Study", "STUDY", &[(8.4, 5.1), (11.1, 5.1), (11.1, 7.5), (8.4, 7.5)]),
        ]),
        doors: scale.doors(&[
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
        ]),
        windows: scale.windows(&[
            ((1.0, 7.5), (3.2, 7.5)),
            ((0.7, 0.0), (2.3, 0.0)),
            ((3.5, 0.0), (4.3, 0.0)),
            ((5.6, 0.0), (7.6, 0.0)),
            ((9.1, 0.0), (10.5, 0.0)),
            ((9.0, 7.5), (10.6, 7.5)),
        ]),
        furniture: scale.furniture(&[
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
        ]),
    }
}
