//! The demo's checklist: the items of each type of room in a fitted home.

use serde_json::{Value, json};

use super::plans::PlanSpec;

/// Rooms that people live in.
const LIVING: &[&str] = &["LIVING", "DINING", "MASTER_BEDROOM", "BEDROOM", "STUDY"];
/// Rooms with water.
const WET: &[&str] = &["KITCHEN", "MASTER_BATH", "BATHROOM", "UTILITY"];
/// Bathrooms.
const BATH: &[&str] = &["MASTER_BATH", "BATHROOM"];
/// Rooms to pass through or store in.
const SMALL: &[&str] = &["FOYER", "CORRIDOR", "CLOAKROOM"];

/// Room types, part, item in Chinese and English, whether a result is mandatory, and the rule that judges its readings.
type Row = (&'static [&'static str], &'static str, &'static str, &'static str, bool, Option<&'static str>);

const ROWS: &[Row] = &[
    (
        LIVING,
        "WALL",
        "墙面平整，无裂缝、空鼓、污染",
        "Walls flat, no cracks, hollows or stains",
        true,
        Some("PAINT_FLAT_N"),
    ),
    (LIVING, "CEIL", "顶棚无裂缝、水渍，净高符合要求", "Ceiling without cracks or water stains", true, None),
    (LIVING, "FLOOR", "地面平整，无空鼓、异响", "Floor flat, no hollows, no squeaks", true, Some("WOODFLOOR_FLAT")),
    (LIVING, "WIN", "外窗启闭灵活，密封完好，限位有效", "Windows open and close, seal and limiter sound", true, None),
    (LIVING, "ELEC", "开关插座位置正确、通电", "Switches and sockets in place and live", true, None),
    (LIVING, "SKIRT", "踢脚线牢固，缝隙均匀", "Skirting firm, even joints", false, None),
    (WET, "WALL", "墙砖无空鼓、破损，接缝平直", "Wall tiles sound, joints straight", true, Some("WALLTILE_LIP")),
    (WET, "FLOOR", "地面坡向地漏，无积水", "Floor falls to the drain, no standing water", true, Some("FLOORTILE_LIP")),
    (WET, "WATER", "给水点位正确，无渗漏", "Water points in place, no leaks", true, None),
    (WET, "DRAIN", "排水通畅，无返臭", "Drains run freely, no smell", true, None),
    (BATH, "WP", "24小时闭水试验合格", "24 h ponding test passed", true, None),
    (BATH, "SANI", "洁具完好、牢固，打胶密实", "Sanitary ware sound and firm, sealant complete", true, None),
    (&["KITCHEN"], "CAB", "橱柜平整，台面无裂缝", "Cabinets level, worktop without cracks", true, None),
    (SMALL, "WALL", "墙面平整，无裂缝、污染", "Walls flat, no cracks or stains", true, None),
    (SMALL, "FLOOR", "地面平整，无破损", "Floor flat and undamaged", true, None),
    (SMALL, "LIGHT", "灯具正常", "Lights work", true, None),
    (&["FOYER"], "EDOOR", "入户门启闭灵活，锁具正常", "Entrance door and its lock work", true, None),
    (&["CLOAKROOM"], "WARD", "柜体完好，门扇顺畅", "Wardrobes sound, doors run smoothly", true, None),
    (&["BALCONY"], "WALL", "外墙面无裂缝、渗水", "Wall without cracks or seepage", true, None),
    (&["BALCONY"], "FLOOR", "地面坡向地漏，无积水", "Floor falls to the drain, no standing water", true, None),
    (&["BALCONY"], "RAIL", "栏杆牢固，净高不小于1.2m", "Railing firm, at least 1.2 m high", true, Some("RAIL_HEIGHT")),
    (&["BALCONY"], "DRAIN", "地漏通畅", "Drain runs freely", true, None),
    (&["EQUIPMENT"], "AC", "机位尺寸、排水符合要求", "A/C platform large enough and drained", true, None),
    (&["EQUIPMENT"], "HOLE", "孔洞封堵密实", "Openings sealed", false, None),
];

/// The items of the room types that the plans have.
pub(super) fn items(plans: &[PlanSpec]) -> Vec<Value> {
    let there = |room_type: &str| plans.iter().any(|plan| plan.rooms.iter().any(|room| room.room_type == room_type));
    let item = |&(room_types, part, zh, en, mandatory, measurement): &'static Row| {
        room_types.iter().map(move |room_type| {
            let code = format!("{room_type}.{part}");
            json!({
                "code": code,
                "roomType": room_type,
                "part": part,
                "zh": zh,
                "en": en,
                "mandatory": mandatory,
                "measurement": measurement,
            })
        })
    };
    ROWS.iter().flat_map(item).filter(|item| item["roomType"].as_str().is_some_and(there)).collect()
}

/// A reading, in or out of the tolerance of the rule.
pub(super) fn reading(rule: &str, good: bool, throw: usize) -> &'static str {
    let (fine, bad): ([&str; 3], [&str; 2]) = match rule {
        "PAINT_FLAT_N" => (["1", "2", "2.5"], ["4", "5"]),
        "WOODFLOOR_FLAT" => (["0.5", "1", "1.5"], ["3", "3.5"]),
        "WALLTILE_LIP" => (["0.2", "0.4", "0.5"], ["1.3", "1.6"]),
        "FLOORTILE_LIP" => (["0.1", "0.3", "0.4"], ["0.8", "1.2"]),
        _ => (["1.21", "1.22", "1.25"], ["1.08", "1.12"]),
    };
    if good { fine[throw % fine.len()] } else { bad[throw % bad.len()] }
}
