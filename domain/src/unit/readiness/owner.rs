//! What an owner reads of a blocker: plain words, without the hands that it passes through.

use super::{Blocker, Detail};
use crate::party::Language;

impl Blocker {
    /// What blocks, for the unit's owner.
    #[must_use]
    pub fn owner_message(&self, language: Language) -> String {
        match (&self.detail, language) {
            (Detail::Unit, Language::En) => "The inspections before the handover have not begun yet.".to_owned(),
            (Detail::Unit, Language::Zh) => "交付前的验房尚未开始。".to_owned(),
            (Detail::Round { number, .. }, Language::En) => {
                format!("The inspection of your home in round {number} is not finished yet.")
            }
            (Detail::Round { number, .. }, Language::Zh) => format!("您的房屋第 {number} 轮验房尚未完成。"),
            (Detail::Defect { number }, Language::En) => {
                format!("Defect D-{number:06} is still to be repaired and checked.")
            }
            (Detail::Defect { number }, Language::Zh) => format!("问题 D-{number:06} 尚在整改或复验中。"),
            (Detail::OtherDefect, Language::En) => "A defect is still to be repaired and checked.".to_owned(),
            (Detail::OtherDefect, Language::Zh) => "有问题尚在整改或复验中。".to_owned(),
            (Detail::Photo, Language::En) => "A photo is still on its way.".to_owned(),
            (Detail::Photo, Language::Zh) => "有照片尚在上传中。".to_owned(),
        }
    }

    /// What would clear it, for the unit's owner.
    #[must_use]
    pub const fn owner_cleared_by(&self, language: Language) -> &'static str {
        let (en, zh) = match self.detail {
            Detail::Unit | Detail::Round { .. } => (
                "The inspection is carried out and signed; you need not do anything.",
                "验房完成并签字即可，您无需操作。",
            ),
            Detail::Defect { .. } | Detail::OtherDefect => {
                ("It is repaired and checked; you need not do anything.", "整改并复验通过即可，您无需操作。")
            }
            Detail::Photo => ("The photo arrives by itself.", "照片上传完成即可，您无需操作。"),
        };
        match language {
            Language::En => en,
            Language::Zh => zh,
        }
    }
}
