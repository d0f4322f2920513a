//! What unit inspections still lack before they can be submitted.

use std::collections::{HashMap, HashSet};

use domain::Caller;
use domain::id::{ChecklistItemId, ChecklistVersionId, Id, InspectionId, RoomId, RoundId, UnitId};
use domain::inspection::missing::Answer;
use domain::inspection::{MissingItem, Question};
use store::Connection;
use store::boxed;
use store::entity::{check_results, checklist_items, rooms};
use store::inspections::FailedPlace;

use super::InspectionRow;
use crate::App;
use crate::error::Result;

/// The missing entries of each unit inspection, for staff; owners have none to make. Contractors see the missing
/// results of their own company only, because the results of others are not theirs to know.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn missing_items_of(
    app: &App,
    caller: &Caller,
    ids: &[InspectionId],
) -> Result<HashMap<InspectionId, Vec<MissingItem>>> {
    let conn = app.db.read();
    let scope = caller.visibility();
    let mut seen = store::inspections::by_ids(conn, &scope, ids).await?;
    seen.retain(|inspection| scope.is_staff_of(inspection.project_id));
    let round_ids: Vec<RoundId> = seen.iter().map(|inspection| inspection.round_id).collect();
    let rounds = store::rounds::by_ids(conn, &scope, &round_ids).await?;
    let versions: HashMap<RoundId, ChecklistVersionId> =
        rounds.into_iter().map(|round| (round.id, round.checklist_version_id)).collect();
    let ids: Vec<InspectionId> = seen.iter().map(|inspection| inspection.id).collect();
    let results = store::inspections::results_of(conn, &scope, &ids).await?;
    Ok(Gaps::load(conn, &seen, &versions, results).await?.missing_by_inspection(&seen, &versions))
}

/// What one unit inspection lacks, inside the transaction that submits it.
pub(super) async fn missing_items_of_one(
    conn: &Connection,
    inspection: &InspectionRow,
    version_id: ChecklistVersionId,
) -> Result<Vec<MissingItem>> {
    let one = std::slice::from_ref(inspection);
    let versions = HashMap::from([(inspection.round_id, version_id)]);
    let results = store::inspections::own_results(conn, &[inspection.id], None).await?;
    let mut all = Gaps::load(conn, one, &versions, results).await?.missing_by_inspection(one, &versions);
    Ok(all.remove(&inspection.id).unwrap_or_default())
}

/// All facts that decide which entries are missing, for several unit inspections, by one statement each.
struct Gaps {
    items: HashMap<ChecklistVersionId, Vec<checklist_items::Model>>,
    rooms: HashMap<UnitId, Vec<rooms::Model>>,
    results: HashMap<InspectionId, Vec<check_results::Model>>,
    places: HashMap<UnitId, Vec<FailedPlace>>,
}

impl Gaps {
    async fn load(
        conn: &Connection,
        inspections: &[InspectionRow],
        versions: &HashMap<RoundId, ChecklistVersionId>,
        results: Vec<check_results::Model>,
    ) -> Result<Self> {
        let version_ids: HashSet<ChecklistVersionId> = versions.values().copied().collect();
        let version_ids: Vec<ChecklistVersionId> = version_ids.into_iter().collect();
        let units: Vec<UnitId> = inspections.iter().map(|inspection| inspection.unit_id).collect();
        Ok(Self {
            items: grouped(store::checklists::items_of(conn, &version_ids).await?, |row| row.checklist_version_id),
            rooms: grouped(store::inspections::rooms_of(conn, &units).await?, |row| row.unit_id),
            results: grouped(results, |row| row.inspection_id),
            places: grouped(store::inspections::failed_places(conn, &units).await?, |row| row.unit_id),
        })
    }

    fn missing_by_inspection(
        &self,
        inspections: &[InspectionRow],
        versions: &HashMap<RoundId, ChecklistVersionId>,
    ) -> HashMap<InspectionId, Vec<MissingItem>> {
        let lack = |inspection: &InspectionRow| {
            let version = versions.get(&inspection.round_id).copied().unwrap_or_default();
            (inspection.id, self.missing_of(inspection, version))
        };
        inspections.iter().map(lack).collect()
    }

    fn missing_of(&self, inspection: &InspectionRow, version_id: ChecklistVersionId) -> Vec<MissingItem> {
        let items = self.items.get(&version_id).map_or(&[][..], Vec::as_slice);
        let rooms = self.rooms.get(&inspection.unit_id).map_or(&[][..], Vec::as_slice);
        let questions: Vec<Question> = rooms.iter().flat_map(|room| questions_of_room(room, items)).collect();
        let answers: Vec<Answer> =
            self.results.get(&inspection.id).into_iter().flatten().map(answer_of_result).collect();
        let places = self.places.get(&inspection.unit_id).map_or(&[][..], Vec::as_slice);
        let defects: Vec<(RoomId, ChecklistItemId)> = places
            .iter()
            // One that was found earlier and still lives explains the failed item as well as a new one would.
            .filter(|place| place.alive || place.inspection_id == Some(inspection.id))
            .filter_map(|place| Some((place.room_id?, place.check_item_id?)))
            .collect();
        domain::inspection::missing(&questions, &answers, &defects)
    }
}

/// The items that are looked at in a room.
fn questions_of_room(room: &rooms::Model, items: &[checklist_items::Model]) -> impl Iterator<Item = Question> {
    let asked = items.iter().filter(|item| item.room_type == room.room_type);
    asked.map(|item| Question { room_id: room.id, item_id: item.id, mandatory: item.mandatory })
}

fn answer_of_result(row: &check_results::Model) -> Answer {
    Answer { room_id: row.room_id, item_id: row.item_id, outcome: row.result }
}

/// Rows by a key, in their order.
fn grouped<I: Id, T>(rows: Vec<T>, key: impl Fn(&T) -> I) -> HashMap<I, Vec<T>> {
    let mut groups: HashMap<I, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}
