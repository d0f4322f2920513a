//! Texts: not empty, not too long, fit for their use.

use super::check::Check;
use super::{codes, limits};
use crate::import::phrases::{EMPTY, quoted};
use crate::message::address;
use crate::party::Language;
use crate::words::Bilingual;
use crate::{login, password, text};

impl Check {
    /// A name or label that must be there.
    pub(super) fn name(&mut self, path: String, text: &str) {
        self.bounded(path, text, text::NAME_LIMIT);
    }

    /// The name of a person or company, as [`text::name`] wants it.
    pub(super) fn own_name(&mut self, path: String, text: &str) {
        if self.bounded(path.clone(), text, text::NAME_LIMIT) && !text::is_fit_for_name(text) {
            let message = ("has line breaks or format characters in it; remove them", "含有换行或格式字符；请删去");
            self.problem(path, message);
        }
    }

    fn bounded(&mut self, path: String, text: &str, limit: usize) -> bool {
        let count = text.chars().count();
        let message: Bilingual = if text.is_empty() {
            EMPTY.into()
        } else if count > limit {
            let en = format!("has {count} characters; at most {limit} are possible");
            (en, format!("有 {count} 个字符；最多 {limit} 个")).into()
        } else if text.chars().any(char::is_control) {
            ("has line breaks or control characters in it; remove them", "含有换行或控制字符；请删去").into()
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
            let code = quoted(code);
            let en = format!("the code {} has blanks in it; use a hyphen instead", code.en);
            self.problem(path, (en, format!("编码{}含有空格；请改用连字符", code.zh)));
        }
    }

    /// A login: what a person can type on a tablet.
    pub(super) fn login(&mut self, path: String, login: &str) {
        if self.bounded(path.clone(), login, limits::LOGIN) && !login::is_login(login) {
            self.problem(path, login::SHAPE);
        }
    }

    /// A phone number as people write it.
    pub(super) fn phone(&mut self, path: String, phone: Option<&str>) {
        let Some(phone) = phone else { return };
        if self.bounded(path.clone(), phone, limits::PHONE) && !text::is_phone(phone) {
            self.problem(path, text::PHONE_SHAPE);
        }
    }

    /// An e-mail address.
    pub(super) fn email(&mut self, path: String, email: Option<&str>) {
        let Some(email) = email else { return };
        if self.bounded(path.clone(), email, limits::EMAIL) && address::email(email).is_none() {
            self.problem(path, address::EMAIL_SHAPE);
        }
    }

    /// A first password of a login.
    pub(super) fn password(&mut self, path: String, login: &str, password: Option<&str>) {
        if let Some(weakness) = password.and_then(|password| password::weakness(password, login)) {
            self.problem(path, (weakness.english(), weakness.chinese()));
        }
    }

    /// A person's language.
    pub(super) fn language(&mut self, path: String, language: Option<&str>) {
        if let Some(language) = language {
            codes::one_of(self, path, language, Language::ALL);
        }
    }
}
