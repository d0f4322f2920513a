//! The findings of the demo's inspections: kinds of defects with the texts of finder and repairer.

/// A finding in rooms of some types.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finding {
    /// The defect type's code; the prefix before the point is the part.
    pub(super) kind: &'static str,
    /// The name of its photos: the defect type's code, with a suffix if one type has two findings.
    pub(super) motif: &'static str,
    pub(super) rooms: &'static [&'static str],
    /// In Chinese and English: the defect.
    pub(super) wrong: [&'static str; 2],
    /// In Chinese and English: the repair.
    pub(super) repair: [&'static str; 2],
}

impl Finding {
    /// The part of the building.
    pub(super) fn part(&self) -> &'static str {
        self.kind.split_once('.').map_or(self.kind, |(part, _)| part)
    }

    /// The length in the text, to be drawn into the photo.
    pub(super) fn length(&self) -> Option<&'static str> {
        match self.kind {
            "WALL.CRACK" => Some("40 cm"),
            "WIN.SCRATCH" => Some("10 cm"),
            "FLOOR.TILE_LIP" => Some("1 mm"),
            _ => None,
        }
    }
}

const LIVING: &[&str] = &["LIVING", "DINING", "MASTER_BEDROOM", "BEDROOM", "STUDY"];
const BEDROOMS: &[&str] = &["MASTER_BEDROOM", "BEDROOM", "STUDY"];
const BATH: &[&str] = &["BATHROOM", "MASTER_BATH"];
const WET: &[&str] = &["BATHROOM", "MASTER_BATH", "KITCHEN", "UTILITY"];
const PASSAGE: &[&str] = &["FOYER", "CORRIDOR", "CLOAKROOM"];

