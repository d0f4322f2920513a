//! The words of the samples: usual ones and long ones, in English and Chinese.

use documents::Tone;

/// The words of a record or list.
pub(crate) struct Texts {
    pub(crate) project: &'static str,
    pub(crate) building: &'static str,
    pub(crate) unit_type: &'static str,
    pub(crate) round: &'static str,
    pub(crate) stage: &'static str,
    pub(crate) signed: &'static str,
    pub(crate) parties: [&'static str; 4],
    pub(crate) companies: [&'static str; 3],
    pub(crate) people: [&'static str; 3],
    pub(crate) roles: [&'static str; 3],
    pub(crate) rooms: &'static [&'static str],
    pub(crate) items: &'static [&'static str],
    pub(crate) measured: [&'static str; 2],
    pub(crate) passed: &'static str,
    pub(crate) failed: &'static str,
    pub(crate) out: &'static str,
    pub(crate) note: &'static str,
    pub(crate) part: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) states: [(&'static str, Tone); 4],
    pub(crate) defects: &'static [(&'static str, &'static str)],
    pub(crate) found: &'static str,
    pub(crate) repair: &'static str,
    pub(crate) before: &'static str,
    pub(crate) after: &'static str,
    pub(crate) absent: &'static str,
    pub(crate) filters: [&'static str; 2],
}

const ENGLISH: Texts = Texts {
    project: "Riverside Garden",
    building: "Building 2",
    unit_type: "A1, version 1",
    round: "Round 2, second check",
    stage: "Household-by-household acceptance",
    signed: "Signed",
    parties: ["Developer", "Contractor", "Supervisor", "Property service"],
    companies: ["Riverside Development", "Hengtai Construction", "Zhongzheng Supervision"],
    people: ["Daniel Hartmann", "Zhao Gang", "Sun Lihua"],
    roles: ["Site engineer", "Rectification lead", "Supervising engineer"],
    rooms: &["Living room", "Kitchen", "Master bathroom", "Balcony"],
    items: &[
        "Walls flat, without cracks or hollow places",
        "Floor level, without hollow tiles",
        "Windows open, close and lock; glass without scratches",
        "Sockets have power and earth",
    ],
    measured: ["Plaster flatness", "Clear height"],
    passed: "Passed",
    failed: "Failed",
    out: "1 of 5 out of tolerance",
    note: "Hollow place of some 20 cm beside the door, see the defect",
    part: "Wall",
    severity: "Minor",
    states: [
        ("To be repaired", Tone::Neutral),
        ("Repaired and checked", Tone::Good),
        ("Sent back", Tone::Bad),
        ("Repaired, to be checked", Tone::Neutral),
    ],
    defects: &[
        ("Crack in the plaster", "Fine crack from the corner of the window to the ceiling, some 40 cm long."),
        ("Uneven tiles", "Lip of 2 mm between two tiles in front of the door."),
        ("Scratched glass", "Three scratches at the height of the handle."),
        (
            "Dripping tap",
            "The tap drips after it is closed. The owner wants another model; that is not part of the repair.",
        ),
    ],
    found: "by the supervisor in round 2",
    repair: "2026-03-03 15:20, filled and painted; passed by the supervisor",
    before: "Before",
    after: "After",
    absent: "Declared, but it never arrived",
    filters: ["Contractor", "Building"],
};

const CHINESE: Texts = Texts {
    project: "滨江花园",
    building: "2 号楼",
    unit_type: "A1 户型，第 1 版",
    round: "第 2 轮 复验",
    stage: "分户验收",
    signed: "已签字",
    parties: ["建设单位", "施工单位", "监理单位", "物业服务中心"],
    companies: ["滨江置业有限公司", "恒泰建设集团", "中正工程监理有限公司"],
    people: ["丹尼尔·哈特曼", "赵刚", "孙丽华"],
    roles: ["现场工程师", "整改负责人", "监理工程师"],
    rooms: &["客厅", "厨房", "主卫", "阳台"],
    items: &[
        "墙面平整，无裂缝、无空鼓",
        "地面平整，瓷砖无空鼓",
        "门窗开关灵活、锁闭正常，玻璃无划伤",
        "插座通电、接地正常",
    ],
    measured: ["抹灰表面平整度", "室内净高"],
    passed: "合格",
    failed: "不合格",
    out: "5 个读数中 1 个超差",
    note: "门边约 20 cm 空鼓，见问题记录",
    part: "墙面",
    severity: "一般",
    states: [
        ("待整改", Tone::Neutral),
        ("已销项", Tone::Good),
        ("复验退回", Tone::Bad),
        ("已整改，待复验", Tone::Neutral),
    ],
    defects: &[
        ("墙面裂缝", "窗角至顶棚有一条细裂缝，长约 40 厘米。"),
        ("瓷砖高低差", "入户门前两块瓷砖之间有 2 毫米高低差。"),
        ("玻璃划伤", "把手高度处有三道划痕。"),
        ("龙头滴水", "龙头关闭后仍滴水。业主希望更换型号，不属于整改范围。"),
    ],
    found: "监理单位于第 2 轮发现",
    repair: "2026-03-03 15:20 修补并重新涂刷；监理复验合格",
    before: "整改前",
    after: "整改后",
    absent: "已申报，照片未上传",
    filters: ["施工单位", "楼栋"],
};

const LONG_NAME: &str = "The Very Long Name of a Riverside Garden Development and Property Management Holding (Second \
     Phase, Northern Bank) Limited Liability Company";
const LONG_WORD: &str = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/// The usual words in English and Chinese.
pub(crate) static NORMAL: [Texts; 2] = [ENGLISH, CHINESE];

/// Long words, rare characters, and characters that no font has.
pub(crate) static LONG: [Texts; 2] = [
    Texts {
        project: LONG_NAME,
        building: "Building 2 with the long name of the architects' firm of its northern façade",
        companies: [LONG_NAME, LONG_WORD, "Şükrü Çağlar & Łukasz Żółkiewski Nadzór Budowlany Sp. z o.o."],
        people: [
            "Maximilian-Alexander von und zu Hohenstein-Württemberg",
            "Nguyễn Thị Phương Thảo 😀",
            "Sun Lihua عمر",
        ],
        rooms: &["Living room with the open kitchen and the dining place at the southern window", "Kitchen"],
        defects: &[
            (
                "Crack in the plaster of the outer wall between the window and the door of the balcony",
                "Fine crack from the corner of the window to the ceiling. \u{7}Line with a bell.\nSecond line: 👍🏽 \
                 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            ),
            (
                "Dripping tap",
                "https://photos.example/a/very/long/address/without/any/blank/0123456789abcdef0123456789abcdef",
            ),
        ],
        absent: "Withdrawn by its author: the photo shows another unit, and a person who did not agree to be shown in it",
        ..ENGLISH
    },
    Texts {
        project: "滨江花园二期北岸超长名称项目（含商业配套及地下车库）暨城市更新示范住宅小区分期开发建设工程项目",
        companies: [
            "滨江置业（集团）股份有限公司北岸分公司二期项目开发建设管理部暨交付工作领导小组办公室",
            "恒泰建设集团",
            "中正工程监理有限公司",
        ],
        people: ["阿卜杜热合曼·买买提艾力·阿不都克里木江", "𠮷田㛃䶮", "孙丽华😀"],
        rooms: &["客厅兼餐厅（含开放式厨房及南侧阳台封闭区域）", "厨房"],
        defects: &[
            (
                "墙体贯穿性裂缝（疑似结构裂缝），位于外墙与阳台门之间",
                "窗角至顶棚有一条细裂缝，长约 40 厘米，建议请设计单位复核，并由施工单位提交整改方案；整改完成后由监理单位、建设单位、物业服务中心共同复验。复验时应重点检查裂缝两侧的抹灰层是否空鼓、涂料颜色是否一致。",
            ),
            ("龙头滴水", "龙头关闭后仍滴水。"),
        ],
        ..CHINESE
    },
];
