//! Commands on people.

use app::people::addresses::GivenCode;
use app::people::{addresses, end, ownership, set, update};
use async_graphql::{Context, Object, SimpleObject};

use super::inputs::{
    AddressCodeRequestInput, AddressConfirmInput, MembershipEndInput, MembershipSetInput, PersonUpdateInput,
    UnitOwnershipChangeInput,
};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, payload, split};
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

/// Where a code was sent to.
#[derive(SimpleObject)]
pub struct AddressCodeRequestPayload {
    /// The masked address: `x…@example.com`, `…5678`; null when refused.
    pub sent_to: Option<String>,
    /// The token with which `addressConfirm` takes the code; null when refused. Shown once: the server does not store
    /// it.
    pub token: Option<String>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// Whether the address was confirmed.
#[derive(SimpleObject)]
pub struct AddressConfirmPayload {
    /// True once it is confirmed.
    pub confirmed: bool,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
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
        MembershipSetPayload::from_result(answer, ctx.language())
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
        MembershipEndPayload::from_result(answer, ctx.language())
    }

    /// Changes who owns a unit: ends an ownership, begins one, or both. A former owner loses access at once, and open
    /// invitations and links of that person to the unit are revoked. Administrators, delivery managers and customer
    /// relations, but never for themselves.
    async fn unit_ownership_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The unit, and the ownerships that end and begin.")] input: UnitOwnershipChangeInput,
    ) -> ApiResult<UnitOwnershipChangePayload> {
        let answer = ownership::change(ctx.app(), &ctx.client(), ctx.caller()?, input.into()).await;
        UnitOwnershipChangePayload::from_result(answer, ctx.language())
    }

    /// Changes the viewer's own name, phone, e-mail address or language, in all projects. An address that is replaced
    /// gets a message that says so.
    async fn person_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The fields that change.")] input: PersonUpdateInput,
    ) -> ApiResult<PersonUpdatePayload> {
        let answer = update::update(ctx.app(), &ctx.client(), ctx.caller()?, input.into()).await;
        PersonUpdatePayload::from_result(answer, ctx.language())
    }

    /// Sends a code to the viewer's own e-mail address or number, to confirm it. The code is good for 5 minutes and 5
    /// tries; an earlier one is good no more. At most 10 codes in 24 hours for each channel, one in 30 seconds
    /// (`CODE_LIMIT`). `NO_CHANNEL` without such an address.
    async fn address_code_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Over which channel.")] input: AddressCodeRequestInput,
    ) -> ApiResult<AddressCodeRequestPayload> {
        let answer = addresses::request_code(ctx.app(), &ctx.client(), ctx.caller()?, input.channel).await;
        let (sent, user_errors) = split(answer, ctx.language())?;
        let (sent_to, token) = sent.map(|sent| (sent.sent_to, sent.token)).unzip();
        Ok(AddressCodeRequestPayload { sent_to, token, user_errors })
    }

    /// Confirms the viewer's own e-mail address or number by the code that was sent to it. Messages go to a confirmed
    /// address before another one. `CODE_INVALID` for a wrong code, a token of another request, a code that was used or
    /// has ended, and after 5 tries.
    async fn address_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code, and what it confirms.")] input: AddressConfirmInput,
    ) -> ApiResult<AddressConfirmPayload> {
        let (app, caller) = (ctx.app(), ctx.caller()?);
        let given = GivenCode { token: &input.token, code: &input.code };
        let answer = addresses::confirm(app, &ctx.client(), caller, input.channel, &given).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(AddressConfirmPayload { confirmed: done.is_some(), user_errors })
    }
}
