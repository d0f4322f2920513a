//! The owners of units.

use async_graphql::{Context, Object};
use domain::membership::OwnershipEndReason;
use domain::unit::OwnerKind;
use store::entity::unit_owners;

use crate::context::ContextExt;
use crate::plan::{ToOne, planned};
use crate::project::types::{Person, row_type};
use crate::scalars::{Day, Uid};
use crate::unit_link::UnitInvite;

row_type! {
    /// A person as the owner of a unit. Only for roles that deal with owners.
    UnitOwner(unit_owners::Model);
}

#[Object(use_type_description)]
impl UnitOwner {
    /// The ownership's id.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Who it is.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// Owner, co-owner or proxy.
    fn kind(&self) -> OwnerKind {
        self.0.kind
    }

    /// The first day in the project's time zone; null if it is not known. Of a proxy's power it may lie ahead.
    fn from(&self) -> Option<Day> {
        self.0.from_day.as_deref().and_then(|day| day.parse().ok()).map(Day)
    }

    /// The last day in the project's time zone; null while the ownership counts.
    fn until(&self) -> Option<Day> {
        self.0.until_day.as_deref().and_then(|day| day.parse().ok()).map(Day)
    }

    /// The last day of a proxy's power in the project's time zone; null for a power without end, and for owners.
    fn power_until(&self) -> Option<Day> {
        self.0.power_until_day.as_deref().and_then(|day| day.parse().ok()).map(Day)
    }

    /// Whether the person belongs to the unit now: not after the end, and of a proxy neither before the first day of
    /// the power nor after its last one.
    fn counts(&self, ctx: &Context<'_>) -> bool {
        store::units::counts(&self.0, ctx.loaders().now)
    }

    /// The open link by which the person signs in to the unit; null without one.
    fn invite(&self) -> ToOne<UnitInvite> {
        ToOne::by(self.0.id)
    }

    /// Why the ownership ended; null while it counts.
    fn end_reason(&self) -> Option<OwnershipEndReason> {
        self.0.end_reason
    }
}

planned! {
    UnitOwner {
        "id" => leaf(id);
        "person" => one(person);
        "kind" => leaf(kind);
        "from" => leaf(from);
        "until" => leaf(until);
        "powerUntil" => leaf(power_until);
        "counts" => leaf(counts);
        "invite" => one(invite);
        "endReason" => leaf(end_reason);
    }
}
