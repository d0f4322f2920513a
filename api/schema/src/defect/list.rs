//! Lists of defects: the filter people live by, and the order.

use async_graphql::{Context, Enum, InputObject};
use domain::defect::duty::duties;
use domain::defect::{Category, DefectStatus, Severity};
use domain::id::{BuildingId, CompanyId, Id, InspectionId, PersonId, ProjectId, RoomId, RoundId, UnitId};
use domain::{Actor, Party, Policy};
use store::defects::{Filter, First, Mine, OrderBy};
use store::page::{Page, PageRequest};
use uuid::Uuid;

use super::required_columns;
use super::types::Defect;
use crate::context::ContextExt;
use crate::error::{ApiError, ApiResult};
use crate::lookahead::columns_of_nodes;
use crate::page::{Connection, Paging, connection};
use crate::scalars::{DateTime, Uid};

/// The filter of defects: fields are ANDed, a list means any of, an absent field means all.
#[derive(InputObject, Clone, Default)]
pub struct DefectFilter {
    /// What waits for the viewer, and what the viewer may do now, as `allowedCommands` says. Worker: to repair,
    /// assigned to me. Lead: my company's to repair. Dispatchers: to assign, disputes to settle. Verifiers: repairs
    /// that my party has not judged. Owner: own findings that wait for my confirmation. Not what is on hold.
    pub mine: Option<bool>,
    /// Those that the viewer's company is responsible for.
    pub my_company: Option<bool>,
    /// Late now, or not late.
    pub overdue: Option<bool>,
    /// Still alive (neither closed nor void), or not.
    pub alive: Option<bool>,
    /// In any of these statuses.
    pub status: Option<Vec<DefectStatus>>,
    /// Of any of these severities.
    pub severity: Option<Vec<Severity>>,
    /// Of any of these categories.
    pub category: Option<Vec<Category>>,
    /// Of any of these trades (codes).
    pub trade: Option<Vec<String>>,
    /// In any of these units.
    pub unit_id: Option<Vec<Uid<UnitId>>>,
    /// In any of these rooms.
    pub room_id: Option<Vec<Uid<RoomId>>>,
    /// In any of these buildings.
    pub building_id: Option<Vec<Uid<BuildingId>>>,
    /// Found in any of these rounds.
    pub round_id: Option<Vec<Uid<RoundId>>>,
    /// Any of these companies is responsible. Staff only; for owners nothing matches.
    pub company_id: Option<Vec<Uid<CompanyId>>>,
    /// Any of these people repairs it. Staff only; for owners nothing matches.
    pub assignee_id: Option<Vec<Uid<PersonId>>>,
    /// Those that came too late for any of these unit inspections.
    pub late_for: Option<Vec<Uid<InspectionId>>>,
    /// Those that came too late for a unit inspection, or those that did not.
    pub late: Option<bool>,
    /// Escalated and still alive, or not. Staff only; for owners nothing is escalated.
    pub escalated: Option<bool>,
    /// With a photo whose bytes are also another photo's, or without. To contractors and owners no photo is reused.
    pub reused_photo: Option<bool>,
    /// Found by an owner, or not.
    pub raised_by_owner: Option<bool>,
    /// On hold, or not. Staff only; for owners nothing is on hold.
    pub on_hold: Option<bool>,
    /// Due before this moment.
    pub due_before: Option<DateTime>,
    /// Words that are all in the description, the number, the type's name or the unit's number. At most 200 characters.
    pub text: Option<String>,
}

/// The orders of a list of defects; ties by id.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub enum DefectOrderField {
    /// The due time; what has none comes last.
    DueAt,
    /// The severity, the worst first.
    Severity,
    /// The place: building, entrance, floor, unit.
    Place,
    /// The number.
    Number,
}

/// The direction of an order.
#[derive(Enum, Clone, Copy, PartialEq, Eq, Default)]
pub enum OrderDirection {
    /// The smallest, earliest, worst first.
    #[default]
    Asc,
    /// The other way round.
    Desc,
}

/// The order of a list of defects.
#[derive(InputObject, Clone, Copy)]
pub struct DefectOrder {
    /// By what.
    pub field: DefectOrderField,
    /// In which direction; ascending if left out.
    #[graphql(default)]
    pub direction: OrderDirection,
}

impl From<DefectOrderField> for OrderBy {
    fn from(field: DefectOrderField) -> Self {
        match field {
            DefectOrderField::DueAt => Self::Due,
            DefectOrderField::Severity => Self::Severity,
            DefectOrderField::Place => Self::Place,
            DefectOrderField::Number => Self::Number,
        }
    }
}

