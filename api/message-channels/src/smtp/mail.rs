//! A message as an e-mail: plain text, with an id that stays the same each time that it is sent.

use std::time::{Duration, SystemTime};

use lettre::Message;
use lettre::address::Address;
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};

use crate::Outgoing;

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");

/// The bytes of the e-mail.
pub(super) fn write(message: &Outgoing, from: &Mailbox, to: Address) -> Result<Vec<u8>, lettre::error::Error> {
    let written_at = Duration::from_micros(u64::try_from(message.written_at.0).unwrap_or_default());
    let mut mail = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(message.subject.clone().unwrap_or_default())
        .message_id(Some(format!("<{}@{}>", message.id, from.email.domain())))
        .date(SystemTime::UNIX_EPOCH + written_at)
        .header(ContentType::TEXT_PLAIN)
        // No out-of-office notes back (RFC 3834).
        .raw_header(ascii(AUTO_SUBMITTED, "auto-generated"));
    if let Some(url) = message.unsubscribe_url.as_deref().filter(|url| is_ascii_url(url)) {
        // One click in the mail program (RFC 8058).
        mail = mail
            .raw_header(ascii(LIST_UNSUBSCRIBE, &format!("<{url}>")))
            .raw_header(ascii(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click"));
    }
    Ok(mail.body(message.text.clone())?.formatted())
}

/// A header that is ASCII already, unfolded: an address in it must stay whole.
fn ascii(name: HeaderName, value: &str) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned())
}

fn is_ascii_url(url: &str) -> bool {
    url.len() <= 900 && url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>')
}

#[cfg(test)]
mod tests {
    use domain::message::{MessageChannel, MessageKind};
    use domain::{Language, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn digest() -> Outgoing {
        Outgoing {
            id: Uuid::from_u128(7),
            kind: MessageKind::Digest,
            channel: MessageChannel::Email,
            to: "xu.hong@riverside.example".to_owned(),
            language: Language::Zh,
            subject: Some("3 条新通知".to_owned()),
            text: "许红：\n\n.\n以下是您的新通知\n".to_owned(),
            params: serde_json::json!({}),
            unsubscribe_url: Some("https://handover.example/unsubscribe?token=abc".to_owned()),
            written_at: Timestamp(1_772_409_600_000_000),
        }
    }

    fn written(message: &Outgoing) -> String {
        let from: Mailbox = "Handover <no-reply@handover.example>".parse().expect("a sender");
        let bytes = write(message, &from, message.to.parse().expect("an address")).expect("a mail");
        String::from_utf8(bytes).expect("ASCII")
    }

    #[test]
    fn a_mail_has_a_lasting_id_and_the_headers_of_machines() {
        let mail = written(&digest());
        assert_eq!(mail, written(&digest()), "the same bytes each time");
        for line in [
            "Message-ID: <00000000-0000-0000-0000-000000000007@handover.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "List-Unsubscribe: <https://handover.example/unsubscribe?token=abc>\r\n",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            "Date: Mon, 02 Mar 2026 00:00:00 +0000\r\n",
        ] {
            assert!(mail.contains(line), "{line} in {mail}");
        }
        assert!(mail.is_ascii());
    }

    #[test]
    fn a_service_message_cannot_be_switched_off() {
        let mail = written(&Outgoing { unsubscribe_url: None, ..digest() });
        assert!(!mail.contains("List-Unsubscribe"), "{mail}");
        let odd = written(&Outgoing { unsubscribe_url: Some("https://x\r\nBcc: a@b.example".to_owned()), ..digest() });
        assert!(!odd.contains("Bcc"), "{odd}");
    }
}
