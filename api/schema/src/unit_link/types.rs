//! Owners' links without their secrets, for those who see owners.

use async_graphql::{Context, Object};
use store::entity::unit_links;

use crate::context::ContextExt;
use crate::error::ApiResult;
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
    async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The unit.
    async fn unit(&self, ctx: &Context<'_>) -> ApiResult<Option<Unit>> {
        ctx.loaders().unit.units.load(self.0.unit_id).await
    }

    /// Whose it is.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load(self.0.person_id).await
    }

    /// Who made it; null for the command line.
    async fn created_by(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load_optional(self.0.made_by).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When it runs out: 30 days after it was made.
    async fn expires_at(&self) -> DateTime {
        self.0.expires_at.into()
    }

    /// When somebody signed in by it last; null if nobody did.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime::from)
    }
}