/// The arguments of a list of defects.
pub struct Asked {
    /// Which ones; all if left out.
    pub filter: Option<DefectFilter>,
    /// By due time if left out.
    pub order: Option<DefectOrder>,
    /// Which page.
    pub paging: Paging,
}

impl Asked {
    /// The order as the viewer reads it, and whether it is descending.
    fn order(&self, is_staff: bool) -> (OrderBy, bool) {
        let due = DefectOrder { field: DefectOrderField::DueAt, direction: OrderDirection::Asc };
        let order = self.order.unwrap_or(due);
        let by = OrderBy::from(order.field);
        (if is_staff { by } else { by.for_owner() }, order.direction == OrderDirection::Desc)
    }
}

/// A page of a project's defects.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, `BAD_FILTER`, or an internal error.
pub async fn of_project(ctx: &Context<'_>, project_id: ProjectId, asked: Asked) -> ApiResult<Connection<Defect>> {
    page(ctx, Filter::default(), project_id, asked).await
}

/// A page of a unit's defects; the first page of all units of a list by one statement.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, `BAD_FILTER`, or an internal error.
pub async fn of_unit(
    ctx: &Context<'_>,
    project_id: ProjectId,
    unit_id: UnitId,
    asked: Asked,
) -> ApiResult<Connection<Defect>> {
    let (order, descending) = asked.order(ctx.is_staff_of(project_id));
    let request = asked.paging.request(order.list_name())?;
    if request != PageRequest::first(request.limit) {
        return page(ctx, Filter { units: vec![unit_id], ..Filter::default() }, project_id, asked).await;
    }
    let filter = store_filter(ctx, Filter::default(), project_id, asked.filter.unwrap_or_default()).await?;
    // One more tells whether there is more.
    let limit = request.limit + 1;
    let first = First { filter, order, descending, limit, columns: columns_of_nodes(ctx, required_columns) };
    let defects = ctx.loaders().defect.of_units.load_list((unit_id, first)).await?;
    let rows = defects.into_iter().map(|defect| Ok((order.place(&defect.0)?, defect)));
    Ok(connection(Page::of(&request, rows.collect::<ApiResult<_>>()?), order.list_name()))
}

async fn page(ctx: &Context<'_>, base: Filter, project_id: ProjectId, asked: Asked) -> ApiResult<Connection<Defect>> {
    let (order, descending) = asked.order(ctx.is_staff_of(project_id));
    let request = asked.paging.request(order.list_name())?;
    let filter = store_filter(ctx, base, project_id, asked.filter.unwrap_or_default()).await?;
    let columns = columns_of_nodes(ctx, required_columns);
    let page = app::defect::read::list_defects(ctx.app(), ctx.caller()?, &filter, order, descending, &request, columns)
        .await?;
    Ok(connection(page, order.list_name()))
}

/// How many defects of a project match.
///
/// # Errors
/// `BAD_FILTER`, or an internal error.
pub async fn count(ctx: &Context<'_>, project_id: ProjectId, filter: Option<DefectFilter>) -> ApiResult<i32> {
    let filter = store_filter(ctx, Filter::default(), project_id, filter.unwrap_or_default()).await?;
    let count = app::defect::read::count_defects(ctx.app(), ctx.caller()?, &filter).await?;
    Ok(i32::try_from(count).unwrap_or(i32::MAX))
}

/// How many defects of a unit match: one statement for all units of a list.
///
/// # Errors
/// `BAD_FILTER`, or an internal error.
pub async fn count_of_unit(
    ctx: &Context<'_>,
    project_id: ProjectId,
    unit_id: UnitId,
    filter: Option<DefectFilter>,
) -> ApiResult<i32> {
    let filter = store_filter(ctx, Filter::default(), project_id, filter.unwrap_or_default()).await?;
    let count = ctx.loaders().defect.counts.load((unit_id, filter)).await?.unwrap_or(0);
    Ok(i32::try_from(count).unwrap_or(i32::MAX))
}

