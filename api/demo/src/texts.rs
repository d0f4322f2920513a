//! The texts of the demo's people: reasons, notes and comments, in Chinese and English.

/// A text in Chinese and English.
pub(super) type Phrase = [&'static str; 2];

/// Reasons for failing a repair.
pub(super) const SENT_BACK: &[Phrase] = &[
    ["仍有空鼓，敲击声空", "Still sounds hollow at the edge"],
    ["颜色与原墙面不一致，请整面重涂", "The patch shows: please paint corner to corner"],
    ["问题未解决，复验仍漏水", "Not solved, it still leaks"],
    ["收口粗糙，请返工", "Untidy finish, please redo"],
];
/// Notes on a passed repair.
pub(super) const PASSED: &[Phrase] = &[["复验合格", "Checked, good"], ["已到现场复验，合格", "Seen on site, passed"]];
/// Reasons of a dispute on the ground that another company is responsible.
pub(super) const NOT_OURS: &[Phrase] = &[
    ["此处系其他单位施工，非我司责任", "Not our work: this was done by another trade"],
    ["成品被其他班组损坏，应由其负责", "Damaged by others after our handover"],
];
/// Reasons of a dispute on the ground that it is no defect.
pub(super) const NO_DEFECT: &[Phrase] =
    &[["实测偏差在规范允许范围内", "Measured: within the tolerance of the standard"]];
/// Reasons for upholding an assignment.
pub(super) const UPHELD: Phrase = ["按分包合同属贵司范围，请整改", "The contract puts it in your scope, please repair"];
/// Reasons for reassigning a disputed defect.
pub(super) const REASSIGNED: Phrase = ["核实后改派", "Checked on site, reassigned"];
/// Reasons for voiding a disputed defect.
pub(super) const AGREED: Phrase = ["经复测符合规范，同意作废", "Measured again: it complies, withdrawn"];
/// Reasons for a hold.
pub(super) const HELD: &[Phrase] = &[
    ["等待材料到货，预计一周", "Waiting for material, about a week"],
    ["与相邻户同步施工，暂缓", "To be done together with the unit above"],
];
/// Reasons for voiding a defect that was entered in error.
pub(super) const ERROR: Phrase = ["房号录错", "Logged in the wrong unit"];
/// Reasons for voiding a defect that is none.
pub(super) const NONE: Phrase = ["属正常现象，不构成质量问题", "As designed, not a defect"];
/// Reasons for restoring a defect.
pub(super) const RESTORED: Phrase = ["复核后确认为问题", "Looked at again: it is a defect"];
/// Notes on a duplicate.
pub(super) const DUPLICATE: Phrase = ["与已登记问题重复", "The same as the one logged before"];
/// Reasons for undoing a merge.
pub(super) const UNMERGED: Phrase = ["不是同一处", "Not the same place after all"];
/// Reasons for reopening a defect.
pub(super) const REOPENED: Phrase = ["复查时再次出现", "Found again on the property's walk"];
/// Reasons why a unit was inaccessible.
pub(super) const LOCKED: Phrase = ["钥匙未移交，无法进入", "No key: the unit could not be entered"];
/// Reasons for a waiver.
pub(super) const WAIVED: Phrase =
    ["业主已书面同意，交付后三日内整改", "The owner agreed in writing: repaired within three days of handover"];
/// Comments of a lead to the own company.
pub(super) const INTERNAL: &[Phrase] = &[
    ["材料在B2库房，周四上门", "Material is in store B2, go there on Thursday"],
    ["先拍照再动工，注意成品保护", "Take photos before you begin, protect the floor"],
];
/// Comments of an engineer to all staff.
pub(super) const SHARED: &[Phrase] = &[
    ["请抓紧，该户本周复验", "Please hurry, the unit is re-inspected this week"],
    ["同一班组第二次出现，请做交底", "Second time by the same crew, please brief them"],
];
/// Comments of customer relations to the owner.
pub(super) const TO_OWNER: Phrase = [
    "您好，已安排师傅上门处理，完成后请您确认。",
    "Thank you for telling us. A worker will come this week; please confirm afterwards.",
];
/// Reasons for opening a unit with open defects to its owner.
pub(super) const OPENED: Phrase =
    ["交付通知已发出，问题整改情况向业主公开", "The delivery notice is out; the owner follows the repairs"];
/// The owner's notes on a good repair.
pub(super) const CONFIRMED: Phrase = ["已修好，谢谢", "Fixed, thank you"];
/// The owner's notes on a bad repair.
pub(super) const REJECTED: Phrase = ["还是没有修好", "It is still not right"];

/// The element of a list at an index that wraps around.
pub(super) fn pick(list: &'static [Phrase], turn: usize) -> Phrase {
    list[turn % list.len()]
}

/// The text in a person's language.
pub(super) const fn in_language(said: Phrase, chinese: bool) -> &'static str {
    if chinese { said[0] } else { said[1] }
}
