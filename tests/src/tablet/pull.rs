//! Pulls changes page by page; each page and its cursor are one transaction.

use serde_json::{Value, json};

use super::Tablet;
use super::documents::CHANGES;
use super::error::TabletError;
use super::local::{Change, Page, Place};
use super::wire::Wire;

/// The number of changes on a page.
const PAGE: usize = 500;

/// The result of a pull.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pulled {
    /// The number of written changes.
    pub changes: usize,
    /// The number of journal operations that are offered again, because the server was restored from an older backup:
    /// push them.
    pub offered_again: u64,
    /// The person has no role in the project any more, and the copy was deleted.
    pub no_standing: bool,
}

impl<W: Wire> Tablet<W> {
    /// Updates the copy.
    ///
    /// # Errors
    /// The failure. Written pages stay, and the next call continues after them.
    pub async fn pull(&self) -> Result<Pulled, TabletError> {
        let (mut pulled, mut rows) = (Pulled::default(), PAGE);
        loop {
            let place = self.local.place(self.session.person_id(), self.project_id).await?;
            let answer = match self.retry_policy.retry(|| self.page(&place, rows)).await {
                // Fewer changes with long texts fit into one answer.
                Err(TabletError::TooLarge) if rows > 1 => {
                    rows = rows.div_ceil(4);
                    continue;
                }
                answer => answer?,
            };
            rows = PAGE;
            if answer.is_null() {
                self.local.drop_copy(&place).await?;
                return Ok(Pulled { no_standing: true, ..pulled });
            }
            if answer["resetRequired"] == json!(true) {
                // The journal comes first, because after a crash in between the same answer comes again.
                if answer["resetReason"] == json!("RESTORED") {
                    pulled.offered_again += self.local.offer_again(self.project_id).await?;
                }
                self.local.begin_anew(&place).await?;
                continue;
            }
            let page = page(&answer);
            self.local.apply(&place, &page).await?;
            pulled.changes += page.changes.len();
            if !page.has_more {
                return Ok(pulled);
            }
        }
    }

    async fn page(&self, place: &Place, rows: usize) -> Result<Value, TabletError> {
        let mut variables = json!({ "projectId": self.project_id, "cursor": place.cursor, "first": rows });
        if let Some(filter) = &place.filter {
            variables["filter"] = filter.clone();
        }
        Ok(self.session.ask(CHANGES, variables).await?["changes"].clone())
    }
}

/// A page as the server answers it.
#[must_use]
pub fn page(answer: &Value) -> Page {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let changes = answer["nodes"].as_array().into_iter().flatten().map(|node| Change {
        seq: node["seq"].as_i64().unwrap_or_default(),
        kind: text(&node["kind"]).unwrap_or_default(),
        id: text(&node["id"]).unwrap_or_default(),
        unit_id: text(&node["unitId"]),
        defect_id: text(&node["defectId"]),
        object: Some(&node["object"]).filter(|object| object.is_object()).cloned(),
    });
    Page { changes: changes.collect(), cursor: text(&answer["cursor"]), has_more: answer["hasMore"] == json!(true) }
}