async fn store_filter(
    ctx: &Context<'_>,
    base: Filter,
    project_id: ProjectId,
    wanted: DefectFilter,
) -> ApiResult<Filter> {
    let actor = ctx.caller()?.actor_in(project_id).ok_or(ApiError::NotFound)?;
    check_size(&wanted)?;
    let now = ctx.loaders().now.0;
    let staff = actor.party() != Party::Customer;
    let mut filter = base;
    filter.projects = vec![project_id];
    filter.statuses = statuses(&wanted);
    filter.severities = wanted.severity.unwrap_or_default();
    filter.categories = wanted.category.unwrap_or_default();
    filter.trades = wanted.trade.unwrap_or_default();
    meet(&mut filter.units, wanted.unit_id);
    meet(&mut filter.rooms, wanted.room_id);
    meet(&mut filter.buildings, wanted.building_id);
    meet(&mut filter.rounds, wanted.round_id);
    meet(&mut filter.late_for, wanted.late_for);
    filter.late = wanted.late;
    filter.owner_finding = wanted.raised_by_owner;
    filter.for_owner = !staff;
    filter.due_before = wanted.due_before.map(|moment| moment.0.0);
    filter.text = wanted.text;
    match wanted.overdue {
        Some(true) => filter.overdue_at = Some(now),
        Some(false) => filter.not_overdue_at = Some(now),
        None => {}
    }
    match wanted.reused_photo {
        wanted if ctx.caller()?.visibility().projects.contains(&project_id) => filter.reused_photo = wanted,
        // A filter says of each defect what its field says.
        Some(true) => meet(&mut filter.units, Some(Vec::new())),
        Some(false) | None => {}
    }
    if staff {
        meet(&mut filter.companies, wanted.company_id);
        meet(&mut filter.assignees, wanted.assignee_id);
        filter.on_hold = wanted.on_hold;
        filter.escalated = wanted.escalated;
    } else if wanted.company_id.is_some()
        || wanted.assignee_id.is_some()
        || wanted.on_hold == Some(true)
        || wanted.escalated == Some(true)
    {
        // Filters match the values that the viewer sees: for an owner no defect has a responsible company, and none is
        // on hold.
        meet(&mut filter.units, Some(Vec::new()));
    }
    if wanted.my_company == Some(true) {
        meet(&mut filter.companies, Some(actor.company_id().map(Uid).into_iter().collect()));
    }
    if wanted.mine == Some(true) {
        filter.mine = Some(mine(ctx, &actor).await?);
    }
    Ok(filter)
}

fn check_size(wanted: &DefectFilter) -> ApiResult<()> {
    let ids = [
        wanted.unit_id.as_ref().map(Vec::len),
        wanted.room_id.as_ref().map(Vec::len),
        wanted.building_id.as_ref().map(Vec::len),
        wanted.round_id.as_ref().map(Vec::len),
        wanted.late_for.as_ref().map(Vec::len),
    ];
    let too_long = ids.into_iter().flatten().any(|count| count > 500)
        || wanted.trade.as_ref().is_some_and(|list| list.len() > 100)
        || wanted.text.as_ref().is_some_and(|text| text.chars().count() > 200);
    // PostgreSQL has no such text.
    let mut texts = wanted.trade.iter().flatten().chain(&wanted.text);
    if too_long || texts.any(|text| text.contains('\0')) {
        let limits = "a filter takes at most 500 ids, 100 trades, 200 characters of text without control characters";
        return Err(ApiError::bad_request("BAD_FILTER", limits));
    }
    Ok(())
}

/// The statuses to look in, as the viewer reads them; `None` means any.
fn statuses(wanted: &DefectFilter) -> Option<Vec<DefectStatus>> {
    let mut chosen: Vec<DefectStatus> = match &wanted.status {
        Some(list) => list.clone(),
        None if wanted.alive.is_some() => DefectStatus::ALL.to_vec(),
        None => return None,
    };
    if let Some(alive) = wanted.alive {
        chosen.retain(|status| status.is_alive() == alive);
    }
    chosen.sort_unstable();
    chosen.dedup();
    Some(chosen)
}

/// What waits for the viewer, under the project's policy.
async fn mine(ctx: &Context<'_>, actor: &Actor) -> ApiResult<Mine> {
    let project = ctx.loaders().project.projects.load(actor.project_id).await?.ok_or(ApiError::NotFound)?;
    let policy: Policy = serde_json::from_value(project.0.policy.clone()).map_err(ApiError::internal)?;
    Ok(Mine {
        person_id: actor.person_id,
        company_id: actor.company_id(),
        party: actor.party(),
        duties: duties(actor, &policy),
    })
}

/// Narrows a list of ids to those that are also wanted; nothing in common matches nothing.
fn meet<I: Id>(have: &mut Vec<I>, wanted: Option<Vec<Uid<I>>>) {
    let Some(wanted) = wanted else { return };
    let wanted: Vec<I> = wanted.into_iter().map(|id| id.0).collect();
    let both: Vec<I> =
        if have.is_empty() { wanted } else { wanted.into_iter().filter(|id| have.contains(id)).collect() };
    *have = if both.is_empty() { vec![I::from(Uuid::nil())] } else { both };
}
