//! Texts: not empty, not too long, fit for what they are.

use super::{Check, codes, limits};
use crate::party::Language;
use crate::{login, password, text};

impl Check {
    /// A name or label that must be there.
    pub(super) fn name(&mut self, path: String, text: &str) {
        self.bounded(path, text, text::NAME_LIMIT);
    }

    fn bounded(&mut self, path: String, text: &str, limit: usize) -> bool {
        let count = text.chars().count();
        let message = if text.is_empty() {
            "must not be empty".to_owned()
        } else if count > limit {
            format!("has {count} characters; at most {limit} are possible")
        } else if text.chars().any(char::is_control) {
            "has line breaks or control characters in it; remove them".to_owned()
        } else {
            return true;
        };
        self.problem(path, message);
        false
    }

    /// A text that may be left out, but not be empty.
    pub(super) fn opt_name(&mut self, path: String, text: Option<&str>) {
        if let Some(text) = text {
            self.name(path, text);
        }
    }

    /// A code: short, without blanks.
    pub(super) fn code(&mut self, path: String, code: &str) {
        let fits = self.bounded(path.clone(), code, limits::CODE);
        if fits && code.chars().any(char::is_whitespace) {
            self.problem(path, format!("the code {} has blanks in it; use a hyphen instead", codes::quoted(code)));
        }
    }

    /// A login: what a person can type on a tablet.
    pub(super) fn login(&mut self, path: String, login: &str) {
        if self.bounded(path.clone(), login, limits::LOGIN) && !login::is_login(login) {
            self.problem(path, "a login has letters a to z, digits and . _ - @ + only".to_owned());
        }
    }

    /// A phone number as people write it.
    pub(super) fn phone(&mut self, path: String, phone: Option<&str>) {
        let Some(phone) = phone else { return };
        if self.bounded(path.clone(), phone, limits::PHONE) && !text::is_phone(phone) {
            self.problem(path, "a phone number has digits, blanks and + - ( ) / . only");
        }
    }

    /// A first password of a login.
    pub(super) fn password(&mut self, path: String, login: &str, password: Option<&str>) {
        if let Some(weakness) = password.and_then(|password| password::weakness(password, login)) {
            self.problem(path, weakness.english());
        }
    }

    /// A person's language.
    pub(super) fn language(&mut self, path: String, language: Option<&str>) {
        if let Some(language) = language {
            codes::one_of(self, path, language, Language::ALL);
        }
    }
}
