//! Comments: for the own company, for all staff who see the defect, or for the owner too.

use domain::change::ChangeAudience;
use domain::defect::{CommentVisibility, DefectCommand};
use domain::id::{CommentId, DefectId};
use domain::object_kind::ObjectKind;
use domain::quota::Quota;
use domain::text::{NOTE_LIMIT, required};
use domain::{Party, Refusal, RefusalCode};
use serde_json::json;
use store::entity::defect_comments;

use super::DefectRow;
use super::command_context::DefectCommandContext;
use crate::context::Context;
use crate::error::Result;
use crate::input::CommandHeader;
use crate::redacted::Redacted;
use crate::unit_of_work::NewEvent;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The defect.
    pub header: CommandHeader<DefectId>,
    /// The comment's id, made by the client.
    pub comment_id: CommentId,
    /// Who reads it; owners always write for everybody.
    pub visibility: CommentVisibility,
    /// The text.
    pub body: String,
}

/// Writes a comment. The defect itself does not change: its version stays.
///
/// # Errors
/// The rule's refusal, or an internal error.
pub async fn comment(ctx: Context<'_>, input: Comment) -> Result<Redacted<DefectRow>> {
    let body = required(&input.body, NOTE_LIMIT, "body")?;
    let mut command = DefectCommandContext::open(ctx, input.header).await?;
    let content = json!({ "visibility": input.visibility, "body": body });
    if let Some(done) = command.reserve_client_id(input.comment_id, ObjectKind::Comment, "commentId", &content).await? {
        return Ok(done);
    }
    command.permit(DefectCommand::Comment)?;
    if command.actor.party() == Party::Customer && input.visibility != CommentVisibility::Owner {
        return Err(Refusal::at(RefusalCode::RoleNotAllowed, "visibility").into());
    }
    let row = defect_comments::Model {
        id: input.comment_id,
        project_id: command.defect.project_id,
        defect_id: command.defect.id,
        person_id: command.actor.person_id,
        company_id: command.actor.company_id(),
        party: command.actor.party(),
        visibility: input.visibility,
        body,
        occurred_at: command.occurred_at.0,
        recorded_at: command.work.now.0,
    };
    store::defects::insert_comment(&command.work.tx, row).await?;
    command.work.charge(&command.project, &command.actor, &[(Quota::Comments, 1)]).await?;
    let unit_id = Some(command.defect.unit_id);
    command.work.add_event(NewEvent {
        unit_id,
        defect_id: Some(command.defect.id),
        visible_to: domain::event::of_comment(input.visibility),
        // The text stays in the comment: an event is never a way around who may read it.
        data: json!({ "commentId": input.comment_id }),
        ..NewEvent::new(DefectCommand::Comment.event(), ObjectKind::Comment, input.comment_id, command.occurred_at)
    });
    // The comment is an object of its own, which comes to those who may read it; that the defect looked different would
    // tell everybody else when a company talks among itself, and the owner when the staff does.
    match input.visibility {
        CommentVisibility::Internal => {}
        CommentVisibility::Shared => {
            command.work.mark_changed_for(ChangeAudience::Staff, ObjectKind::Defect, command.defect.id, unit_id);
        }
        CommentVisibility::Owner => command.work.mark_changed(ObjectKind::Defect, command.defect.id, unit_id),
    }
    command.work.commit().await?;
    Ok(Redacted::of(ctx.caller, command.defect))
}
