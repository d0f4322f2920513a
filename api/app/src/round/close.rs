//! Close a round: its records stand as they are, and its lineage is frozen.

use domain::Caller;
use domain::round::RoundCommand;
use serde_json::{Map, Value, json};

use super::RoundRow;
use super::command::{Case, Head};
use crate::App;
use crate::error::Result;
use crate::inspection::lineage::freeze;

/// Closes an open round. The event keeps how far its unit inspections had come.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn close(app: &App, caller: &Caller, head: Head) -> Result<RoundRow> {
    let mut case = Case::open(app, caller, head, RoundCommand::Close).await?;
    case.round.closed_at = Some(case.work.now.0);
    let counts = store::inspections::counts_of(&case.work.tx, &caller.sight(), &[case.round.id]).await?;
    let counts: Map<String, Value> = counts.into_iter().map(|(_, status, count)| (status, json!(count))).collect();
    freeze(&case.work.tx, &mut case.round, case.work.now).await?;
    case.finish(json!({ "inspections": counts })).await
}
