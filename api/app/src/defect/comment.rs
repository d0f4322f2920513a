//! Comments: for the own company, for all staff who see the defect, or for the owner too.

use domain::change::ChangeAudience;
use domain::defect::{CommentVisibility, DefectCommand};
use domain::object_kind::ObjectKind;
use domain::quota::Quota;
use domain::text::{NOTE_LIMIT, required};
use domain::{Party, Refusal, RefusalCode};
use serde_json::json;
use store::entity::defect_comments;
use uuid::Uuid;

use super::DefectRow;
use super::case::Case;
use super::read::seen_by;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::work::Happening;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The defect.
    pub header: CommandHeader,
    /// The comment's id, made by the client.
    pub comment_id: Uuid,
    /// Who reads it; owners always write for everybody.
    pub visibility: CommentVisibility,
    /// The text.
    pub body: String,
}

/// Writes a comment. The defect itself does not change: its version stays.
///
/// # Errors
/// The rule's refusal, or a fault of ours.
pub async fn comment(ctx: Context<'_>, input: Comment) -> Result<DefectRow> {
    let body = required(&input.body, NOTE_LIMIT, "body")?;
    let mut case = Case::open(ctx, input.header).await?;
    let content = json!({ "visibility": input.visibility, "body": body });
    if let Some(done) = case.claim(input.comment_id, ObjectKind::Comment, "commentId", &content).await? {
        return Ok(done);
    }
    case.permit(DefectCommand::Comment)?;
    if case.actor.party() == Party::Customer && input.visibility != CommentVisibility::Owner {
        return Err(Refusal::at(RefusalCode::RoleNotAllowed, "visibility").into());
    }
    let row = defect_comments::Model {
        id: input.comment_id,
        project_id: case.defect.project_id,
        defect_id: case.defect.id,
        person_id: case.actor.person_id,
        company_id: case.actor.company_id(),
        party: case.actor.party().as_str().to_owned(),
        visibility: input.visibility.as_str().to_owned(),
        body,
        occurred_at: case.occurred_at.0,
        recorded_at: case.work.now.0,
    };
    store::defects::insert_comment(&case.work.tx, row).await?;
    case.work.charge(&case.project, &case.actor, &[(Quota::Comments, 1)]).await?;
    let unit_id = Some(case.defect.unit_id);
    case.work.event(Happening {
        unit_id,
        defect_id: Some(case.defect.id),
        visible_to: domain::event::of_comment(input.visibility),
        // The text stays in the comment: an event is never a way around who may read it.
        data: json!({ "commentId": input.comment_id }),
        ..Happening::new(DefectCommand::Comment.event(), ObjectKind::Comment, input.comment_id, case.occurred_at)
    });
    // The comment is an object of its own, which comes to those who may read it; that the defect looked different would
    // tell everybody else when a company talks among itself, and the owner when the staff does.
    match input.visibility {
        CommentVisibility::Internal => {}
        CommentVisibility::Shared => {
            case.work.changed_for(ChangeAudience::Staff, ObjectKind::Defect, case.defect.id, unit_id);
        }
        CommentVisibility::Owner => case.work.changed(ObjectKind::Defect, case.defect.id, unit_id),
    }
    case.work.commit().await?;
    Ok(seen_by(ctx.caller, case.defect))
}