/// Findings that the responsibility rules route to a contractor.
pub(super) const ROUTED: &[Finding] = &[
    finding(
        "WALL.CRACK",
        LIVING,
        ["窗角斜向裂缝约40cm", "Hairline crack from the window corner, about 40 cm"],
        ["开槽补缝，挂网批腻子，重新涂刷", "Raked out, mesh and filler, repainted the whole wall"],
    ),
    finding(
        "WALL.PAINT",
        LIVING,
        ["电视背景墙涂料有色差、刷痕明显", "Brush marks and off-colour patches behind the TV"],
        ["打磨后整面重涂", "Sanded and repainted corner to corner"],
    ),
    finding(
        "FLOOR.WOOD_GAP",
        BEDROOMS,
        ["木地板踩踏异响，门口处明显", "Floor squeaks at the door"],
        ["拆开重新找平铺装", "Lifted, levelled and relaid three boards"],
    ),
    finding(
        "WALL.TILE_HOLLOW",
        WET,
        ["墙砖空鼓2块，敲击声空", "Two hollow wall tiles, marked with chalk"],
        ["铲除重贴", "Removed and bedded again"],
    ),
    finding(
        "ELEC.PANEL",
        LIVING,
        ["插座面板歪斜松动", "Socket plate is crooked and loose"],
        ["重新校正固定", "Straightened and fixed"],
    ),
    finding(
        "WP.BATH_LEAK",
        BATH,
        ["闭水试验楼下顶棚渗水", "Ponding test: water shows on the ceiling below"],
        ["管根重做防水，48小时闭水合格", "Membrane renewed around the pipes, 48 h test passed"],
    ),
    finding(
        "IDOOR.OPEN",
        BEDROOMS,
        ["卧室门关不严，合页松动", "Bedroom door does not close, hinge loose"],
        ["调整合页，门缝均匀", "Hinges adjusted, even gap"],
    ),
    finding(
        "FLOOR.SLOPE",
        WET,
        ["地漏旁积水，坡度不足", "Water stands beside the drain, not enough fall"],
        ["凿除重做找坡层", "Screed cut out and laid to falls"],
    ),
    finding(
        "SANI.SEALANT",
        BATH,
        ["台盆收口胶开裂发黑", "Sealant round the basin is cracked and black"],
        ["铲除旧胶重新打防霉胶", "Old sealant out, new mould-proof sealant"],
    ),
    finding(
        "CEIL.GYP_CRACK",
        &["LIVING", "DINING", "CORRIDOR"],
        ["吊顶接缝开裂", "Crack along the plasterboard joint"],
        ["贴绷带重新批涂", "Taped, filled and repainted"],
    ),
    finding(
        "DRAIN.SMELL",
        WET,
        ["地漏返臭", "Smell from the floor drain"],
        ["更换深水封地漏", "Replaced by a drain with a deep seal"],
    ),
    finding(
        "WALL.STAIN",
        PASSAGE,
        ["玄关墙面磕碰、污染", "Wall knocked and stained"],
        ["修补后局部补漆", "Filled and touched up"],
    ),
    finding(
        "CAB.WORKTOP",
        &["KITCHEN"],
        ["石英石台面转角处裂缝", "Worktop cracked at the corner"],
        ["更换转角台面", "Corner piece replaced"],
    ),
    finding(
        "SKIRT.LOOSE",
        LIVING,
        ["踢脚线与墙面缝隙过大", "Gap between skirting and wall"],
        ["重新打胶压实", "Glued and pressed on again"],
    ),
    finding(
        "AC.CONDENSATE",
        &["EQUIPMENT", "BALCONY"],
        ["冷凝水管倒坡，滴水", "Condensate pipe runs backwards and drips"],
        ["调整管道坡度", "Pipe laid to falls"],
    ),
    finding(
        "FLOOR.TILE_LIP",
        &["KITCHEN", "BATHROOM", "MASTER_BATH", "UTILITY"],
        ["地砖接缝高低差约1mm", "Floor tiles: about 1 mm lippage"],
        ["打磨并重新勾缝", "Ground and regrouted"],
    ),
    finding(
        "WATER.POINT",
        WET,
        ["台盆冷热水接反", "Hot and cold are reversed at the basin"],
        ["已对调角阀软管", "Hoses swapped at the valves"],
    ),
    finding(
        "WARD.DOOR",
        &["CLOAKROOM", "MASTER_BEDROOM"],
        ["衣柜移门卡滞", "Sliding wardrobe door jams"],
        ["更换滑轮并校正", "Rollers replaced and adjusted"],
    ),
    finding("LIGHT.OFF", PASSAGE, ["感应灯不亮", "Hall light does not come on"], ["更换驱动电源", "Driver replaced"]),
    finding(
        "WALL.DAMP",
        &["BALCONY"],
        ["阳台墙根返潮", "Damp at the foot of the balcony wall"],
        ["重做防水层并补涂料", "Waterproofing renewed, repainted"],
    ),
    finding(
        "ELEC.NO_POWER",
        LIVING,
        ["床头插座无电", "Bedside socket is dead"],
        ["接线盒内虚接，已重新压接", "Loose joint in the box, made good"],
    ),
    finding(
        "IDOOR.SCRATCH",
        BEDROOMS,
        ["门套划伤两处", "Door lining scratched in two places"],
        ["补漆修色", "Touched up in colour"],
    ),
    finding(
        "CEIL.CRACK",
        BEDROOMS,
        ["顶棚腻子开裂", "Skim coat on the ceiling is cracked"],
        ["铲除重批，整面涂刷", "Scraped, skimmed and repainted"],
    ),
    finding(
        "SANI.TOILET_LEAK",
        BATH,
        ["坐便器底部渗水", "Water seeps from under the toilet"],
        ["更换法兰密封圈", "Flange seal replaced"],
    ),
    finding(
        "WIN.OPEN",
        LIVING,
        ["推拉窗关闭不严，漏风", "Window does not close tight, draught"],
        ["调整锁点，更换胶条", "Locks adjusted, gasket replaced"],
    ),
    finding(
        "WIN.SCRATCH",
        BEDROOMS,
        ["玻璃划伤约10cm", "Scratch of 10 cm in the glass"],
        ["更换玻璃", "Pane replaced"],
    ),
    finding(
        "WIN.LIMITER",
        BEDROOMS,
        ["外窗限位器缺失", "Opening limiter is missing"],
        ["已补装限位器并测试", "Limiter fitted and tested"],
    ),
];

