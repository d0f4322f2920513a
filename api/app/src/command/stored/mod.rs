//! The inputs of commands as they are stored with operations: the JSON of the mutations' inputs, as it came.
//!
//! Inputs that an earlier release has stored must stay readable. So every field has the name of the schema as a text,
//! independent of the name of the use case's field; no name is derived from a Rust name. A field may be added here,
//! with a default; none is renamed or removed. Unknown fields are ignored.

pub(super) mod defect;
pub(super) mod inspection;
pub(super) mod photo;
pub(super) mod unit;

use domain::Timestamp;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::input::Patch;

/// A moment: RFC 3339.
#[derive(Clone, Copy)]
struct Moment(Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = Timestamp::from_text(&text);
        moment.map(Self).ok_or_else(|| D::Error::custom("a moment is RFC 3339, like 2026-03-01T08:30:00.000Z"))
    }
}

fn time(moment: Option<Moment>) -> Option<Timestamp> {
    moment.map(|moment| moment.0)
}

/// A list. GraphQL takes a single value for a list of one.
struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> List<T> {
    /// The list in the types of a use case.
    fn map<U>(self, convert: impl FnMut(T) -> U) -> Vec<U> {
        self.0.into_iter().map(convert).collect()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form<T> {
            Many(Vec<T>),
            One(T),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Many(values) => Self(values),
            Form::One(value) => Self(vec![value]),
        })
    }
}

/// A field of an update: left out means unchanged, null means cleared.
fn patch<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Patch<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map_or(Patch::Clear, Patch::Set))
}
