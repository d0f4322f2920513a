//! Values without a selection, written as JSON: exactly as the response writer writes the `Value` of the same type.

use async_graphql::{ID, Json, to_value};
use domain::defect::{
    AttemptStatus, Category, CommentVisibility, DefectCommand, DefectStatus, DisputeGround, DisputeOutcome, Severity,
};
use domain::event::EventName;
use domain::inbox::InboxKind;
use domain::inspection::{CheckOutcome, EarlierOutcome, InspectionCommand, InspectionStatus, MissingKind};
use domain::measurement::MeasurementKind;
use domain::membership::OwnershipEndReason;
use domain::message::{MessageChannel, MessageError, MessageKind, MessageState};
use domain::object_kind::ObjectKind;
use domain::photo::markup::{PhotoShapeColour, PhotoShapeKind, PhotoStrokeWidth, PhotoTextSize};
use domain::photo::{PhotoRejection, PhotoStage, PhotoState};
use domain::place::Fitout;
use domain::round::{RoundCommand, RoundStatus};
use domain::sync::{PendingEditCommand, PendingEditReason, PendingEditState, SyncOutcome};
use domain::taxonomy::TermKind;
use domain::unit::{OwnerKind, UnitCommand, UnitKind};
use domain::{Language, Party, RefusalCode, Role};
use serde::Serialize;
use transport::json;
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};
use crate::scalars::{DateTime, Day, Uid};

/// A value of a field without a selection.
pub trait Leaf {
    /// Appends the value as JSON.
    ///
    /// # Errors
    /// The error of a field that answers one instead of a value.
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()>;
}

impl<L: Leaf + ?Sized> Leaf for &L {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        (**self).write_json(text)
    }
}

impl<L: Leaf> Leaf for Option<L> {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        match self {
            Some(value) => value.write_json(text),
            None => {
                text.extend_from_slice(b"null");
                Ok(())
            }
        }
    }
}

impl<L: Leaf> Leaf for Result<L, ApiError> {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        match self {
            Ok(value) => value.write_json(text),
            Err(error) => Err(error.clone()),
        }
    }
}

impl<L: Leaf> Leaf for [L] {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        text.push(b'[');
        for (number, value) in self.iter().enumerate() {
            if number > 0 {
                text.push(b',');
            }
            value.write_json(text)?;
        }
        text.push(b']');
        Ok(())
    }
}

impl<L: Leaf> Leaf for Vec<L> {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        self.as_slice().write_json(text)
    }
}

impl Leaf for str {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        if is_plain(self) {
            quote(self.as_bytes(), text);
        } else {
            json::write_any(self, text);
        }
        Ok(())
    }
}

/// Whether nothing of a text is escaped in JSON. Looks at every byte, because a loop without an early end looks at many
/// at once.
fn is_plain(text: &str) -> bool {
    !text.bytes().fold(false, |escaped, byte| escaped | (byte < b' ') | (byte == b'"') | (byte == b'\\'))
}

impl Leaf for String {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        self.as_str().write_json(text)
    }
}

impl Leaf for ID {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        self.0.write_json(text)
    }
}

impl Leaf for Uuid {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        quote(self.as_hyphenated().encode_lower(&mut Self::encode_buffer()).as_bytes(), text);
        Ok(())
    }
}

impl Leaf for Uid {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        self.0.write_json(text)
    }
}

impl Leaf for DateTime {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        text.push(b'"');
        self.0.write_rfc3339(text);
        text.push(b'"');
        Ok(())
    }
}

impl Leaf for Day {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        quote(self.0.to_string().as_bytes(), text);
        Ok(())
    }
}

impl Leaf for bool {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        text.extend_from_slice(if *self { b"true" } else { b"false" });
        Ok(())
    }
}

/// Numbers; a number that is not finite is null.
macro_rules! numbers {
    ($($number:ty),+) => { $(
        impl Leaf for $number {
            fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
                json::write_any(self, text);
                Ok(())
            }
        }
    )+ };
}
numbers!(i32, i64, f64);

/// The scalar `JSON`; a value that cannot be JSON is null.
impl<T: Serialize> Leaf for Json<T> {
    fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
        json::write(&to_value(&self.0).unwrap_or_default(), text);
        Ok(())
    }
}

