//! Inputs of commands on owners' links.

use app::unit_link::make::{InvitedOwner, NewOwner, UnitInvite};
use app::unit_link::many::{UnitInvites, WhichUnits};
use async_graphql::InputObject;
use domain::id::{BuildingId, OwnershipId, PersonId, UnitId, UnitLinkId};
use domain::unit::OwnerKind;
use domain::{Language, Refusal, RefusalCode};

use crate::scalars::{Day, Uid, ids};

/// Whose link to make: of a person who belongs to the unit, or of somebody who is new.
#[derive(InputObject)]
pub struct UnitInviteInput {
    /// The link's id, a UUID of version 7 made by the client. Sent twice it is one link.
    pub invite_id: Uid<UnitLinkId>,
    /// The unit, a home.
    pub unit_id: Uid<UnitId>,
    /// The owner, co-owner or proxy of the unit. Left out for somebody who is new.
    pub person_id: Option<Uid<PersonId>>,
    /// Somebody who is new: gets neither login nor password, and signs in by the link alone. Left out for a person who
    /// is there.
    pub new_owner: Option<UnitInviteNewOwnerInput>,
    /// Whether the link is sent to the person, too; no if left out. Without a phone or address on file the answer is
    /// `NO_CHANNEL` then, and nothing is made.
    pub send: Option<bool>,
}

/// A person who is new, and what the person becomes of the unit.
#[derive(InputObject)]
pub struct UnitInviteNewOwnerInput {
    /// The ownership's id, a UUID of version 7 that the client makes.
    pub ownership_id: Uid<OwnershipId>,
    /// The name, 1 to 200 characters.
    pub name: String,
    /// The phone, at most 40 characters; codes are sent to it if it is a mobile number.
    pub phone: Option<String>,
    /// The e-mail address; codes are sent to it rather than to the phone.
    pub email: Option<String>,
    /// The language of messages; English if left out.
    pub language: Option<Language>,
    /// Owner, co-owner or proxy.
    pub kind: OwnerKind,
    /// The first day in the project's time zone, today or at most ten years back; today if left out. Of a proxy's power
    /// it may lie ahead.
    pub from: Option<Day>,
    /// The last day of a proxy's power in the project's time zone, which counts whole; at most ten years ahead. Left
    /// out for a power without end, and for owners and co-owners.
    pub until: Option<Day>,
}

/// Whose links to make: of all owners of a building, or of these units.
#[derive(InputObject)]
pub struct UnitInvitesInput {
    /// All units of this building. Left out where units are named.
    pub building_id: Option<Uid<BuildingId>>,
    /// These units, 1 to 500 of one project. Left out where a building is named.
    pub unit_ids: Option<Vec<Uid<UnitId>>>,
    /// Whether owners who have an open link get a new one, which ends the one of before; no if left out. A sheet that
    /// was printed before is of no use afterwards.
    pub replace: Option<bool>,
    /// Whether each new link is sent to its owner, where there is a phone or address on file; no if left out.
    pub send: Option<bool>,
}

/// Which link to withdraw.
#[derive(InputObject)]
pub struct UnitInviteRevokeInput {
    /// The link.
    pub invite_id: Uid<UnitLinkId>,
}

impl UnitInviteInput {
    /// The input as the use case takes it.
    pub fn read(self) -> Result<UnitInvite, Refusal> {
        let owner = match (self.person_id, self.new_owner) {
            (Some(person_id), None) => InvitedOwner::Person(person_id.0),
            (None, Some(new)) => InvitedOwner::New(new.into()),
            _ => {
                let refusal = Refusal::at(RefusalCode::InvalidValue, "personId");
                return Err(refusal.because(
                    "name one person, or give a new one, not both",
                    "请指定一名人员，或填写一名新业主，二者选一",
                ));
            }
        };
        let (invite_id, unit_id) = (self.invite_id.0, self.unit_id.0);
        Ok(UnitInvite { invite_id, unit_id, owner, send: self.send.unwrap_or(false) })
    }
}

impl UnitInvitesInput {
    /// The input as the use case takes it.
    pub fn read(self) -> Result<UnitInvites, Refusal> {
        let units = match (self.building_id, self.unit_ids) {
            (Some(building_id), None) => WhichUnits::OfBuilding(building_id.0),
            (None, Some(unit_ids)) => WhichUnits::These(ids(unit_ids)),
            _ => {
                let refusal = Refusal::at(RefusalCode::InvalidValue, "buildingId");
                return Err(refusal.because("name a building or units, not both", "请指定楼栋或房屋，二者选一"));
            }
        };
        let (replace, send) = (self.replace.unwrap_or(false), self.send.unwrap_or(false));
        Ok(UnitInvites { units, replace, send })
    }
}

impl From<UnitInviteNewOwnerInput> for NewOwner {
    fn from(input: UnitInviteNewOwnerInput) -> Self {
        Self {
            ownership_id: input.ownership_id.0,
            name: input.name,
            phone: input.phone,
            email: input.email,
            language: input.language,
            kind: input.kind,
            from: input.from.map(|day| day.0),
            until: input.until.map(|day| day.0),
        }
    }
}
