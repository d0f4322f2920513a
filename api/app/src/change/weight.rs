//! How much of a page of changes fits into one answer: an inspection comes with all of its results, a page of hundreds
//! of inspections would be tens of megabytes.

use domain::object_kind::ObjectKind;
use store::changes::ChangeRow;

use crate::App;
use crate::error::Result;

/// Results and measurements that the inspections of one page may have together.
const MOST_RECORDS: u64 = 10_000;
/// So few inspections fit in any case, and nothing is counted.
const FEW: usize = 10;

/// How many of the changes, from the first on, fit into one answer; one at least.
///
/// # Errors
/// When the database fails.
pub(super) async fn fitting(app: &App, rows: &[ChangeRow]) -> Result<usize> {
    let is_inspection = |row: &&ChangeRow| !row.deleted && row.object_kind == ObjectKind::UnitInspection.as_str();
    let ids: Vec<_> = rows.iter().filter(is_inspection).map(|row| row.object_id.into()).collect();
    if ids.len() <= FEW {
        return Ok(rows.len());
    }
    let records = store::inspections::record_counts(app.db.read(), &ids).await?;
    let mut sum = 0_u64;
    let over = rows.iter().position(|row| {
        sum = sum.saturating_add(records.get(&row.object_id.into()).copied().unwrap_or(0));
        sum > MOST_RECORDS
    });
    Ok(over.map_or(rows.len(), |at| at.max(1)))
}
