//! The words of the documents, in English and Chinese.

use domain::Language;
use domain::words::Phrase;

pub(crate) const RECORD_TITLE: Phrase = ("Inspection record of a unit", "分户验收记录");
pub(crate) const LIST_TITLE: Phrase = ("Defect list", "问题清单");
pub(crate) const PROJECT: Phrase = ("Project", "项目");
pub(crate) const UNIT: Phrase = ("Unit", "房号");
pub(crate) const BUILDING: Phrase = ("Building", "楼栋");
pub(crate) const UNIT_TYPE: Phrase = ("Unit type", "户型");
pub(crate) const ROUND: Phrase = ("Round", "轮次");
pub(crate) const STAGE: Phrase = ("Stage", "验收阶段");
pub(crate) const STATUS: Phrase = ("Status", "状态");
pub(crate) const STARTED: Phrase = ("Inspection began", "查验开始");
pub(crate) const SUBMITTED: Phrase = ("Submitted", "提交时间");
pub(crate) const MADE: Phrase = ("Document made", "文件生成时间");
pub(crate) const TIME_ZONE: Phrase = ("Time zone", "时区");
pub(crate) const PARTIES: Phrase = ("Parties and people", "参与单位及人员");
pub(crate) const PARTY: Phrase = ("Party", "参与方");
pub(crate) const COMPANY: Phrase = ("Company", "单位名称");
pub(crate) const PEOPLE: Phrase = ("People", "人员");
pub(crate) const RESULTS: Phrase = ("Results by room", "各房间查验结果");
pub(crate) const NO_RESULTS: Phrase = ("No results were recorded.", "没有查验结果记录。");
pub(crate) const ITEM: Phrase = ("Checked item", "检查项目");
pub(crate) const RESULT: Phrase = ("Result", "结果");
pub(crate) const RECORDED_BY: Phrase = ("Recorded by", "记录单位");
pub(crate) const NOTE: Phrase = ("Note", "备注");
pub(crate) const MEASURED: Phrase = ("Measured", "实测项目");
pub(crate) const READINGS: Phrase = ("Readings", "实测值");
pub(crate) const DESIGN: Phrase = ("Design", "设计值");
pub(crate) const TOLERANCE: Phrase = ("Tolerance", "允许偏差");
pub(crate) const MEASURE: Phrase = ("Unit", "单位");
pub(crate) const DEFECTS: Phrase = ("Defects", "问题");
pub(crate) const NO_DEFECTS: Phrase = ("No defects were recorded.", "没有问题记录。");
pub(crate) const NO_DEFECTS_LISTED: Phrase = ("No defect fits this list.", "没有符合条件的问题。");
pub(crate) const PLAN: Phrase = ("Floor plan with the places of the defects", "户型图及问题位置");
pub(crate) const FOUND: Phrase = ("Found", "发现");
pub(crate) const RESPONSIBLE: Phrase = ("Responsible", "责任单位");
pub(crate) const ASSIGNEE: Phrase = ("Assignee", "整改人");
pub(crate) const DUE: Phrase = ("Due", "整改期限");
pub(crate) const OVERDUE: Phrase = ("overdue", "已逾期");
pub(crate) const REPAIR: Phrase = ("Repair", "整改");
pub(crate) const ON_PLAN: Phrase = ("On the floor plan", "户型图位置");
pub(crate) const SIGNATURES: Phrase = ("Signatures", "签字");
pub(crate) const SIGNED_AT: Phrase = ("Signed", "签字时间");
pub(crate) const RECEIVED_AT: Phrase = ("Received by the server", "服务器收到时间");
pub(crate) const NOT_SIGNED: Phrase = ("Not signed yet", "尚未签字");
pub(crate) const NO_SIGNATURES: Phrase = ("Nobody has signed yet.", "尚无签字。");
pub(crate) const NO_PICTURE: Phrase = ("Signed without a picture", "无签字图像");
pub(crate) const UNREADABLE: Phrase = ("This picture cannot be shown", "图片无法显示");
pub(crate) const CONTENT: Phrase = ("What was signed", "签字内容");
pub(crate) const CONTENT_HASH: Phrase = (
    "The signatures below are under this SHA-256 hash of the submitted content:",
    "以下签字所对应的提交内容的 SHA-256 哈希值：",
);
pub(crate) const CONTENT_ATTACHED: Phrase = (
    "The submitted content is attached to this file as content.json. Its SHA-256 hash is the one above.",
    "提交内容已作为附件 content.json 附于本文件，其 SHA-256 哈希值与上述一致。",
);
pub(crate) const NOT_SUBMITTED: Phrase =
    ("The inspection has not been submitted, so there is nothing to sign yet.", "查验尚未提交，暂无可签字内容。");
pub(crate) const SUMMARY: Phrase = ("Summary", "概要");
pub(crate) const CONTENT_FILE: Phrase = ("The content that the parties signed", "各方签字的内容");

/// The number of results and of those that failed.
pub(crate) fn results(language: Language, all: usize, failed: usize) -> String {
    match language {
        Language::En => format!("Results: {all}, failed: {failed}"),
        Language::Zh => format!("查验结果 {all} 项，其中不合格 {failed} 项"),
    }
}

/// The number of measurements and of those out of tolerance.
pub(crate) fn measurements(language: Language, all: usize, failed: usize) -> String {
    match language {
        Language::En => format!("Measurements: {all}, out of tolerance: {failed}"),
        Language::Zh => format!("实测实量 {all} 项，其中超差 {failed} 项"),
    }
}

/// The number of defects.
pub(crate) fn defects(language: Language, count: usize) -> String {
    match language {
        Language::En => format!("Defects: {count}"),
        Language::Zh => format!("问题 {count} 项"),
    }
}

/// A heading with the number of what stands below it.
pub(crate) fn counted(language: Language, heading: &str, count: usize) -> String {
    match language {
        Language::En => format!("{heading} ({count})"),
        Language::Zh => format!("{heading}（{count}）"),
    }
}

/// The place of a page in the document.
pub(crate) fn page(language: Language, page: usize, pages: usize) -> String {
    match language {
        Language::En => format!("Page {page} of {pages}"),
        Language::Zh => format!("第 {page} 页，共 {pages} 页"),
    }
}

/// What a photo of a defect shows, for those who cannot see it.
pub(crate) fn photo_of(language: Language, number: &str, caption: &str) -> String {
    match language {
        Language::En => format!("Photo of {number}: {caption}"),
        Language::Zh => format!("{number} 照片：{caption}"),
    }
}

/// What a plan with a pin shows, for those who cannot see it.
pub(crate) fn place_of(language: Language, number: &str) -> String {
    match language {
        Language::En => format!("Place of {number} on the floor plan"),
        Language::Zh => format!("{number} 在户型图上的位置"),
    }
}

/// What the picture of a signature shows, for those who cannot see it.
pub(crate) fn signature_of(language: Language, name: &str) -> String {
    match language {
        Language::En => format!("Signature of {name}"),
        Language::Zh => format!("{name} 的签字"),
    }
}

/// A label with its value.
pub(crate) fn labelled(language: Language, label: (&str, &str), value: &str) -> String {
    match language {
        Language::En => format!("{}: {value}", label.0),
        Language::Zh => format!("{}：{value}", label.1),
    }
}

/// A phrase in a language.
pub(crate) const fn say(language: Language, phrase: Phrase) -> &'static str {
    match language {
        Language::En => phrase.0,
        Language::Zh => phrase.1,
    }
}
