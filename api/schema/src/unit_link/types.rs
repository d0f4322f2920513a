//! Owners' links without their secrets, for those who see owners.

use async_graphql::Object;
use domain::id::OwnershipId;
use store::entity::unit_links;

use crate::plan::{ToOne, by_id, planned};
use crate::project::types::{Person, row_type};
use crate::scalars::{DateTime, Uid};
use crate::unit::types::Unit;

row_type! {
    /// An owner's link: with it, and with a code that is sent to the person, one owner signs in to one unit. Only for
    /// roles that deal with owners.
    UnitInvite(unit_links::Model);
}

#[Object(use_type_description)]
impl UnitInvite {
    /// The link's id, for `unitInviteRevoke`.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The unit.
    fn unit(&self) -> ToOne<Unit> {
        ToOne::by(self.0.unit_id)
    }

    /// Whose it is.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// Who made it; null for the command line.
    fn created_by(&self) -> ToOne<Person> {
        ToOne::by(self.0.made_by)
    }

    /// When it was made.
    fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it runs out: 30 days after it was made.
    fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }

    /// When somebody signed in by it last; null if nobody did.
    fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime::from)
    }
}

by_id! {
    // By the ownership, which has one open link at most.
    UnitInvite: OwnershipId = unit.invites;
}

planned! {
    UnitInvite {
        "id" => leaf(id);
        "unit" => one(unit);
        "person" => one(person);
        "createdBy" => one(created_by);
        "createdAt" => leaf(created_at);
        "expiresAt" => leaf(expires_at);
        "lastUsedAt" => leaf(last_used_at);
    }
}
