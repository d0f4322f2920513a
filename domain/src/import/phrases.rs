//! Phrases that messages of several problems share, so that each stands in one place.

use std::borrow::Borrow;

use crate::words::{Bilingual, Phrase};

/// A company.
pub const COMPANY: Phrase = ("company", "单位");
/// A building.
pub const BUILDING: Phrase = ("building", "楼栋");
/// A unit type.
pub const UNIT_TYPE: Phrase = ("unit type", "户型");
/// A unit.
pub const UNIT: Phrase = ("unit", "户");
/// A room.
pub(super) const ROOM: Phrase = ("room", "房间");
/// A checklist.
pub(super) const CHECKLIST: Phrase = ("checklist", "检查表");
/// An item of a checklist.
pub(super) const ITEM: Phrase = ("item", "检查项");
/// An entry of a vocabulary of any kind.
pub const TERM: Phrase = ("term", "词条");
/// A room type.
pub(super) const ROOM_TYPE: Phrase = ("room type", "房间类型");
/// A part of a room.
pub(super) const PART: Phrase = ("part", "部位");
/// A trade.
pub(super) const TRADE: Phrase = ("trade", "工种");
/// A measurement rule.
pub(super) const MEASUREMENT_RULE: Phrase = ("measurement rule", "实测规则");
/// A warranty term.
pub(super) const WARRANTY_TERM: Phrase = ("warranty term", "质保期");

/// Of a text without characters.
pub(super) const EMPTY: Phrase = ("must not be empty", "不能为空");
/// Of a floor plan with too many bytes.
pub const PICTURE_TOO_LARGE: Phrase =
    ("the picture is too large; at most 10 MiB are possible", "图片过大；最多 10 兆字节");

/// A text as it stands in the file, cut when long.
#[must_use]
pub fn quoted(text: &str) -> Bilingual {
    let shown: String = text.chars().take(60).collect();
    let cut = if shown.len() < text.len() { "…" } else { "" };
    let en = format!("{:?}", format!("{shown}{cut}"));
    let zh = format!("“{}”", &en[1..en.len() - 1]);
    (en, zh).into()
}

/// Codes or names of fields, one after the other.
pub(super) fn listed<S: Borrow<str>>(names: &[S]) -> Bilingual {
    (names.join(", "), names.join("、")).into()
}

/// Asks whether something was mistyped.
pub(super) fn did_you_mean(meant: &str) -> Bilingual {
    let meant = quoted(meant);
    (format!("did you mean {}?", meant.en), format!("是否应为{}？", meant.zh)).into()
}

/// Of a code that is none of a closed list.
pub(super) fn not_one_of<S: Borrow<str>>(code: &str, allowed: &[S]) -> Bilingual {
    let (code, allowed) = (quoted(code), listed(allowed));
    (format!("{} is not one of {}", code.en, allowed.en), format!("{}不是可用的值；可用：{}", code.zh, allowed.zh))
        .into()
}
