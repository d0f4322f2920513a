//! Words that a person reads: in each language, and for codes of states, which are no words by themselves.

use std::borrow::Cow;

use crate::party::Language;

/// The codes of states that messages name, in Chinese.
const IN_CHINESE: [(&str, &str); 38] = [
    ("OPEN", "待处理"),
    ("ASSIGNED", "已派单"),
    ("IN_PROGRESS", "进行中"),
    ("FIXED", "已整改"),
    ("REWORK", "返工"),
    ("DISPUTED", "有争议"),
    ("CLOSED", "已关闭"),
    ("VOID", "已作废"),
    ("DRAFT", "草稿"),
    ("PLANNED", "已计划"),
    ("SUBMITTED", "已提交"),
    ("SIGNED", "已签字"),
    ("PARTLY_SIGNED", "部分签字"),
    ("INACCESSIBLE", "无法进入"),
    ("NOT_INSPECTED", "未查验"),
    ("DECLARED", "待上传"),
    ("RECEIVED", "已接收"),
    ("READY", "已就绪"),
    ("REJECTED", "已拒绝"),
    ("KEPT", "已保存"),
    ("WRITTEN_OFF", "已核销"),
    ("WITHDRAWN", "已撤回"),
    ("REMOVED", "已删除"),
    ("PENDING", "待定"),
    ("APPLIED", "已执行"),
    ("DISMISSED", "已否决"),
    ("PASSED", "合格"),
    ("FAILED", "不合格"),
    ("PASS", "合格"),
    ("FAIL", "不合格"),
    ("MERGED", "已合并"),
    ("ENDED", "已终止"),
    ("QUEUED", "等待发送"),
    ("SENDING", "正在发送"),
    ("UNKNOWN", "结果未知"),
    ("SENT", "已发送"),
    ("DELIVERED", "已送达"),
    ("READ", "已读"),
];

/// Words that are always the same, in English and Chinese.
pub type Phrase = (&'static str, &'static str);

/// A text in each language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bilingual {
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Bilingual {
    /// The text in this language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }
}

/// From the texts in English and in Chinese.
impl<E: Into<String>, Z: Into<String>> From<(E, Z)> for Bilingual {
    fn from((en, zh): (E, Z)) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }
}

/// A code of a state as words; anything else as it is.
#[must_use]
pub fn state<'a>(code: &'a str, language: Language) -> Cow<'a, str> {
    let is_code = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    match language {
        Language::En if is_code => Cow::Owned(code.to_ascii_lowercase().replace('_', " ")),
        Language::Zh => {
            let known = IN_CHINESE.iter().find(|(known, _)| *known == code);
            known.map_or(Cow::Borrowed(code), |(_, words)| Cow::Borrowed(words))
        }
        Language::En => Cow::Borrowed(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defect::DefectStatus;
    use crate::inspection::InspectionStatus;
    use crate::message::MessageState;
    use crate::photo::PhotoState;
    use crate::round::RoundStatus;
    use crate::sync::PendingEditState;

    #[test]
    fn every_state_has_words_in_both_languages() {
        let codes = DefectStatus::ALL
            .iter()
            .map(|code| code.as_str())
            .chain(InspectionStatus::ALL.iter().map(|code| code.as_str()))
            .chain(RoundStatus::ALL.iter().map(|code| code.as_str()))
            .chain(PhotoState::ALL.iter().map(|code| code.as_str()))
            .chain(PendingEditState::ALL.iter().map(|code| code.as_str()))
            .chain(MessageState::ALL.iter().map(|code| code.as_str()));
        for code in codes {
            let (en, zh) = (state(code, Language::En), state(code, Language::Zh));
            assert!(en.chars().all(|c| c.is_ascii_lowercase() || c == ' '), "{en}");
            assert!(!zh.chars().any(|c| c.is_ascii_alphabetic()), "{code} has no Chinese word");
        }
    }
}
