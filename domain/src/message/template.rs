//! Templates: the texts of messages in both languages, and their rendering.
//!
//! A template is plain text with places `{{name}}`. A value is put in as it is, in one pass, so a value that looks like
//! a place stays a value. Mails are plain text and gateways get JSON, so there is nothing to escape.

use std::str::FromStr as _;

use super::{MessageChannel, MessageKind, Placeholder};
use crate::party::Language;
use crate::words::Phrase;

/// Raised when a text of a template changes: it is stored with each message.
pub const TEMPLATE_VERSION: i32 = 1;

/// The texts of a kind in English and Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// The subject of the long form.
    pub subject: Phrase,
    /// The long form, for e-mail.
    pub text: Phrase,
    /// The short form, for phones.
    pub short: Phrase,
}

/// The form of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The subject of the long form.
    Subject,
    /// The long form.
    Text,
    /// The short form.
    Short,
}

/// A message as the person reads it.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedMessage {
    /// The subject; none in the short form.
    pub subject: Option<String>,
    /// The text.
    pub text: String,
}

/// Why a text could not be made of a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The template has a place that is not in the closed list, or one that is not closed.
    #[error("PLACEHOLDER_UNKNOWN: {0}")]
    Unknown(String),
    /// A place has no value.
    #[error("PLACEHOLDER_EMPTY: {0}")]
    Empty(Placeholder),
}

/// The text of a message for a channel.
///
/// # Errors
/// When a placeholder of the kind has no value.
pub fn render(
    kind: MessageKind,
    channel: MessageChannel,
    language: Language,
    values: &[(Placeholder, String)],
) -> Result<RenderedMessage, TemplateError> {
    let is_given = |place: &Placeholder| values.iter().any(|(name, value)| name == place && !value.trim().is_empty());
    if let Some(empty) = kind.placeholders().iter().find(|place| !is_given(place)) {
        return Err(TemplateError::Empty(*empty));
    }
    let template = Template::of(kind);
    let form = |form| fill(template.form(form, language), values);
    if channel.is_long() {
        // A subject is one line, whatever a value has in it.
        let subject = form(Form::Subject)?.split_whitespace().collect::<Vec<_>>().join(" ");
        return Ok(RenderedMessage { subject: Some(subject), text: form(Form::Text)? });
    }
    Ok(RenderedMessage { subject: None, text: form(Form::Short)? })
}

/// Puts values into the places of a text.
fn fill(template: &str, values: &[(Placeholder, String)]) -> Result<String, TemplateError> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        let place = behind.split_once("}}");
        let (name, after) = place.ok_or_else(|| TemplateError::Unknown(behind.chars().take(40).collect()))?;
        let place = Placeholder::from_str(name).map_err(|_| TemplateError::Unknown(name.chars().take(40).collect()))?;
        let value = values.iter().find(|(known, _)| *known == place).map(|(_, value)| value.as_str());
        text.push_str(before);
        text.push_str(value.ok_or(TemplateError::Empty(place))?);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

impl Template {
    /// One form in one language.
    #[must_use]
    pub const fn form(&self, form: Form, language: Language) -> &'static str {
        let phrase = match form {
            Form::Subject => self.subject,
            Form::Text => self.text,
            Form::Short => self.short,
        };
        match language {
            Language::En => phrase.0,
            Language::Zh => phrase.1,
        }
    }

    /// The templates of a kind.
    #[must_use]
    pub const fn of(kind: MessageKind) -> Self {
        match kind {
            MessageKind::SignInCode => SIGN_IN_CODE,
            MessageKind::UnitLink => UNIT_LINK,
            MessageKind::Invitation => INVITATION,
            MessageKind::PasswordReset => PASSWORD_RESET,
            MessageKind::AddressCode => ADDRESS_CODE,
            MessageKind::PasswordChanged => PASSWORD_CHANGED,
            MessageKind::AddressChanged => ADDRESS_CHANGED,
            MessageKind::Digest => DIGEST,
        }
    }
}

const SIGN_IN_CODE: Template = Template {
    subject: ("Your sign-in code", "您的登录验证码"),
    text: (
        "Dear {{person.name}},\n\nyour code to sign in is {{code}}. It is good for {{minutes}} minutes.\n\n\
         If you did not ask for it, do nothing, and give it to nobody.\n",
        "{{person.name}}：\n\n您的登录验证码为 {{code}}，{{minutes}} 分钟内有效。\n\n\
         如非本人操作，请忽略此消息，也不要将验证码告诉他人。\n",
    ),
    short: (
        "{{code}} is your sign-in code, good for {{minutes}} minutes. Give it to nobody.",
        "登录验证码 {{code}}，{{minutes}} 分钟内有效，请勿告诉他人。",
    ),
};

