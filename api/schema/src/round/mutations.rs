//! Planning, opening and closing rounds.

use app::round::create::{CreateRound, ScopeInput, create};
use app::round::{RoundRow, close, open};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::id::{BuildingId, ChecklistId, CompanyId, ProjectId, RoundId, UnitId};
use domain::{Party, Refusal, RefusalCode};

use super::types::Round;
use crate::command::header;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, payload, split};
use crate::scalars::{DateTime, Day, Uid, ids};

/// Planning, opening and closing rounds.
#[derive(Default)]
pub struct RoundMutation;

/// A new round.
#[derive(InputObject)]
pub struct RoundCreateInput {
    /// The round's id, a UUID of version 7 made by the client. The same again with the same content is no second round.
    pub round_id: Uid<RoundId>,
    /// The project.
    pub project_id: Uid<ProjectId>,
    /// The stage, a code of the project's terms of kind `STAGE`.
    pub stage: String,
    /// The number, 1 to 9,999, unique in the project.
    pub number: i32,
    /// The name, at most 200 characters.
    pub name: String,
    /// The first planned day.
    pub planned_from: Option<Day>,
    /// The last planned day.
    pub planned_to: Option<Day>,
    /// The parties that sign each unit inspection, each once.
    pub required_parties: Vec<Party>,
    /// The contractors that sign each unit inspection, each for itself; with `CONTRACTOR` among `requiredParties`. Left
    /// out = any one contractor.
    pub required_contractor_ids: Option<Vec<Uid<CompanyId>>>,
    /// The checklist; its newest version is taken.
    pub checklist_id: Uid<ChecklistId>,
    /// These units, homes or common parts, 10,000 at most. Left out together with `buildingIds`: all homes.
    pub unit_ids: Option<Vec<Uid<UnitId>>>,
    /// All homes of these buildings. Either this or `unitIds`.
    pub building_ids: Option<Vec<Uid<BuildingId>>>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// Which round is opened.
#[derive(InputObject)]
pub struct RoundOpenInput {
    /// The round.
    pub round_id: Uid<RoundId>,
    /// The version that the viewer knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// Which round is closed.
#[derive(InputObject)]
pub struct RoundCloseInput {
    /// The round.
    pub round_id: Uid<RoundId>,
    /// The version that the viewer knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

payload! {
    /// The planned round.
    RoundCreatePayload {
        /// The round; null when refused.
        round: Round
    }
}

/// The opened round.
#[derive(SimpleObject)]
pub struct RoundOpenPayload {
    /// The round as it is now, done or refused; null when there is none that the viewer may see.
    pub round: Option<Round>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// The closed round.
#[derive(SimpleObject)]
pub struct RoundClosePayload {
    /// The round as it is now, done or refused; null when there is none that the viewer may see.
    pub round: Option<Round>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

#[Object]
impl RoundMutation {
    /// Plans a round: its units and the newest version of the checklist are fixed here. Delivery manager and site
    /// engineer.
    async fn round_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The round.")] input: RoundCreateInput,
    ) -> ApiResult<RoundCreatePayload> {
        let scope = match (input.unit_ids, input.building_ids) {
            (None, None) => ScopeInput::Homes,
            (Some(units), None) => ScopeInput::Units(ids(units)),
            (None, Some(buildings)) => ScopeInput::Buildings(ids(buildings)),
            (Some(_), Some(_)) => {
                let both = Refusal::at(RefusalCode::InvalidValue, "buildingIds");
                let both = both.because("name units or buildings, not both", "请仅指定户或楼栋之一");
                ctx.caller()?;
                return RoundCreatePayload::from_result::<RoundRow>(Err(both.into()), ctx.language());
            }
        };
        let new = CreateRound {
            round_id: input.round_id.0,
            project_id: input.project_id.0,
            stage: input.stage,
            number: input.number,
            name: input.name,
            planned_from: input.planned_from.map(|day| day.0),
            planned_to: input.planned_to.map(|day| day.0),
            required_parties: input.required_parties,
            required_contractors: input.required_contractor_ids.map(ids).unwrap_or_default(),
            checklist_id: input.checklist_id.0,
            scope,
            occurred_at: input.occurred_at.map(|moment| moment.0),
        };
        RoundCreatePayload::from_result(create(ctx.acting()?, new).await, ctx.language())
    }

    /// Opens a planned round: makes one unit inspection for each unit in scope and freezes the checklist version.
    /// Delivery manager and site engineer.
    async fn round_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which round.")] input: RoundOpenInput,
    ) -> ApiResult<RoundOpenPayload> {
        let answer = open(ctx.acting()?, header(input.round_id, input.expected_version, input.occurred_at));
        let (done, user_errors) = split(answer.await, ctx.language())?;
        Ok(RoundOpenPayload { round: current(ctx, input.round_id, done).await?, user_errors })
    }

    /// Closes an open round: nothing is recorded in it any more. Delivery manager and site engineer.
    async fn round_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which round.")] input: RoundCloseInput,
    ) -> ApiResult<RoundClosePayload> {
        let answer = close(ctx.acting()?, header(input.round_id, input.expected_version, input.occurred_at));
        let (done, user_errors) = split(answer.await, ctx.language())?;
        Ok(RoundClosePayload { round: current(ctx, input.round_id, done).await?, user_errors })
    }
}

/// The round after the command, or as it is when the command was refused.
pub(super) async fn current(ctx: &Context<'_>, id: Uid<RoundId>, done: Option<RoundRow>) -> ApiResult<Option<Round>> {
    let round = match done {
        Some(round) => Some(round),
        None => app::round::read::find_round(ctx.app(), ctx.caller()?, id.0).await?,
    };
    Ok(round.map(Round::from))
}
