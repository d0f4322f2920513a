//! A round as the viewer sees it.

use std::str::FromStr;

use app::round::RoundRow;
use app::round::read::{allowed_commands_of, required_contractors, required_parties};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::Party;
use domain::id::{BuildingId, RoundId, UnitId};
use domain::inspection::InspectionStatus;
use domain::round::{RoundCommand, RoundStatus};
use jiff::civil::Date;
use store::inspections::{Filter, LIST};

use crate::checklist::types::ChecklistVersion;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::inspection::types::UnitInspection;
use crate::page::{Connection, Paging, check_count, connection};
use crate::plan::{PlannedList, ToMany, ToOne, by_id, planned};
use crate::project::types::{Company, Person, Project, row_type};
use crate::scalars::{DateTime, Day, Uid, ids};

/// Most units or buildings in one filter.
const MOST: usize = 500;

row_type! {
    /// A round 轮次: one campaign of inspections over some units of a project.
    Round(RoundRow);
}

/// Whether the viewer may do a command to a round now.
#[derive(SimpleObject, Clone)]
pub struct AllowedRoundCommand {
    /// The command.
    pub name: RoundCommand,
    /// Whether it would be accepted now.
    pub allowed: bool,
    /// Why not, in the viewer's language, the same as the command itself would answer; null when allowed.
    pub reason: Option<String>,
}

/// How many unit inspections of a round have a status.
#[derive(SimpleObject, Clone)]
pub struct InspectionCount {
    /// The status.
    pub status: InspectionStatus,
    /// How many; statuses without any are left out.
    pub count: i64,
}

/// The filter of unit inspections: fields are ANDed, a list means any of, an absent field means all.
#[derive(InputObject, Default)]
pub struct UnitInspectionFilter {
    /// In any of these statuses.
    pub status: Option<Vec<InspectionStatus>>,
    /// In any of these buildings, 500 at most.
    pub building_id: Option<Vec<Uid<BuildingId>>>,
    /// Of any of these units, 500 at most.
    pub unit_id: Option<Vec<Uid<UnitId>>>,
}

impl UnitInspectionFilter {
    fn into_store(self) -> ApiResult<Filter> {
        let filter = Filter {
            statuses: self.status.unwrap_or_default(),
            buildings: ids(self.building_id.unwrap_or_default()),
            units: ids(self.unit_id.unwrap_or_default()),
        };
        check_count(filter.buildings.len().max(filter.units.len()).max(filter.statuses.len()), MOST)?;
        Ok(filter)
    }
}

#[Object(use_type_description)]
impl Round {
    /// The round's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The project.
    fn project(&self) -> ToOne<Project> {
        ToOne::by(self.0.project_id)
    }

    /// The number, unique in the project.
    fn number(&self) -> i32 {
        self.0.number
    }

    /// The stage, a code of the project's terms, like `HOUSEHOLD_ACCEPTANCE`.
    fn stage(&self) -> &str {
        &self.0.stage
    }

    /// The name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// How far it has come.
    fn status(&self) -> RoundStatus {
        self.0.status
    }

    /// The parties that sign each unit inspection.
    fn required_parties(&self) -> ApiResult<Vec<Party>> {
        Ok(required_parties(&self.0)?)
    }

    /// The contractors that sign each unit inspection, each for itself; empty = any one contractor. Staff only; empty
    /// for owners.
    async fn required_contractors(&self, ctx: &Context<'_>) -> ApiResult<PlannedList<Company>> {
        if !ctx.is_staff_of(self.0.project_id) {
            return Ok(PlannedList(Vec::new()));
        }
        let companies = &ctx.loaders().project.companies;
        let found = required_contractors(&self.0)?.into_iter().map(|id| companies.load(id));
        Ok(PlannedList(futures::future::try_join_all(found).await?.into_iter().flatten().collect()))
    }

    /// The version of the checklist that is asked; frozen when the round is opened.
    fn checklist_version(&self) -> ToOne<ChecklistVersion> {
        ToOne::by(self.0.checklist_version_id)
    }

