//! Commands on people.

use app::people::{end, ownership, set, update};
use async_graphql::{Context, Object};

use super::inputs::{MembershipEndInput, MembershipSetInput, PersonUpdateInput, UnitOwnershipChangeInput};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::payload;
use crate::project::types::{Member, Person};
use crate::unit::types::Unit;

/// Commands on people.
#[derive(Default)]
pub struct PeopleMutation;

payload! {
    /// The membership that counts now.
    MembershipSetPayload {
        /// The person's active membership, a new one if anything changed; null when refused.
        member: Member
    }
}

payload! {
    /// The membership that ended.
    MembershipEndPayload {
        /// The membership with its end; null when refused.
        member: Member
    }
}

payload! {
    /// The unit whose owners changed.
    UnitOwnershipChangePayload {
        /// The unit; null when refused.
        unit: Unit
    }
}

payload! {
    /// The person who changed.
    PersonUpdatePayload {
        /// The viewer's own person; null when refused.
        person: Person
    }
}

#[Object]
impl PeopleMutation {
    /// Changes a person's role or company in a project. The old membership ends and a new one begins; a person who
    /// changes the company is taken off as assignee, and old records keep who the person was. Administrators for
    /// everybody; a delivery manager, a rectification lead, a supervising engineer and a property manager within the
    /// own company. Only an administrator brings a person to a company of another kind. A person never changes the own
    /// role, and a project keeps at least one delivery manager who can sign in.
    async fn membership_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose role or company, the new one, and why.")] input: MembershipSetInput,
    ) -> ApiResult<MembershipSetPayload> {
        let answer = set::set(ctx.app(), &ctx.client(), ctx.caller()?, input.into()).await;
        MembershipSetPayload::answer(answer, ctx.language())
    }

    /// Ends a person's role in a project. Access ends at once: sessions of a person without any other position, live
    /// updates, links. Open invitations of the person to a role in the project are revoked. The person is taken off as
    /// assignee; work that arrives later from the person's devices waits as `RIGHT_LOST`. Who may do it: as for
    /// `membershipSet`.
    async fn membership_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which membership ends, and why.")] input: MembershipEndInput,
    ) -> ApiResult<MembershipEndPayload> {
        let answer = end::end(ctx.app(), &ctx.client(), ctx.caller()?, input.membership_id.0, &input.reason).await;
        MembershipEndPayload::answer(answer, ctx.language())
    }

    /// Changes who owns a unit: ends an ownership, begins one, or both. A former owner loses access at once, and open
    /// invitations and links of that person to the unit are revoked. Administrators, delivery managers and customer
    /// relations; nobody for oneself.
    async fn unit_ownership_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit, and the ownerships that end and begin.")] input: UnitOwnershipChangeInput,
    ) -> ApiResult<UnitOwnershipChangePayload> {
        let answer = ownership::change(ctx.app(), &ctx.client(), ctx.caller()?, input.into()).await;
        UnitOwnershipChangePayload::answer(answer, ctx.language())
    }

    /// Changes the viewer's own name, phone or language, in all projects.
    async fn person_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields that change.")] input: PersonUpdateInput,
    ) -> ApiResult<PersonUpdatePayload> {
        let answer = update::update(ctx.app(), &ctx.client(), ctx.caller()?, input.into()).await;
        PersonUpdatePayload::answer(answer, ctx.language())
    }
}
