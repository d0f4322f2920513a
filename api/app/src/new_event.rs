//! An event before it is stored: what happened to one object.

use domain::Timestamp;
use domain::event::{Audience, EventName};
use domain::id::{DefectId, PersonId, UnitId};
use domain::object_kind::ObjectKind;
use serde_json::Value;
use uuid::Uuid;

/// What happened to one object.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Which event.
    pub name: EventName,
    /// The kind of the object.
    pub kind: ObjectKind,
    /// The object.
    pub object_id: Uuid,
    /// The unit that it concerns.
    pub unit_id: Option<UnitId>,
    /// The defect that it concerns.
    pub defect_id: Option<DefectId>,
    /// The status before the event, if the object has one.
    pub from: Option<&'static str>,
    /// The status afterwards.
    pub to: Option<&'static str>,
    /// Who reads it.
    pub visible_to: Audience,
    /// The device's time.
    pub occurred_at: Timestamp,
    /// Why.
    pub reason: Option<String>,
    /// Further data of the event, as JSON.
    pub data: Value,
    /// The acting person, if different from the author (for example a manager who applies another person's pending
    /// edit).
    pub by: Option<PersonId>,
}

impl NewEvent {
    /// An event of an object, with the audience of its name, without statuses, reason or data.
    #[must_use]
    pub fn new(name: EventName, kind: ObjectKind, object_id: impl Into<Uuid>, occurred_at: Timestamp) -> Self {
        Self {
            name,
            kind,
            object_id: object_id.into(),
            unit_id: None,
            defect_id: None,
            from: None,
            to: None,
            visible_to: name.audience(),
            occurred_at,
            reason: None,
            data: Value::Null,
            by: None,
        }
    }
}
