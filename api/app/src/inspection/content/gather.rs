//! Gathers the content of a unit inspection with the names that people read.

use std::collections::HashMap;

use domain::Timestamp;
use domain::defect::number_text;
use domain::id::{ChecklistItemId, CompanyId, DefectId, RoomId, UnitId};
use domain::inspection::InspectionContent;
use domain::inspection::content::{ContentDefect, ContentItem, ContentMeasurement, ContentResult, ContentRound, FORM};
use domain::taxonomy::TermKind;
use domain::vocabulary::{Named, Words};
use store::Connection;
use store::entity::{check_results, measurements, rounds};

use super::super::InspectionRow;
use super::super::lineage::{is_shown, outcome_of};
use crate::defect::DefectRow;
use crate::error::{Error, Result};
use crate::round::read::required_parties;

/// The inspection as its page shows it now.
pub(super) async fn gather(
    conn: &Connection,
    inspection: &InspectionRow,
    round: &rounds::Model,
    now: Timestamp,
) -> Result<InspectionContent> {
    let ids = [inspection.id];
    let mut defects = store::lineage::defects(conn, &[inspection.unit_id]).await?;
    defects.retain(|defect| is_shown(defect, inspection, round));
    let names = Names::load(conn, inspection, round, &defects).await?;
    let results = store::inspections::own_results(conn, &ids, None).await?;
    let measured = store::inspections::own_measurements(conn, &ids, None).await?;
    let mut photos = photos_of(conn, &defects).await?;
    let content = InspectionContent {
        form: FORM,
        inspection_id: inspection.id,
        submission_no: inspection.submission_no,
        taken_at: now.to_rfc3339(),
        round: ContentRound {
            id: round.id,
            number: round.number,
            name: round.name.clone(),
            stage: names.term(TermKind::Stage, &round.stage),
            required_parties: required_parties(round)?,
        },
        unit: names.unit.clone(),
        results: results.into_iter().map(|row| names.result(row)).collect(),
        measurements: measured.into_iter().map(|row| names.measurement(row)).collect::<Result<_>>()?,
        defects: defects
            .into_iter()
            .map(|row| {
                let photos = photos.remove(&row.id).unwrap_or_default();
                names.defect(row, inspection, round, photos)
            })
            .collect(),
    };
    Ok(content.sorted())
}

async fn photos_of(conn: &Connection, defects: &[DefectRow]) -> Result<HashMap<DefectId, Vec<String>>> {
    let ids: Vec<DefectId> = defects.iter().map(|defect| defect.id).collect();
    let mut photos: HashMap<DefectId, Vec<String>> = HashMap::new();
    for (defect_id, sha256) in store::inspections::photo_hashes_of(conn, &ids).await? {
        photos.entry(defect_id).or_default().push(hex::encode(sha256));
    }
    Ok(photos)
}

/// The names that stand beside ids and codes.
struct Names {
    unit: Named<UnitId>,
    rooms: HashMap<RoomId, String>,
    items: HashMap<ChecklistItemId, Words>,
    companies: HashMap<CompanyId, String>,
    rules: HashMap<String, Words>,
    terms: HashMap<(TermKind, String), Words>,
    types: HashMap<String, Words>,
}

impl Names {
    async fn load(
        conn: &Connection,
        inspection: &InspectionRow,
        round: &rounds::Model,
        defects: &[DefectRow],
    ) -> Result<Self> {
        let project_id = inspection.project_id;
        let unit = store::units::load(conn, inspection.unit_id).await?;
        let unit = unit.ok_or_else(|| Error::internal("a unit inspection refers to a unit that is not there"))?;
        let rooms = store::inspections::rooms_of(conn, &[inspection.unit_id]).await?;
        let items = store::checklists::items_of(conn, &[round.checklist_version_id]).await?;
        let companies = store::inspections::companies(conn, project_id).await?;
        let rules = store::checklists::rules_in(conn, project_id).await?;
        let kinds = [TermKind::Stage, TermKind::Part];
        let terms = store::inspections::terms(conn, project_id, &kinds).await?;
        let codes: Vec<String> = defects.iter().map(|defect| defect.type_code.clone()).collect();
        let types = store::inspections::defect_types(conn, project_id, &codes).await?;
        let words = |code: String, zh: String, en: String| Words { code, zh, en };
        Ok(Self {
            unit: Named { id: unit.id, name: unit.code },
            rooms: rooms.into_iter().map(|row| (row.id, row.name)).collect(),
            items: items.into_iter().map(|row| (row.id, words(row.code, row.zh, row.en))).collect(),
            companies: companies.into_iter().map(|row| (row.id, row.name)).collect(),
            rules: rules.into_iter().map(|row| (row.code.clone(), words(row.code, row.zh, row.en))).collect(),
            terms: terms
                .into_iter()
                .map(|row| ((row.kind, row.code.clone()), words(row.code, row.zh, row.en)))
                .collect(),
            types: types.into_iter().map(|row| (row.code.clone(), words(row.code, row.zh, row.en))).collect(),
        })
    }

    fn term(&self, kind: TermKind, code: &str) -> Words {
        known(self.terms.get(&(kind, code.to_owned())), code)
    }

    fn room(&self, id: RoomId) -> Named<RoomId> {
        Named { id, name: self.rooms.get(&id).cloned().unwrap_or_default() }
    }

    fn company(&self, id: CompanyId) -> Named<CompanyId> {
        Named { id, name: self.companies.get(&id).cloned().unwrap_or_default() }
    }

    fn item(&self, id: ChecklistItemId) -> ContentItem {
        ContentItem { id, words: known(self.items.get(&id), "") }
    }

    fn result(&self, row: check_results::Model) -> ContentResult {
        ContentResult {
            room: self.room(row.room_id),
            item: self.item(row.item_id),
            company: self.company(row.company_id),
            party: row.party,
            outcome: row.result,
            note: row.note,
        }
    }

    fn measurement(&self, row: measurements::Model) -> Result<ContentMeasurement> {
        Ok(ContentMeasurement {
            room: self.room(row.room_id),
            item: self.item(row.item_id),
            company: self.company(row.company_id),
            party: row.party,
            rule: known(self.rules.get(&row.rule_code), &row.rule_code),
            design: row.design,
            readings: serde_json::from_value(row.readings)?,
            out_of_tolerance: row.out_of_tolerance,
        })
    }

    fn defect(
        &self,
        row: DefectRow,
        inspection: &InspectionRow,
        round: &rounds::Model,
        photos: Vec<String>,
    ) -> ContentDefect {
        let reopened_count = u32::try_from(row.reopened_count).unwrap_or(0);
        ContentDefect {
            number: number_text(row.number),
            defect_id: row.id,
            found_here: row.inspection_id == Some(inspection.id),
            outcome: outcome_of(&row, row.status, reopened_count, round),
            room: row.room_id.map(|room_id| self.room(room_id)),
            part: self.term(TermKind::Part, &row.part),
            kind: known(self.types.get(&row.type_code), &row.type_code),
            severity: row.severity,
            description: row.description,
            status: row.status,
            shown_status: Some(row.shown_status),
            photos,
        }
    }
}

/// The words of a code; one that the vocabulary no longer has stands for itself.
fn known(words: Option<&Words>, code: &str) -> Words {
    let itself = || Words { code: code.to_owned(), zh: code.to_owned(), en: code.to_owned() };
    words.cloned().unwrap_or_else(itself)
}
