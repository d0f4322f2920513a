//! Before and after: the photos of a defect side by side.

use async_graphql::{Context, SimpleObject};
use domain::Timestamp;
use domain::id::{AttemptId, DefectId};
use domain::photo::{Pair, PhotoState, Taken, pairs};
use futures::future::try_join;
use store::columns::Columns;
use store::entity::photos::Column;

use super::types::Photo;
use crate::context::ContextExt;
use crate::defect::children::RepairAttempt;
use crate::defect::types::Pin;
use crate::error::ApiResult;
use crate::plan::PlannedList;
use crate::plan::columns::columns_of_parts;

/// The photos before and after one repair attempt, to be shown side by side.
#[derive(SimpleObject)]
pub struct DefectPhotoPair {
    /// The attempt; null for a finding that has not been repaired yet.
    pub attempt: Option<RepairAttempt>,
    /// The state before: the `BEFORE` photos that were taken since the attempt before this one, or, when there are
    /// none, those that its pair had. Owners see those that are ready.
    pub before: PlannedList<Photo>,
    /// The state afterwards: the `AFTER` photos of the attempt. Owners see those that are ready.
    pub after: PlannedList<Photo>,
    /// Where the defect is on the plan.
    pub pin: Option<Pin>,
}

/// The pairs of a defect that the viewer has been shown; one statement for the photos of all defects of a list, one for
/// their attempts.
pub async fn of_defect(ctx: &Context<'_>, defect_id: DefectId, pin: Option<Pin>) -> ApiResult<Vec<DefectPhotoPair>> {
    let wanted = columns_of_parts::<Photo>(ctx, &["before", "after"]);
    let columns = wanted | Columns::of([Column::AttemptId, Column::OccurredAt]);
    let loaders = ctx.loaders();
    let photos = loaders.photo.of_defects.load_list((defect_id, columns));
    let (attempts, mut photos) = try_join(loaders.defect.attempts.load_list(defect_id), photos).await?;
    photos.retain(|photo| photo.0.state() != PhotoState::Withdrawn);
    let times: Vec<(AttemptId, Timestamp)> = attempts.iter().map(|a| (a.0.id, Timestamp(a.0.occurred_at))).collect();
    let taken = |Photo(row): &Photo| {
        Ok(Taken { stage: row.stage(), attempt_id: row.attempt_id()?, at: Timestamp(row.occurred_at()?) })
    };
    let rows = photos.iter().map(taken).collect::<ApiResult<Vec<Taken>>>()?;
    let some = |places: Vec<usize>| PlannedList(places.into_iter().filter_map(|n| photos.get(n).cloned()).collect());
    let pair = |Pair { attempt, before, after }| DefectPhotoPair {
        attempt: attempt.and_then(|n: usize| attempts.get(n).cloned()),
        before: some(before),
        after: some(after),
        pin,
    };
    Ok(pairs(&rows, &times).into_iter().map(pair).collect())
}
