//! Ids: a type for each kind of thing, so that the compiler refuses the id of a unit where that of a room belongs.
//!
//! An id is a UUID and nothing more: in JSON, in the database and as text it looks as its UUID does. `From` makes an id
//! of a UUID where the kind is known from elsewhere, and `uuid` takes the UUID out of it.
//!
//! What may be the id of several kinds stays a [`Uuid`] beside its [`ObjectKind`](crate::object_kind::ObjectKind): the
//! object of an event, of a change, of an operation and of a pending edit, and an id that a client reserves. So do the
//! subject of a blocker, beside its [`BlockerCode`](crate::unit::readiness::BlockerCode), the subject of a signature, the
//! one reader of a project's change, the cause and the recipient of a message, and the id in the cursor of a list. A
//! project's epoch and the token of a lease are UUIDs that identify no thing.

use std::fmt::{Debug, Display};
use std::hash::Hash;

use uuid::Uuid;

use crate::refusal::{Refusal, RefusalCode};

/// An id of one kind of thing.
pub trait Id: Copy + Eq + Ord + Hash + Debug + Display + From<Uuid> + Into<Uuid> + Send + Sync + 'static {}

/// Declares types of ids.
///
/// With the feature `sea-orm` they are the types of UUID columns as well.
macro_rules! ids {
    ($($name:ident = $what:literal,)+) => {
        $(
            #[doc = concat!("The id of ", $what, ".")]
            #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
            #[serde(transparent)]
            pub struct $name(Uuid);

            impl $name {
                /// The id that no thing has.
                #[must_use]
                pub const fn nil() -> Self {
                    Self(Uuid::nil())
                }

                /// Whether no thing has the id.
                #[must_use]
                pub const fn is_nil(self) -> bool {
                    self.0.is_nil()
                }

                /// The UUID.
                #[must_use]
                pub const fn uuid(self) -> Uuid {
                    self.0
                }

                /// The id with the number, for tests.
                #[must_use]
                pub const fn from_u128(number: u128) -> Self {
                    Self(Uuid::from_u128(number))
                }
            }

            impl Id for $name {}

            impl From<Uuid> for $name {
                fn from(id: Uuid) -> Self {
                    Self(id)
                }
            }

            impl From<$name> for Uuid {
                fn from(id: $name) -> Self {
                    id.0
                }
            }

            impl std::str::FromStr for $name {
                type Err = uuid::Error;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    text.parse().map(Self)
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Display::fmt(&self.0, f)
                }
            }

            /// As the UUID: hashes over the text of ids outlive the release that made them.
            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    std::fmt::Debug::fmt(&self.0, f)
                }
            }

            /// Keys may have it as a part, but no number that a database makes is an id.
            #[cfg(feature = "sea-orm")]
            impl sea_orm::TryFromU64 for $name {
                fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                    Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
                }
            }
        )+
    };
}

ids! {
    AttemptId = "a repair attempt",
    BuildingId = "a building",
    CheckResultId = "a party's result for a checklist item of a room",
    ChecklistId = "a checklist",
    ChecklistItemId = "an item of a version of a checklist",
    ChecklistVersionId = "a version of a checklist",
    CommentId = "a comment on a defect",
    CompanyId = "a company of a project",
    DefectId = "a defect",
    DefectTypeId = "a defect type of a project",
    DeviceId = "a device that pushes operations; made by the device",
    DisputeId = "a dispute about a defect",
    EventId = "an event",
    InboxEntryId = "an entry of a person's inbox",
    InspectionId = "the inspection of a unit in a round",
    JobId = "a job of the server",
    MeasurementId = "a party's measurement for a checklist item of a room",
    MeasurementRuleId = "a measurement rule of a project",
    MembershipId = "a role that a person holds in a project",
    MessageAttemptId = "an attempt to send a message to a person over a channel",
    OneTimeLinkId = "an invitation, or a link to reset a password",
    OperationId = "an operation of a device; made by the device",
    OwnershipId = "the ownership of a unit by a person",
    // Its UUID is that of the operation.
    PendingEditId = "an operation that waits for a person to settle it",
    PersonId = "a person",
    PhotoId = "a photo",
    PlanId = "a version of the floor plan of a unit type",
    ProjectId = "a project",
    ResponsibilityRuleId = "a responsibility rule of a project",
    ReviewId = "an owner's review of a unit",
    RoomId = "a room of a unit",
    RoundId = "a round",
    SessionId = "a session of a signed-in person",
    SignInCodeId = "a code that was sent for an owner's link",
    SignatureId = "a signature",
    TermId = "a term of a project's vocabulary",
    UnitId = "a unit",
    UnitLinkId = "a link by which an owner signs in to a unit",
    UnitTypeId = "a unit type",
    UnitTypeRoomId = "a room of a unit type",
    UnsubscribeLinkId = "a link that switches messages off",
    VerdictId = "a party's verdict on a repair attempt",
    WaiverId = "a waiver of a readiness blocker",
}

/// Checks that an id for a new object is a UUID of version 7.
///
/// # Errors
/// [`RefusalCode::InvalidId`] at `field`.
pub fn check_new(id: Uuid, field: &str) -> Result<(), Refusal> {
    if id.get_version_num() == 7 { Ok(()) } else { Err(Refusal::at(RefusalCode::InvalidId, field)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_looks_as_its_uuid_does() {
        let uuid = Uuid::from_u128(0x018f_2c3e_8a6b_7cde_8f01_2345_6789_abcd);
        let id = UnitId::from(uuid);
        assert_eq!((id.uuid(), id.to_string().parse()), (uuid, Ok(id)));
        assert_eq!((format!("{id}"), format!("{id:?}")), (format!("{uuid}"), format!("{uuid:?}")));
        let [as_id, as_uuid] =
            [serde_json::to_string(&id), serde_json::to_string(&uuid)].map(|text| text.expect("JSON"));
        assert_eq!(as_id, as_uuid);
        assert_eq!(serde_json::from_str::<UnitId>(&as_uuid).expect("an id"), id);
    }
}