/// Codes: capital letters and underscores, of which nothing is escaped.
macro_rules! codes {
    ($($code:ty),+ $(,)?) => { $(
        impl Leaf for $code {
            fn write_json(&self, text: &mut Vec<u8>) -> ApiResult<()> {
                quote(self.as_str().as_bytes(), text);
                Ok(())
            }
        }
    )+ };
}
codes! {
    AttemptStatus, Category, CheckOutcome, CommentVisibility, DefectCommand, DefectStatus, DisputeGround,
    DisputeOutcome, EarlierOutcome, EventName, Fitout, InboxKind, InspectionCommand, InspectionStatus, Language, MeasurementKind,
    MessageChannel, MessageError, MessageKind, MessageState, MissingKind,
    ObjectKind, OwnerKind, OwnershipEndReason, Party, PendingEditCommand, PendingEditReason, PendingEditState,
    PhotoRejection, PhotoShapeColour, PhotoShapeKind, PhotoStage, PhotoState, PhotoStrokeWidth, PhotoTextSize,
    RefusalCode, Role, RoundCommand, RoundStatus, Severity, SyncOutcome, TermKind, UnitCommand, UnitKind,
}

/// Bytes of which nothing is escaped.
fn quote(plain: &[u8], text: &mut Vec<u8>) {
    text.reserve(plain.len() + 2);
    text.push(b'"');
    text.extend_from_slice(plain);
    text.push(b'"');
}

#[cfg(test)]
mod tests {
    use async_graphql::{OutputType, ScalarType, Value};
    use domain::Timestamp;
    use serde_json::json;

    use super::*;

    fn written(leaf: &impl Leaf) -> String {
        let mut text = Vec::new();
        leaf.write_json(&mut text).expect("a value");
        String::from_utf8(text).expect("UTF-8")
    }

    /// The text of the response writer for the same value.
    fn of_value(value: &Value) -> String {
        let mut text = Vec::new();
        json::write(value, &mut text);
        String::from_utf8(text).expect("UTF-8")
    }

    #[test]
    fn leaves_are_written_as_their_values_are() {
        for text in ["", "plain", "a \"quote\"", "a\\b", "a\nb\u{7}", "门 \u{2028} 😀 \u{7f}"] {
            assert_eq!(written(&text), of_value(&Value::from(text)));
        }
        for number in [0.0, -0.0, 0.1, 1e21, 1e-7, f64::NAN, f64::INFINITY, f64::MAX] {
            assert_eq!(written(&number), of_value(&number.to_value()));
        }
        for number in [0, i64::MIN, i64::MAX] {
            assert_eq!(written(&number), of_value(&number.to_value()));
        }
        for micros in
            [0, 1, -1, 1_772_352_600_123_999, 253_402_300_799_999_999, i64::MAX, i64::MIN, -62_135_596_800_000_001]
        {
            let moment = DateTime(Timestamp(micros));
            assert_eq!(written(&moment), of_value(&moment.to_value()));
        }
        let id = Uuid::from_u128(0x018f_2c3e_8a6b_7cde_8f01_2345_6789_abcd);
        assert_eq!(written(&Uid(id)), of_value(&Value::from(id.to_string())));
        let value = json!({ "b": [1, 2.5, null, "x"], "a": { "deep": true } });
        assert_eq!(written(&Json(&value)), of_value(&Value::from_json(value.clone()).expect("a value")));
        assert_eq!(written(&DefectStatus::InProgress), "\"IN_PROGRESS\"");
        assert_eq!(written(&[Some(true), None].as_slice()), "[true,null]");
    }

    #[test]
    fn names_of_codes_are_their_texts() {
        assert_eq!(<DefectStatus as OutputType>::type_name(), "DefectStatus");
        for status in DefectStatus::ALL {
            assert_eq!(of_value(&Value::from(*status)), written(status));
        }
    }

    #[test]
    fn an_error_stands_for_its_value() {
        let failed: ApiResult<bool> = Err(ApiError::NotFound);
        let mut text = Vec::new();
        assert!(matches!(failed.write_json(&mut text), Err(ApiError::NotFound)));
        assert!(text.is_empty());
    }
}
