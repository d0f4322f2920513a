//! Report repair attempt n, with after-photos.

use domain::defect::transition::Step;
use domain::defect::{AttemptStatus, DefectCommand};
use domain::id::{AttemptId, DefectId, PhotoId};
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::{Refusal, RefusalCode};
use serde::Serialize;
use serde_json::json;
use store::entity::repair_attempts;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::redacted::Redacted;

/// Most after-photos of one attempt.
const PHOTO_LIMIT: usize = 50;

/// A reported repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportFixed {
    /// The defect.
    pub header: CommandHeader<DefectId>,
    /// The attempt's id, made by the client.
    pub attempt_id: AttemptId,
    /// A description of the repair.
    pub note: Option<String>,
    /// After-photos, declared for this defect before.
    pub photo_ids: Vec<PhotoId>,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(rename = "note")]
    note: &'a Option<String>,
    #[serde(rename = "photo_ids")]
    photo_ids: &'a [PhotoId],
}

/// Reports a repair attempt: the clock stops until it is judged.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn report_fixed(ctx: Context<'_>, input: ReportFixed) -> Result<Redacted<DefectRow>> {
    let note = optional(input.note.as_deref(), NOTE_LIMIT, "note")?;
    if input.photo_ids.len() > PHOTO_LIMIT {
        return Err(Refusal::at(RefusalCode::TooMany, "photoIds").with("limit", PHOTO_LIMIT).into());
    }
    let mut command = DefectCommandContext::open(ctx, input.header).await?;
    let content = Content { note: &note, photo_ids: &input.photo_ids };
    if let Some(done) =
        command.reserve_client_id(input.attempt_id, ObjectKind::RepairAttempt, "attemptId", &content).await?
    {
        return Ok(done);
    }
    command.permit(DefectCommand::ReportFixed)?;
    command.not_before_attempt();
    if command.project.policy.after_photo_required && input.photo_ids.is_empty() {
        return Err(Refusal::at(RefusalCode::PhotoRequired, "photoIds").into());
    }
    let attempt = command.attempt_row(&input, note.clone())?;
    let (attempt_id, number, late) = (attempt.id, attempt.number, attempt.late);
    store::defects::insert_attempt(&command.work.tx, attempt).await?;
    command.attach_photos(&input.photo_ids, attempt_id).await?;

    command.apply(Step::ReportFixed).await?;
    command.defect.attempt_count = number;
    command.defect.fixed_at = Some(command.occurred_at.0);
    command.work.mark_changed(ObjectKind::RepairAttempt, attempt_id, Some(command.defect.unit_id));
    let data = json!({ "attemptId": attempt_id, "number": number, "late": late, "photos": input.photo_ids.len() });
    command.finish(DefectCommand::ReportFixed, note, data).await
}

impl DefectCommandContext {
    fn attempt_row(&self, input: &ReportFixed, note: Option<String>) -> Result<repair_attempts::Model> {
        let company_id = self.actor.company_id().ok_or(RefusalCode::NotResponsible)?;
        // A repair reported from a basement counts when it was done.
        let judged_at = self.work.lateness_time(self.occurred_at);
        let is_late = |due_at: Option<i64>| due_at.is_some_and(|due| due < judged_at.0);
        Ok(repair_attempts::Model {
            id: input.attempt_id,
            project_id: self.defect.project_id,
            defect_id: self.defect.id,
            number: self.defect.attempt_count + 1,
            company_id,
            person_id: self.actor.person_id,
            note,
            status: AttemptStatus::Pending,
            occurred_at: self.occurred_at.0,
            recorded_at: self.work.now.0,
            late: is_late(self.defect.due_at),
            time_doubted: self.work.is_time_doubted(),
            shown_late: Some(is_late(self.defect.shown_due_at)),
        })
    }

    /// Makes declared photos of this defect the attempt's after-photos.
    async fn attach_photos(&mut self, photo_ids: &[PhotoId], attempt_id: AttemptId) -> Result<()> {
        let mut distinct = photo_ids.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let taken = store::photos::attach_to_attempt(&self.work.tx, self.defect.id, attempt_id, &distinct).await?;
        if taken != distinct.len() as u64 {
            return Err(Refusal::at(RefusalCode::PhotoUnusable, "photoIds").into());
        }
        for photo_id in distinct {
            self.work.mark_changed(ObjectKind::Photo, photo_id, Some(self.defect.unit_id));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::command_context::content_on;
    use super::*;
    use crate::fingerprint::canonical;

    /// As [`crate::fingerprint`] pins the other contents.
    #[test]
    fn the_content_of_a_report_keeps_its_names() {
        let (defect_id, photo_id) = (DefectId::from_u128(1), PhotoId::from_u128(2));
        for (note, photo_ids, content) in [
            (
                Some("filled".to_owned()),
                vec![photo_id],
                r#"{"note":"filled","photo_ids":["00000000-0000-0000-0000-000000000002"]}"#,
            ),
            (None, Vec::new(), r#"{"note":null,"photo_ids":[]}"#),
        ] {
            let written = canonical(&content_on(defect_id, &Content { note: &note, photo_ids: &photo_ids }));
            let expected = r#"{"content":@,"defectId":"00000000-0000-0000-0000-000000000001"}"#.replace('@', content);
            assert_eq!(written.expect("JSON"), expected);
        }
    }
}
