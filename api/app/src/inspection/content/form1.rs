//! The first form of signed content, made again from the stored rows: submissions of earlier versions kept only its
//! hash.

use std::collections::HashMap;

use domain::id::DefectId;
use domain::inspection::content::form1::{SignedContent, SignedDefect, SignedMeasurement, SignedResult};
use store::Connection;
use store::entity::{check_results, defects, measurements};

use super::super::InspectionRow;
use crate::error::Result;

/// The bytes of what a unit inspection holds now, in the first form.
pub(super) async fn bytes(conn: &Connection, inspection: &InspectionRow) -> Result<Vec<u8>> {
    let mut content =
        SignedContent::new(inspection.id, inspection.round_id, inspection.unit_id, inspection.submission_no);
    let ids = [inspection.id];
    let results = store::inspections::own_results(conn, &ids, None).await?;
    content.results = results.into_iter().map(result).collect();
    let measured = store::inspections::own_measurements(conn, &ids, None).await?;
    content.measurements = measured.into_iter().map(measurement).collect::<Result<_>>()?;
    let found = store::inspections::found_in(conn, inspection.id).await?;
    let defect_ids: Vec<DefectId> = found.iter().map(|defect| defect.id).collect();
    let mut photos: HashMap<DefectId, Vec<String>> = HashMap::new();
    for (defect_id, sha256) in store::inspections::photo_hashes_of(conn, &defect_ids).await? {
        photos.entry(defect_id).or_default().push(hex::encode(sha256));
    }
    let with_photos = |row: defects::Model| {
        let photos = photos.remove(&row.id).unwrap_or_default();
        defect(row, photos)
    };
    content.defects = found.into_iter().map(with_photos).collect();
    Ok(content.canonical()?)
}

fn result(row: check_results::Model) -> SignedResult {
    SignedResult {
        room_id: row.room_id,
        item_id: row.item_id,
        company_id: row.company_id,
        party: row.party,
        outcome: row.result,
        note: row.note,
    }
}

fn measurement(row: measurements::Model) -> Result<SignedMeasurement> {
    Ok(SignedMeasurement {
        room_id: row.room_id,
        item_id: row.item_id,
        company_id: row.company_id,
        party: row.party,
        rule_code: row.rule_code,
        design: row.design,
        readings: serde_json::from_value(row.readings)?,
        out_of_tolerance: row.out_of_tolerance,
    })
}

fn defect(row: defects::Model, photos: Vec<String>) -> SignedDefect {
    SignedDefect {
        number: row.number,
        defect_id: row.id,
        room_id: row.room_id,
        part: row.part,
        type_code: row.type_code,
        severity: row.severity,
        description: row.description,
        status: row.status,
        photos,
    }
}