    /// The first planned day, in the project's time zone.
    fn planned_from(&self) -> Option<Day> {
        day(self.0.planned_from.as_deref())
    }

    /// The last planned day, in the project's time zone.
    fn planned_to(&self) -> Option<Day> {
        day(self.0.planned_to.as_deref())
    }

    /// How many units are in scope. Staff only; null for owners.
    async fn unit_count(&self, ctx: &Context<'_>) -> ApiResult<Option<i64>> {
        if !ctx.is_staff_of(self.0.project_id) {
            return Ok(None);
        }
        Ok(Some(ctx.loaders().round.sizes.load(self.0.id).await?.unwrap_or(0)))
    }

    /// How far the unit inspections that the viewer sees have come; empty before the round is opened.
    fn inspection_counts(&self) -> ToMany<RoundId, InspectionCount> {
        ToMany::by(self.0.id, |loaders| &loaders.round.counts)
    }

    /// The unit inspections in the order of a walk: building, entrance, floor, unit. Owners see those of own units.
    async fn inspections(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; left out = all.")] filter: Option<UnitInspectionFilter>,
        #[graphql(desc = "The first so many, 1 to 100; 20 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> ApiResult<Connection<UnitInspection>> {
        let request = Paging { first, after, last, before }.request(LIST)?;
        let filter = filter.unwrap_or_default().into_store()?;
        let page =
            app::inspection::read::list_inspections(ctx.app(), ctx.caller()?, self.0.id, &filter, &request).await?;
        Ok(connection(page, LIST))
    }

    /// When it was opened.
    fn opened_at(&self) -> Option<DateTime> {
        self.0.opened_at.map(Into::into)
    }

    /// When it was closed.
    fn closed_at(&self) -> Option<DateTime> {
        self.0.closed_at.map(Into::into)
    }

    /// Who planned it. Staff only.
    fn created_by(&self, ctx: &Context<'_>) -> ToOne<Person> {
        let staff = ctx.is_staff_of(self.0.project_id);
        ToOne::by(staff.then_some(self.0.created_by))
    }

    /// When the server got it.
    fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Raised by one with each change; for `expectedVersion`.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Every command, whether the viewer may do it now, and why not.
    fn allowed_commands(&self, ctx: &Context<'_>) -> ApiResult<Vec<AllowedRoundCommand>> {
        let language = ctx.language();
        let answers = allowed_commands_of(ctx.caller()?, &self.0)?;
        Ok(answers
            .into_iter()
            .map(|(name, refusal)| AllowedRoundCommand {
                name,
                allowed: refusal.is_none(),
                reason: refusal.map(|refusal| refusal.message(language)),
            })
            .collect())
    }
}

/// A stored day.
fn day(text: Option<&str>) -> Option<Day> {
    text.and_then(|text| Date::from_str(text).ok()).map(Day)
}

by_id! {
    Round: RoundId = round.rounds;
}

planned! {
    Round {
        "id" => value(|object| Uid::from(object.0.id));
        "project" => one(project);
        "number" => leaf(number);
        "stage" => leaf(stage);
        "name" => leaf(name);
        "status" => leaf(status);
        "requiredParties" => leaf(required_parties);
        "requiredContractors" => asked();
        "checklistVersion" => one(checklist_version);
        "plannedFrom" => leaf(planned_from);
        "plannedTo" => leaf(planned_to);
        "unitCount" => asked();
        "inspectionCounts" => many(inspection_counts);
        "inspections" => asked();
        "openedAt" => leaf(opened_at);
        "closedAt" => leaf(closed_at);
        "createdBy" => one(created_by);
        "createdAt" => leaf(created_at);
        "version" => leaf(version);
        "allowedCommands" => part(allowed_commands);
    }
}

planned! {
    InspectionCount {
        "status" => value(|object| object.status);
        "count" => value(|object| object.count);
    }
}

planned! {
    AllowedRoundCommand {
        "name" => value(|object| object.name);
        "allowed" => value(|object| object.allowed);
        "reason" => value(|object| object.reason);
    }
}
