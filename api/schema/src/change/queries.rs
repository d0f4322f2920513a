//! Pages of changes.

use app::change::{Page, PlaceFilter};
use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::id::{BuildingId, ProjectId, UnitId};
use domain::sync::ResetReason;

use super::types::Change;
use crate::context::ContextExt;
use crate::error::{ApiError, ApiResult};
use crate::node::{Node, load_all};
use crate::page::check_count;
use crate::plan::PlannedList;
use crate::scalars::Uid;

/// Changes on a page when the client does not say.
const DEFAULT: u64 = 100;

/// Reading changes.
#[derive(Default)]
pub struct ChangeQuery;

/// A page of changes.
#[derive(SimpleObject)]
pub struct ChangePage {
    /// The changed objects, each once, in the order of their numbers. A page that is not the last may hold fewer than
    /// requested, even none: objects that the viewer may not see are left out.
    pub nodes: PlannedList<Change>,
    /// Where the next page begins: keep it, and ask with it again later. Null when `resetRequired`.
    pub cursor: Option<String>,
    /// There are more changes already.
    pub has_more: bool,
    /// The cursor is good for nothing any more: drop the copy, never what waits to be pushed, and begin again without a
    /// cursor.
    pub reset_required: bool,
    /// Why.
    pub reset_reason: Option<ResetReason>,
}

/// Which units only; what belongs to no unit comes always.
#[derive(InputObject)]
pub struct ChangeFilter {
    /// These units, 500 at most. An empty list is no unit, not all of them.
    pub unit_ids: Option<Vec<Uid<UnitId>>>,
    /// All units of these buildings, 100 at most. An empty list is no building.
    pub building_ids: Option<Vec<Uid<BuildingId>>>,
}

impl ChangeFilter {
    fn into_filter(self) -> ApiResult<PlaceFilter> {
        let none = self.unit_ids.as_ref().is_none_or(Vec::is_empty)
            && self.building_ids.as_ref().is_none_or(Vec::is_empty)
            && (self.unit_ids.is_some() || self.building_ids.is_some());
        let mut filter = PlaceFilter { units: ids(self.unit_ids, 500)?, buildings: ids(self.building_ids, 100)? };
        if none {
            // No unit has this id.
            filter.units.push(UnitId::nil());
        }
        Ok(filter)
    }
}

fn ids<I>(given: Option<Vec<Uid<I>>>, most: usize) -> ApiResult<Vec<I>> {
    let given = given.unwrap_or_default();
    check_count(given.len(), most)?;
    Ok(given.into_iter().map(|id| id.0).collect())
}

#[Object]
impl ChangeQuery {
    /// The objects of a project that changed since a cursor: each object once in its newest state, in the order of
    /// commits. Null for a viewer without a role or an opened unit in the project.
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The project.")] project_id: Uid<ProjectId>,
        #[graphql(desc = "The cursor of the page before; left out or null for the full load.")] cursor: Option<String>,
        #[graphql(desc = "At most so many, 1 to 500; 100 if left out.")] first: Option<i32>,
        #[graphql(desc = "Only some units; part of the cursor, which is good for the same filter alone.")]
        filter: Option<ChangeFilter>,
    ) -> ApiResult<Option<ChangePage>> {
        let first = match first.map(u64::try_from) {
            None => DEFAULT,
            Some(Ok(count)) if count >= 1 => count.min(app::change::MOST),
            Some(_) => return Err(ApiError::bad_request("BAD_PAGE", "first is 1 to 500")),
        };
        let filter = filter.map(ChangeFilter::into_filter).transpose()?.unwrap_or_default();
        let (app, caller) = (ctx.app(), ctx.caller()?);
        Ok(match app::change::page(app, caller, project_id.0, cursor.as_deref(), &filter, first).await? {
            None => None,
            Some(Page::Reset(reason)) => Some(ChangePage {
                nodes: PlannedList(Vec::new()),
                cursor: None,
                has_more: false,
                reset_required: true,
                reset_reason: Some(reason),
            }),
            Some(Page::Changes { changes, after, cursor, has_more }) => Some(ChangePage {
                nodes: PlannedList(nodes(ctx, project_id.0, changes, after).await?),
                cursor: Some(cursor),
                has_more,
                reset_required: false,
                reset_reason: None,
            }),
        })
    }
}

/// The changes with their objects. An object that the viewer may not see is left out, or reported as gone if the viewer
/// could see it before.
async fn nodes(
    ctx: &Context<'_>,
    project_id: ProjectId,
    changes: Vec<app::change::Change>,
    after: i64,
) -> ApiResult<Vec<Change>> {
    let wanted = changes.iter().map(|change| (!change.deleted).then_some((change.kind, change.id)));
    let objects = load_all(ctx, &wanted.collect::<Vec<_>>()).await?;
    let unseen = changes.iter().zip(&objects).filter(|(change, object)| !change.deleted && object.is_none());
    let unseen: Vec<app::change::Change> = unseen.map(|(change, _)| *change).collect();
    let lost = app::change::objects_no_longer_visible(ctx.app(), ctx.caller()?, project_id, after, &unseen).await?;
    let told = changes.into_iter().zip(objects).filter_map(|(change, object)| {
        let deleted = change.deleted || (object.is_none() && lost.contains(&change.id));
        (deleted || object.is_some()).then(|| Change {
            seq: change.seq,
            kind: change.kind,
            id: Uid(change.id),
            unit_id: change.unit_id.map(Uid::from),
            defect_id: object.as_ref().and_then(Node::defect_id).map(Uid::from),
            deleted,
            object,
        })
    });
    Ok(told.collect())
}
