//! B1: two bedrooms, a study, one bathroom.

use super::{PlanSpec, Scale};

pub(super) fn two_bedrooms() -> PlanSpec {
    let scale = Scale { pixels: 100.0, origin: (245.0, 232.0) };
    PlanSpec {
        code: "B1",
        name_zh: "B1 两室两厅一卫",
        name_en: "B1 two bedrooms",
        area_m2: 88.3,
        scale,
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
        picture: include_bytes!("../../assets/plans/B1.png"),
    }
}