const ADDRESS_CODE: Template = Template {
    subject: ("Confirm your address", "确认您的联系方式"),
    text: (
        "Dear {{person.name}},\n\nthe code to confirm this address is {{code}}. It is good for {{minutes}} minutes.\n\n\
         If you did not ask for it, do nothing.\n",
        "{{person.name}}：\n\n确认此联系方式的验证码为 {{code}}，{{minutes}} 分钟内有效。\n\n如非本人操作，请忽略此消息。\n",
    ),
    short: (
        "{{code}} confirms this number, good for {{minutes}} minutes.",
        "验证码 {{code}}，用于确认此号码，{{minutes}} 分钟内有效。",
    ),
};

const UNIT_LINK: Template = Template {
    subject: ("{{project.name}}: your home {{unit.code}}", "{{project.name}}：您的房屋 {{unit.code}}"),
    text: (
        "Dear {{person.name}},\n\nby this link you see your home {{unit.code}} in {{project.name}}: its state, and the next \
         step.\n\n{{link}}\n\nIt is good until {{lastDay}}. It is yours alone: do not pass it on.\n",
        "{{person.name}}：\n\n您可以通过以下链接查看您在{{project.name}}的房屋 {{unit.code}} 的状态和下一步安排：\n\n\
         {{link}}\n\n链接有效期至 {{lastDay}}，仅供您本人使用，请勿转发。\n",
    ),
    short: (
        "{{project.name}}, your home {{unit.code}}: {{link}} (until {{lastDay}}, for you alone)",
        "{{project.name}} {{unit.code}}：请打开 {{link}} 查看您的房屋，{{lastDay}} 前有效，请勿转发。",
    ),
};

const INVITATION: Template = Template {
    subject: ("{{project.name}}: invitation", "{{project.name}}：邀请"),
    text: (
        "Dear {{person.name}},\n\nyou are invited to the project {{project.name}} as {{position}}.\n\nOpen this link to accept, \
         and choose a password if you have none yet:\n\n{{link}}\n\nYour login is {{login}}. The link is good once, until \
         {{lastDay}}.\n",
        "{{person.name}}：\n\n您受邀加入项目{{project.name}}，身份为{{position}}。\n\n请打开以下链接接受邀请；尚无密码的，请同时设置密码：\n\n\
         {{link}}\n\n您的账号是 {{login}}。链接仅可使用一次，有效期至 {{lastDay}}。\n",
    ),
    short: (
        "You are invited to {{project.name}}: {{link}} (once, until {{lastDay}})",
        "您受邀加入{{project.name}}，请打开 {{link}} 接受邀请，{{lastDay}} 前有效，仅可使用一次。",
    ),
};

const PASSWORD_RESET: Template = Template {
    subject: ("Set a new password", "设置新密码"),
    text: (
        "Dear {{person.name}},\n\nby this link you set a new password for your login {{login}}:\n\n{{link}}\n\nIt is good once, \
         until {{lastDay}}. If you did not ask for it, tell your delivery manager.\n",
        "{{person.name}}：\n\n请通过以下链接为账号 {{login}} 设置新密码：\n\n{{link}}\n\n\
         链接仅可使用一次，有效期至 {{lastDay}}。如非您本人要求，请联系您的交付经理。\n",
    ),
    short: (
        "Set a new password: {{link}} (once, until {{lastDay}})",
        "请打开 {{link}} 设置新密码，{{lastDay}} 前有效，仅可使用一次。",
    ),
};

const PASSWORD_CHANGED: Template = Template {
    subject: ("Your password was changed", "您的密码已更改"),
    text: (
        "Dear {{person.name}},\n\nthe password of your login {{login}} was changed at {{moment}}. All other sessions have \
         ended.\n\nIf it was not you, ask your delivery manager at once for a link to set a new one.\n",
        "{{person.name}}：\n\n账号 {{login}} 的密码已于 {{moment}} 更改，其他会话均已结束。\n\n\
         如非本人操作，请立即联系您的交付经理获取重设链接。\n",
    ),
    short: (
        "Your password was changed at {{moment}}. If it was not you, tell your delivery manager at once.",
        "您的密码已于 {{moment}} 更改。如非本人操作，请立即联系您的交付经理。",
    ),
};

