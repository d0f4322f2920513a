//! The content submitted for signing, as far as the caller may see it, and whether its hash is right.

use domain::id::{CompanyId, DefectId, InspectionId};
use std::collections::HashSet;
use store::boxed;

use domain::inspection::InspectionContent;
use domain::{Caller, Refusal, RefusalCode, Timestamp, VisibilityScope};
use sha2::{Digest, Sha256};

use super::super::InspectionRow;
use super::{form1, gather, shown};
use crate::App;
use crate::error::Result;

/// The content submitted for signing.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The content, as far as the caller may see it.
    pub content: InspectionContent,
    /// The form in which it was hashed.
    pub form: u32,
    /// The hash that the parties signed.
    pub content_hash: Vec<u8>,
    /// Exactly the text that was hashed, where it is known; only for staff who see all of it.
    pub text: Option<String>,
    /// Whether the hash is the hash of that text.
    pub verified: bool,
}

/// The submitted content of a unit inspection: the newest submission, or the one with this hash. None before the first
/// submission. For a submission of an earlier version, which kept only the hash, the content is made from the present
/// rows: verified as long as it still has the hash.
///
/// # Errors
/// `INVALID_VALUE` for a text that is no hash, or an internal error.
#[boxed]
pub async fn of_inspection(app: &App, caller: &Caller, id: InspectionId, hash: Option<&str>) -> Result<Option<Signed>> {
    let (conn, scope) = (app.db.read(), caller.visibility());
    let wrong = || Refusal::at(RefusalCode::InvalidValue, "contentHash").because("this is no hash", "哈希值无效");
    let hash = hash.map(|text| hex::decode(text).map_err(|_| wrong())).transpose()?;
    let Some(inspection) = store::inspections::find(conn, &scope, id).await? else { return Ok(None) };
    let staff = scope.is_staff_of(inspection.project_id);
    let complete = inspection.status.is_inspected();
    if !staff && !complete {
        return Ok(None);
    }
    let signed = match store::inspections::content(conn, id, hash.clone()).await? {
        Some(row) => Some(Signed {
            verified: Sha256::digest(row.content.as_bytes()).as_slice() == row.content_hash,
            content: if staff { serde_json::from_str(&row.content)? } else { shown::content(conn, &row).await? },
            form: u32::try_from(row.form).unwrap_or(0),
            content_hash: row.content_hash,
            text: Some(row.content),
        }),
        None => first_form(app, &scope, &inspection, hash).await?,
    };
    match signed {
        Some(signed) => Ok(Some(redact_for_scope(app, &scope, &inspection, signed).await?)),
        None => Ok(None),
    }
}

/// The content of a submission of an earlier version, made again from the stored rows.
async fn first_form(
    app: &App,
    scope: &VisibilityScope,
    inspection: &InspectionRow,
    wanted: Option<Vec<u8>>,
) -> Result<Option<Signed>> {
    let conn = app.db.read();
    let Some(content_hash) = inspection.content_hash.clone() else { return Ok(None) };
    if wanted.is_some_and(|wanted| wanted != content_hash) {
        return Ok(None);
    }
    let Some(round) = store::rounds::find(conn, scope, inspection.round_id).await? else { return Ok(None) };
    let bytes = form1::bytes(conn, inspection).await?;
    // If a row has changed since, the signed content is lost, and the answer says so.
    let verified = Sha256::digest(&bytes).as_slice() == content_hash;
    let taken_at = Timestamp(inspection.submitted_at.unwrap_or_default());
    let mut content = gather::gather(conn, inspection, &round, taken_at).await?;
    // The first form covers only the defects found in this inspection.
    content.defects.retain(|defect| defect.found_here);
    let text = String::from_utf8(bytes).map_err(crate::error::Error::internal)?;
    Ok(Some(Signed { content, form: 1, content_hash, text: Some(text).filter(|_| verified), verified }))
}

/// The content as the caller may see it: staff but contractors all of it; contractors what their own company recorded
/// and the defects that they see; owners without notes and companies.
async fn redact_for_scope(
    app: &App,
    scope: &VisibilityScope,
    inspection: &InspectionRow,
    mut signed: Signed,
) -> Result<Signed> {
    if scope.projects.contains(&inspection.project_id) {
        return Ok(signed);
    }
    signed.text = None;
    let content = &mut signed.content;
    let ids: Vec<DefectId> = content.defects.iter().map(|defect| defect.defect_id).collect();
    let seen = store::inspections::seen_defects(app.db.read(), scope, &ids).await?;
    let seen: HashSet<DefectId> = seen.into_iter().collect();
    content.defects.retain(|defect| seen.contains(&defect.defect_id));
    if scope.is_staff_of(inspection.project_id) {
        content.results.retain(|row| scope.own_companies.contains(&row.company.id));
        content.measurements.retain(|row| scope.own_companies.contains(&row.company.id));
        return Ok(signed);
    }
    let nobody = || domain::vocabulary::Named { id: CompanyId::nil(), name: String::new() };
    for result in &mut content.results {
        (result.note, result.company) = (None, nobody());
    }
    for measurement in &mut content.measurements {
        measurement.company = nobody();
    }
    for defect in &mut content.defects {
        defect.status = defect.shown_status.unwrap_or(defect.status);
        defect.photos.clear();
    }
    Ok(signed)
}
