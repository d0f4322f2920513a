//! C1: one bedroom with a walk-in wardrobe.

use super::{PlanSpec, Scale};

pub(super) fn one_bedroom() -> PlanSpec {
    let scale = Scale { pixels: 116.0, origin: (313.0, 232.0) };
    PlanSpec {
        code: "C1",
        name_zh: "C1 一室一厅一卫",
        name_en: "C1 one bedroom",
        area_m2: 55.8,
        scale,
        rooms: scale.rooms(&[
            ("LIV", "客厅", "Living room", "LIVING", &[(0.0, 2.6), (4.5, 2.6), (4.5, 6.0), (0.0, 6.0)]),
            ("MBR", "主卧", "Master bedroom", "MASTER_BEDROOM", &[(4.5, 2.6), (8.4, 2.6), (8.4, 6.0), (4.5, 6.0)]),
            ("KIT", "厨房", "Kitchen", "KITCHEN", &[(0.0, 0.0), (2.4, 0.0), (2.4, 2.6), (0.0, 2.6)]),
            ("FOY", "玄关", "Entrance", "FOYER", &[(2.4, 0.0), (4.5, 0.0), (4.5, 2.6), (2.4, 2.6)]),
            ("BA", "卫生间", "Bathroom", "BATHROOM", &[(4.5, 0.0), (6.7, 0.0), (6.7, 2.6), (4.5, 2.6)]),
            ("CLK", "衣帽间", "Wardrobe", "CLOAKROOM", &[(6.7, 0.0), (8.4, 0.0), (8.4, 2.6), (6.7, 2.6)]),
            ("BAL", "阳台", "Balcony", "BALCONY", &[(0.0, 6.0), (4.5, 6.0), (4.5, 7.2), (0.0, 7.2)]),
        ]),
        picture: include_bytes!("../../assets/plans/C1.png"),
    }
}
