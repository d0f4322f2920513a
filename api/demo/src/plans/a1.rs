//! A1: three bedrooms, two bathrooms, a kitchen with a utility room.

use super::{PlanSpec, Scale};

pub(super) fn three_bedrooms() -> PlanSpec {
    let scale = Scale { pixels: 92.0, origin: (190.0, 232.0) };
    PlanSpec {
        code: "A1",
        name_zh: "A1 三室两厅两卫",
        name_en: "A1 three bedrooms",
        area_m2: 115.4,
        scale,
        rooms: scale.rooms(&[
            ("MBR", "主卧", "Master bedroom", "MASTER_BEDROOM", &[(0.0, 3.9), (3.6, 3.9), (3.6, 8.1), (0.0, 8.1)]),
            ("MBA", "主卫", "Master bath", "MASTER_BATH", &[(0.0, 0.0), (2.4, 0.0), (2.4, 2.1), (0.0, 2.1)]),
            (
                "CLK",
                "衣帽间",
                "Wardrobe",
                "CLOAKROOM",
                &[(2.4, 0.0), (3.6, 0.0), (3.6, 3.9), (0.0, 3.9), (0.0, 2.1), (2.4, 2.1)],
            ),
            ("BA", "公卫", "Bathroom", "BATHROOM", &[(3.6, 0.0), (5.4, 0.0), (5.4, 3.9), (3.6, 3.9)]),
            ("COR", "过道", "Corridor", "CORRIDOR", &[(3.6, 3.9), (6.6, 3.9), (6.6, 4.95), (3.6, 4.95)]),
            ("BR2", "次卧", "Bedroom 2", "BEDROOM", &[(3.6, 4.95), (6.6, 4.95), (6.6, 8.1), (3.6, 8.1)]),
            ("KIT", "厨房", "Kitchen", "KITCHEN", &[(5.4, 0.0), (7.8, 0.0), (7.8, 3.9), (5.4, 3.9)]),
            ("DIN", "餐厅", "Dining room", "DINING", &[(7.8, 0.0), (10.8, 0.0), (10.8, 3.9), (7.8, 3.9)]),
            ("LIV", "客厅", "Living room", "LIVING", &[(6.6, 3.9), (10.8, 3.9), (10.8, 8.1), (6.6, 8.1)]),
            ("BAL", "阳台", "Balcony", "BALCONY", &[(6.6, 8.1), (10.8, 8.1), (10.8, 9.3), (6.6, 9.3)]),
            ("UTL", "家政间", "Utility room", "UTILITY", &[(10.8, 0.0), (13.5, 0.0), (13.5, 1.8), (10.8, 1.8)]),
            ("FOY", "玄关", "Entrance", "FOYER", &[(10.8, 1.8), (13.5, 1.8), (13.5, 3.9), (10.8, 3.9)]),
            ("BR3", "次卧二", "Bedroom 3", "BEDROOM", &[(10.8, 3.9), (13.5, 3.9), (13.5, 8.1), (10.8, 8.1)]),
            ("EQP", "设备平台", "A/C", "EQUIPMENT", &[(5.4, 8.1), (6.6, 8.1), (6.6, 8.9), (5.4, 8.9)]),
        ]),
        picture: include_bytes!("../../assets/plans/A1.png"),
    }
}