/// Findings without a rule, which a person must assign.
pub(super) const UNROUTED: &[Finding] = &[
    finding(
        "EDOOR.LOCK",
        &["FOYER"],
        ["智能锁指纹识别失效", "Smart lock does not read fingerprints"],
        ["更换锁体面板", "Lock panel replaced"],
    ),
    finding(
        "RAIL.RUST",
        &["BALCONY"],
        ["栏杆焊口锈蚀未打磨", "Rust at the railing's welds"],
        ["打磨除锈补漆", "Ground, primed and painted"],
    ),
    finding(
        "CLEAN.DUST",
        LIVING,
        ["未做开荒保洁，窗台水泥残留", "No builder's clean: cement on the sill"],
        ["已完成保洁", "Cleaned"],
    ),
    finding(
        "APPL.NOT_WORKING",
        &["KITCHEN"],
        ["油烟机不启动", "Hood does not start"],
        ["更换控制板", "Control board replaced"],
    ),
    finding(
        "EDOOR.DENT",
        &["FOYER"],
        ["入户门门扇下沿凹陷", "Dent in the lower edge of the entrance door"],
        ["钣金修复并补漆", "Beaten out and repainted"],
    ),
    finding(
        "RAIL.LOOSE",
        &["BALCONY"],
        ["栏杆立柱松动", "A post of the railing is loose"],
        ["重新锚固并做推力测试", "Anchored anew and load-tested"],
    ),
    finding(
        "CLEAN.GLASS",
        BEDROOMS,
        ["玻璃保护膜未撕，窗槽有砂浆", "Film left on the panes, mortar in the track"],
        ["已撕膜并清理窗槽", "Film removed, track cleaned"],
    ),
];

/// Findings in the common parts.
pub(super) const COMMON: &[Finding] = &[
    finding(
        "PUB.FINISH",
        &["LOBBY"],
        ["大堂地砖破损一块", "One broken floor tile in the lobby"],
        ["更换地砖", "Tile replaced"],
    ),
    finding(
        "PUB.LIGHT",
        &["STAIRWELL"],
        ["楼梯间应急灯不亮", "Emergency light on the stairs is dark"],
        ["更换电池", "Battery replaced"],
    ),
    finding(
        "PUB.FIRE",
        &["STAIRWELL"],
        ["防火门闭门器失效", "Fire door does not close by itself"],
        ["更换闭门器", "Closer replaced"],
    ),
    finding("PUB.STAIR", &["STAIRWELL"], ["踏步缺角", "Chipped stair tread"], ["修补踏步", "Tread repaired"]),
];

/// Findings of owners in their own homes.
pub(super) const OWN: &[Finding] = &[
    finding(
        "FLOOR.WOOD_SCRATCH",
        LIVING,
        ["地板上有两道划痕", "Two deep scratches across the floor by the window"],
        ["修补并打蜡", "Filled and waxed"],
    ),
    finding(
        "SANI.FAUCET",
        &["BATHROOM", "MASTER_BATH"],
        ["花洒关了还在滴水", "The shower keeps dripping after it is turned off"],
        ["更换阀芯", "Cartridge replaced"],
    ),
    finding(
        "CAB.DOOR",
        &["KITCHEN"],
        ["橱柜门板高低不平", "Cabinet doors are not level"],
        ["调整铰链", "Hinges adjusted"],
    ),
    finding(
        "WALL.CORNER",
        LIVING,
        ["阴角不直，放家具有缝", "The corner is not square, furniture leaves a gap"],
        ["修整阴角", "Corner straightened"],
    ),
    Finding {
        motif: "WIN.OPEN.SCREEN",
        ..finding("WIN.OPEN", BEDROOMS, ["纱窗少一扇", "One insect screen is missing"], ["补装纱窗", "Screen fitted"])
    },
];

const fn finding(
    kind: &'static str,
    rooms: &'static [&'static str],
    wrong: [&'static str; 2],
    repair: [&'static str; 2],
) -> Finding {
    Finding { kind, motif: kind, rooms, wrong, repair }
}

#[cfg(test)]
mod tests {
    use domain::taxonomy::Taxonomy;

    use super::*;
    use crate::site::contractor_of;

    #[test]
    fn every_finding_is_of_the_taxonomy_and_in_its_list() {
        let taxonomy = Taxonomy::seed().expect("the seed");
        let trade = |finding: &Finding| {
            let kind = taxonomy.defect_types.iter().find(|kind| kind.code == finding.kind);
            kind.unwrap_or_else(|| panic!("{} is no defect type", finding.kind)).trade.clone()
        };
        assert!(ROUTED.iter().all(|finding| contractor_of(&trade(finding)).is_some()));
        assert!(UNROUTED.iter().all(|finding| contractor_of(&trade(finding)).is_none()));
        for finding in ROUTED.iter().chain(UNROUTED).chain(COMMON).chain(OWN) {
            trade(finding);
        }
    }
}