const ADDRESS_CHANGED: Template = Template {
    subject: ("Your address was changed", "您的联系方式已更改"),
    text: (
        "Dear {{person.name}},\n\nmessages for your login {{login}} go to another address since {{moment}}, no longer to this \
         one.\n\nIf it was not you, tell your delivery manager at once.\n",
        "{{person.name}}：\n\n自 {{moment}} 起，账号 {{login}} 的消息改发至其他联系方式，不再发送到此处。\n\n\
         如非本人操作，请立即联系您的交付经理。\n",
    ),
    short: (
        "Messages for you go to another number since {{moment}}. If it was not you, tell your delivery manager at once.",
        "自 {{moment}} 起，您的消息改发至其他号码。如非本人操作，请立即联系您的交付经理。",
    ),
};

const DIGEST: Template = Template {
    subject: ("{{count}} new notices", "{{count}} 条新通知"),
    text: (
        "Dear {{person.name}},\n\nthis is new for you:\n\n{{lines}}\n\nTo read and answer: {{link}}\n\n--\nTo get no more of \
         these: {{unsubscribe.link}}\n",
        "{{person.name}}：\n\n以下是您的新通知：\n\n{{lines}}\n\n查看和处理：{{link}}\n\n--\n不再接收此类消息：{{unsubscribe.link}}\n",
    ),
    short: ("{{count}} new notices for you: {{link}}", "您有 {{count}} 条新通知，请打开 {{link}} 查看。"),
};

#[cfg(test)]
mod tests {
    use super::*;

    /// A value for each placeholder of a kind.
    fn values(kind: MessageKind) -> Vec<(Placeholder, String)> {
        kind.placeholders().iter().map(|place| (*place, format!("<{place}>"))).collect()
    }

    #[test]
    fn every_kind_has_texts_of_its_placeholders_in_both_languages() {
        for &kind in MessageKind::ALL {
            for &language in Language::ALL {
                let values = values(kind);
                let long = render(kind, MessageChannel::Email, language, &values).expect("a text");
                for (place, value) in &values {
                    assert!(long.text.contains(value) || *place == Placeholder::Count, "{kind} {language}: no {place}");
                }
                let subject = long.subject.expect("a subject");
                let short = render(kind, MessageChannel::Sms, language, &values).expect("a text");
                assert_eq!(short.subject, None);
                for text in [&long.text, &subject, &short.text] {
                    assert!(!text.contains("{{") && !text.contains("}}"), "{kind} {language}: {text}");
                    assert!(!text.is_empty());
                }
                // A text message of Chinese characters has room for 70 in each of its parts.
                assert!(short.text.chars().count() < 160, "{kind} {language}: {}", short.text);
            }
        }
    }

    #[test]
    fn no_chinese_text_has_english_in_it() {
        for &kind in MessageKind::ALL {
            for form in [Form::Subject, Form::Text, Form::Short] {
                let text = Template::of(kind).form(form, Language::Zh);
                let parts = text.split("{{").map(|part| part.split_once("}}").map_or(part, |(_, after)| after));
                let words: String = parts.collect();
                assert!(!words.chars().any(|c| c.is_ascii_alphabetic()), "{kind}: {text}");
            }
        }
    }

    #[test]
    fn a_kind_without_a_value_is_not_rendered() {
        for &kind in MessageKind::ALL {
            for &place in kind.placeholders() {
                let mut without = values(kind);
                without.retain(|(known, _)| *known != place);
                let refused = render(kind, MessageChannel::Email, Language::En, &without).map(|message| message.text);
                assert_eq!(refused, Err(TemplateError::Empty(place)), "{kind}");
                without.push((place, "  ".to_owned()));
                let refused = render(kind, MessageChannel::Sms, Language::Zh, &without).map(|message| message.text);
                assert_eq!(refused, Err(TemplateError::Empty(place)), "{kind}");
            }
        }
    }

    #[test]
    fn an_unknown_place_is_refused_and_a_value_is_no_place() {
        assert_eq!(fill("{{person.age}}", &[]), Err(TemplateError::Unknown("person.age".to_owned())));
        assert!(matches!(fill("{{code", &[]), Err(TemplateError::Unknown(_))));
        let values = [(Placeholder::Code, "{{link}}".to_owned())];
        assert_eq!(fill("a {{code}} b", &values).as_deref(), Ok("a {{link}} b"));
    }

    #[test]
    fn a_subject_is_one_line() {
        let mut values = values(MessageKind::Invitation);
        values.retain(|(place, _)| *place != Placeholder::ProjectName);
        values.push((Placeholder::ProjectName, "Riverside\r\nBcc: all@example.org".to_owned()));
        let mail = render(MessageKind::Invitation, MessageChannel::Email, Language::En, &values).expect("a text");
        assert_eq!(mail.subject.as_deref(), Some("Riverside Bcc: all@example.org: invitation"));
    }
}
