//! Changing the plan of a round, discarding a draft, reopening a closed round.

use app::round::create::ScopeInput;
use app::round::update::{UpdateRound, update};
use app::round::{discard, reopen};
use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject};
use domain::id::{BuildingId, ChecklistId, CompanyId, RoundId, UnitId};
use domain::{Party, Refusal, RefusalCode};

use super::mutations::current;
use super::types::Round;
use crate::command::header;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, patch, split};
use crate::scalars::{DateTime, Day, Uid, ids};

/// Changing the plan of a round, discarding a draft, reopening a closed round.
#[derive(Default)]
pub struct RoundChangeMutation;

/// What changes on the plan of a round: left out = unchanged, null = cleared. Of an open round only its name and days.
#[derive(InputObject)]
pub struct RoundUpdateInput {
    /// The round.
    pub round_id: Uid<RoundId>,
    /// The name, at most 200 characters.
    pub name: Option<String>,
    /// The first planned day.
    pub planned_from: MaybeUndefined<Day>,
    /// The last planned day.
    pub planned_to: MaybeUndefined<Day>,
    /// The number, 1 to 9,999, unique in the project. Only of a draft.
    pub number: Option<i32>,
    /// The stage, a code of the project's terms of kind `STAGE`. Only of a draft.
    pub stage: Option<String>,
    /// The parties that sign each unit inspection, each once. Only of a draft.
    pub required_parties: Option<Vec<Party>>,
    /// The contractors that sign each unit inspection, each for itself; empty = any one contractor. Only of a draft.
    pub required_contractor_ids: Option<Vec<Uid<CompanyId>>>,
    /// Another checklist; its newest version is taken. Only of a draft.
    pub checklist_id: Option<Uid<ChecklistId>>,
    /// These units instead of the present ones, 10,000 at most. Only of a draft.
    pub unit_ids: Option<Vec<Uid<UnitId>>>,
    /// All homes of these buildings instead of the present units. Either this or `unitIds`. Only of a draft.
    pub building_ids: Option<Vec<Uid<BuildingId>>>,
    /// The version that the viewer knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// Which planned round is removed.
#[derive(InputObject)]
pub struct RoundDiscardInput {
    /// The round, a draft.
    pub round_id: Uid<RoundId>,
    /// The version that the viewer knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// Which closed round is taken up again, and why.
#[derive(InputObject)]
pub struct RoundReopenInput {
    /// The round.
    pub round_id: Uid<RoundId>,
    /// Why, at most 4,000 characters.
    pub reason: String,
    /// The version that the viewer knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// The changed round.
#[derive(SimpleObject)]
pub struct RoundUpdatePayload {
    /// The round as it is now, done or refused; null when there is none that the viewer may see.
    pub round: Option<Round>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// The removed round.
#[derive(SimpleObject)]
pub struct RoundDiscardPayload {
    /// The id of the removed round; null when refused.
    pub removed_round_id: Option<Uid>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// The reopened round.
#[derive(SimpleObject)]
pub struct RoundReopenPayload {
    /// The round as it is now, done or refused; null when there is none that the viewer may see.
    pub round: Option<Round>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

impl RoundUpdateInput {
    fn command(self) -> app::Result<UpdateRound> {
        let scope = match (self.unit_ids, self.building_ids) {
            (None, None) => None,
            (Some(units), None) => Some(ScopeInput::Units(ids(units))),
            (None, Some(buildings)) => Some(ScopeInput::Buildings(ids(buildings))),
            (Some(_), Some(_)) => {
                let both = Refusal::at(RefusalCode::InvalidValue, "buildingIds");
                return Err(both.because("name units or buildings, not both", "请仅指定户或楼栋之一").into());
            }
        };
        Ok(UpdateRound {
            header: header(self.round_id, self.expected_version, self.occurred_at),
            name: self.name,
            planned_from: patch(self.planned_from),
            planned_to: patch(self.planned_to),
            number: self.number,
            stage: self.stage,
            required_parties: self.required_parties,
            required_contractors: self.required_contractor_ids.map(ids),
            checklist_id: self.checklist_id.map(|id| id.0),
            scope,
        })
    }
}

#[Object]
impl RoundChangeMutation {
    /// Changes the plan of a round: all of a draft, of an open round its name and days. Delivery manager and site
    /// engineer.
    async fn round_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which round, and the changed fields.")] input: RoundUpdateInput,
    ) -> ApiResult<RoundUpdatePayload> {
        let (acting, id) = (ctx.acting()?, input.round_id);
        let answer = match input.command() {
            Ok(command) => update(acting, command).await,
            Err(error) => Err(error),
        };
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(RoundUpdatePayload { round: current(ctx, id, done).await?, user_errors })
    }

    /// Removes a planned round that was never opened. Delivery manager and site engineer.
    async fn round_discard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which round.")] input: RoundDiscardInput,
    ) -> ApiResult<RoundDiscardPayload> {
        let header = header(input.round_id, input.expected_version, input.occurred_at);
        let (done, user_errors) = split(discard(ctx.acting()?, header).await, ctx.language())?;
        Ok(RoundDiscardPayload { removed_round_id: done.map(Uid::from), user_errors })
    }

    /// Takes a closed round up again, with a reason: its unit inspections go on from where they stood. Delivery manager
    /// and site engineer.
    async fn round_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which round, and why.")] input: RoundReopenInput,
    ) -> ApiResult<RoundReopenPayload> {
        let header = header(input.round_id, input.expected_version, input.occurred_at);
        let answer = reopen(ctx.acting()?, header, &input.reason).await;
        let (done, user_errors) = split(answer, ctx.language())?;
        Ok(RoundReopenPayload { round: current(ctx, input.round_id, done).await?, user_errors })
    }
}
