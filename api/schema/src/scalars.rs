//! The scalars of the schema: ids, moments, calendar days.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, ID, InputType, InputValueError, InputValueResult, OutputType, Positioned, Scalar, ScalarType,
    ServerResult, Value,
};
use domain::Timestamp;
use domain::id::Id;
use domain::words::Phrase;
use transport::ScalarForm;
use uuid::Uuid;

/// An object's id: a UUID in canonical lower-case form, `ID` in the schema. An input names the kind of its id; what is
/// the id of several kinds, and every answer, is a plain UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Uid<I = Uuid>(pub I);

impl<I: Copy + From<Uuid> + Into<Uuid> + Send + Sync + 'static> InputType for Uid<I> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let Some(Value::String(text)) = &value else {
            return Err(InputValueError::custom("an id is a UUID as text"));
        };
        canonical(text).map(|id| Self(id.into())).ok_or_else(|| not_an_id(text))
    }

    fn to_value(&self) -> Value {
        let id: Uuid = self.0.into();
        Value::String(id.to_string())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

/// One form only: ids are compared as text in places, so equal ids must be equal texts.
fn canonical(text: &str) -> Option<Uuid> {
    let is_canonical = |id: &Uuid| id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
    Uuid::try_parse(text).ok().filter(is_canonical)
}

/// Whether a text is an id.
fn is_id(text: &str) -> bool {
    canonical(text).is_some()
}

/// Whether a text is a moment.
fn is_moment(text: &str) -> bool {
    Timestamp::from_text(text).is_some()
}

/// Whether a text is a calendar day.
fn is_day(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
}

const NO_ID: Phrase =
    ("is no id; an id is a UUID in canonical lower-case form", "不是有效的标识；标识须为小写规范形式的 UUID");
const NO_MOMENT: Phrase = (
    "is no moment; a moment is RFC 3339, like 2026-03-01T08:30:00.000Z",
    "不是有效的时间；请写成 2026-03-01T08:30:00.000Z 的形式",
);
const NO_DAY: Phrase = ("is no day; a day is YYYY-MM-DD, like 2026-03-01", "不是有效的日期；请写成 2026-03-01 的形式");

/// The scalars whose values are texts of a form.
pub(super) const FORMS: [ScalarForm; 3] = [
    ScalarForm { name: "ID", fits: is_id, why: NO_ID },
    ScalarForm { name: "DateTime", fits: is_moment, why: NO_MOMENT },
    ScalarForm { name: "Date", fits: is_day, why: NO_DAY },
];

/// Quotes the given text, so that the author of the document finds its place.
fn not_an_id<I: InputType>(text: &str) -> InputValueError<I> {
    let shown: String = text.chars().take(40).collect();
    InputValueError::custom(format!("{shown:?} is no id; an id is a UUID in canonical lower-case form"))
}

impl OutputType for Uid {
    fn type_name() -> Cow<'static, str> {
        <ID as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, _: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        Ok(Value::String(self.0.to_string()))
    }
}

/// The ids of a list.
pub fn ids<I>(list: Vec<Uid<I>>) -> Vec<I> {
    list.into_iter().map(|id| id.0).collect()
}

/// A moment: RFC 3339 in UTC with milliseconds, `2026-03-01T08:30:00.000Z`. Any offset is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, async_graphql::Description)]
pub struct DateTime(pub Timestamp);

#[Scalar(name = "DateTime", use_type_description)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => Timestamp::from_text(text)
                .map(Self)
                .ok_or_else(|| InputValueError::custom("a moment is RFC 3339, like 2026-03-01T08:30:00.000Z")),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339())
    }
}

impl From<i64> for DateTime {
    fn from(micros: i64) -> Self {
        Self(Timestamp(micros))
    }
}

/// A calendar day in the project's time zone: `2026-03-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, async_graphql::Description)]
pub struct Day(pub jiff::civil::Date);

impl From<Day> for jiff::civil::Date {
    fn from(day: Day) -> Self {
        day.0
    }
}

#[Scalar(name = "Date", use_type_description)]
impl ScalarType for Day {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => {
                text.parse().map(Self).map_err(|_| InputValueError::custom("a day is YYYY-MM-DD, like 2026-03-01"))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl<I: Id> From<I> for Uid {
    fn from(id: I) -> Self {
        Self(id.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_the_forms_of_their_scalars() {
        let fits = |name: &str, text: &str| {
            let form = FORMS.iter().find(|form| form.name == name).expect("a form");
            (form.fits)(text)
        };
        for (scalar, good, bad) in [
            ("ID", "018f2c3e-8a6b-7cde-8f01-23456789abcd", "018F2C3E-8A6B-7CDE-8F01-23456789ABCD"),
            ("DateTime", "2026-03-01T08:30:00+08:00", "2026-03-01"),
            ("Date", "2026-03-01", "2026-02-30"),
        ] {
            assert!(fits(scalar, good) && !fits(scalar, bad), "{scalar}");
        }
    }
}
