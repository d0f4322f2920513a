//! Inputs of commands on people.

use app::people::ownership::{AddOwnership, EndOwnership, OwnershipChange};
use app::people::set::SetMembership;
use app::people::update::PersonUpdate;
use async_graphql::{InputObject, MaybeUndefined};
use domain::id::{CompanyId, MembershipId, OwnershipId, PersonId, UnitId};
use domain::membership::OwnershipEndReason;
use domain::message::MessageChannel;
use domain::unit::OwnerKind;
use domain::{Language, Role};

use crate::payload::patch;
use crate::scalars::{Day, Uid};

/// Another role or company for a person of the project.
#[derive(InputObject)]
pub struct MembershipSetInput {
    /// The person's active membership, as the viewer saw it; one that has ended is refused as `ENDED`.
    pub membership_id: Uid<MembershipId>,
    /// Another company of the project; left out = the same company.
    pub company_id: Option<Uid<CompanyId>>,
    /// Another role, one of the company's kind; left out = the same role.
    pub role: Option<Role>,
    /// Why, 1 to 4,000 characters. Staff of the project read it in the event.
    pub reason: String,
}

/// A role that ends.
#[derive(InputObject)]
pub struct MembershipEndInput {
    /// The membership. Ending one that has ended changes nothing.
    pub membership_id: Uid<MembershipId>,
    /// Why, 1 to 4,000 characters. Staff of the project read it in the event.
    pub reason: String,
}

/// An ownership of the unit that ends.
#[derive(InputObject)]
pub struct OwnershipEndInput {
    /// The ownership. Ending one that has ended changes nothing.
    pub ownership_id: Uid<OwnershipId>,
    /// Why.
    pub reason: OwnershipEndReason,
    /// The last day in the project's time zone, not before the first one, today or at most ten years back; today if
    /// left out. Access ends at once in any case.
    pub until: Option<Day>,
    /// In words, at most 4,000 characters. Staff who see owners read it.
    pub note: Option<String>,
}

/// An ownership of the unit that begins.
#[derive(InputObject)]
pub struct OwnershipAddInput {
    /// The ownership's id, a UUID of version 7 that the client makes.
    pub ownership_id: Uid<OwnershipId>,
    /// A person who has a role in the project or owns a unit of it. Other people are invited, and accept.
    pub person_id: Uid<PersonId>,
    /// Owner, co-owner or proxy; `OWNER` if left out.
    pub kind: Option<OwnerKind>,
    /// The first day in the project's time zone, today or at most ten years back; today if left out. Of a proxy's power
    /// it may lie ahead.
    pub from: Option<Day>,
    /// The last day of a proxy's power in the project's time zone, which counts whole; at most ten years ahead. Access
    /// ends with it. Left out for a power without end, and for owners and co-owners.
    pub until: Option<Day>,
}

/// What changes of the owners of a unit: one that ends, one that begins, or both in one step.
#[derive(InputObject)]
pub struct UnitOwnershipChangeInput {
    /// The unit, a home.
    pub unit_id: Uid<UnitId>,
    /// The ownership that ends.
    pub end: Option<OwnershipEndInput>,
    /// The ownership that begins.
    pub add: Option<OwnershipAddInput>,
}

/// What the viewer changes of the own person. Left out = unchanged.
#[derive(InputObject)]
pub struct PersonUpdateInput {
    /// The name, 1 to 200 characters, not that of another person with a role in a project of the viewer, nor one script
    /// of that person's name. Records of the past keep the name of then.
    pub name: Option<String>,
    /// The phone, at most 40 characters; null = none.
    pub phone: MaybeUndefined<String>,
    /// The e-mail address, at most 254 characters; null = none. Another address is not confirmed: see
    /// `addressCodeRequest`.
    pub email: MaybeUndefined<String>,
    /// The language of messages.
    pub language: Option<Language>,
}

/// Over which channel a code is sent.
#[derive(InputObject)]
pub struct AddressCodeRequestInput {
    /// `EMAIL` for the e-mail address, `SMS` for the number.
    pub channel: MessageChannel,
}

/// The code, and what it confirms.
#[derive(InputObject)]
pub struct AddressConfirmInput {
    /// `EMAIL` for the e-mail address, `SMS` for the number.
    pub channel: MessageChannel,
    /// The token of `addressCodeRequest`.
    #[graphql(secret)]
    pub token: String,
    /// The six digits.
    #[graphql(secret)]
    pub code: String,
}

impl From<MembershipSetInput> for SetMembership {
    fn from(input: MembershipSetInput) -> Self {
        Self {
            membership_id: input.membership_id.0,
            company_id: input.company_id.map(|id| id.0),
            role: input.role,
            reason: input.reason,
        }
    }
}

impl From<UnitOwnershipChangeInput> for OwnershipChange {
    fn from(input: UnitOwnershipChangeInput) -> Self {
        let end = input.end.map(|end| EndOwnership {
            ownership_id: end.ownership_id.0,
            reason: end.reason,
            until: end.until.map(|day| day.0),
            note: end.note,
        });
        let add = input.add.map(|add| AddOwnership {
            ownership_id: add.ownership_id.0,
            person_id: add.person_id.0,
            kind: add.kind.unwrap_or(OwnerKind::Owner),
            from: add.from.map(|day| day.0),
            until: add.until.map(|day| day.0),
        });
        Self { unit_id: input.unit_id.0, end, add }
    }
}

impl From<PersonUpdateInput> for PersonUpdate {
    fn from(input: PersonUpdateInput) -> Self {
        Self { name: input.name, phone: patch(input.phone), email: patch(input.email), language: input.language }
    }
}
