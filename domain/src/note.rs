//! Notes: information for a person about a completed command.

use crate::party::Language;

string_enum! {
    /// What a person should know of a command that was done. Clients need a branch for codes that they do not know.
    pub enum NoteCode {
        /// The due time has changed.
        DueChanged = "DUE_CHANGED",
        /// The responsibility rules name another company than the responsible one.
        OtherCompanyByRule = "OTHER_COMPANY_BY_RULE",
        /// Rooms of this type have no such part; the defect was taken all the same.
        PartNotInRoom = "PART_NOT_IN_ROOM",
    }
}

impl NoteCode {
    /// The note's sentence in English and Chinese; `{name}` stands for a value.
    const fn sentences(self) -> (&'static str, &'static str) {
        match self {
            Self::DueChanged => ("The repair is now due at {due}.", "整改期限已改为 {due}。"),
            Self::OtherCompanyByRule => (
                "By the responsibility rules {company} would be responsible; the responsible company stays as it is.",
                "按派单规则应由{company}负责；责任单位保持不变。",
            ),
            Self::PartNotInRoom => (
                "Rooms like this one usually have no such part ({part}); the defect was taken all the same.",
                "此类房间通常没有该部位（{part}）；问题已照常记录。",
            ),
        }
    }
}

/// A note with the values that its sentence names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about, for programs.
    pub code: NoteCode,
    /// Name, and the value in English and Chinese.
    params: Vec<(&'static str, String, String)>,
}

impl Note {
    /// A note without values.
    #[must_use]
    pub const fn new(code: NoteCode) -> Self {
        Self { code, params: Vec::new() }
    }

    /// Names a value in the sentence.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl ToString) -> Self {
        let value = value.to_string();
        self.with_words(name, value.clone(), value)
    }

    /// Names a value that has a word in each language.
    #[must_use]
    pub fn with_words(mut self, name: &'static str, en: String, zh: String) -> Self {
        self.params.push((name, en, zh));
        self
    }

    /// The sentence for the person who did the command.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let (en, zh) = self.code.sentences();
        let in_language = |en, zh| match language {
            Language::En => en,
            Language::Zh => zh,
        };
        let mut text = in_language(en, zh).to_owned();
        for (name, en, zh) in &self.params {
            text = text.replace(&format!("{{{name}}}"), in_language(en, zh));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_its_values_in_both_languages() {
        let note = Note::new(NoteCode::OtherCompanyByRule).with("company", "Tiles Ltd");
        for language in [Language::En, Language::Zh] {
            let text = note.message(language);
            assert!(text.contains("Tiles Ltd") && !text.contains('{'), "{text}");
        }
    }
}
