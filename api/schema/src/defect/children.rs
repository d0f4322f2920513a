//! What hangs on a defect: attempts with their verdicts, disputes, comments.

use async_graphql::{Context, Object};
use domain::defect::{AttemptStatus, CommentVisibility, DisputeGround, DisputeOutcome};
use domain::{Party, Role};
use store::entity::{defect_comments, disputes, repair_attempts, verdicts};

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::photo::types::Photo;
use crate::project::types::{Company, Person, row_type};
use crate::scalars::{DateTime, Uid};

row_type! {
    /// A repair attempt: the repair, with after-photos, and the verdicts of the parties.
    RepairAttempt(repair_attempts::Model);
    /// One party's verdict on an attempt. Never overwritten.
    Verdict(verdicts::Model);
    /// A contractor's dispute and how the developer settled it. Staff only.
    Dispute(disputes::Model);
    /// A comment.
    Comment(defect_comments::Model);
}

#[Object(use_type_description)]
impl RepairAttempt {
    /// The attempt's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The defect that it hangs on.
    async fn defect_id(&self) -> Uid {
        self.0.defect_id.into()
    }

    /// 1 for the first.
    async fn number(&self) -> i32 {
        self.0.number
    }

    /// What became of it.
    async fn status(&self) -> AttemptStatus {
        self.0.status
    }

    /// The company that did it. Staff only.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load(self.0.company_id).await
    }

    /// Who reported it. Staff only.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        if !ctx.is_staff_of(self.0.project_id) {
            return Ok(None);
        }
        ctx.loaders().project.people.load(self.0.person_id).await
    }

    /// The description of the repair. Staff only.
    async fn note(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.note.as_deref().filter(|_| ctx.is_staff_of(self.0.project_id))
    }

    /// Whether it came after the due time: by the device's time if the device was offline when it was done, that is if
    /// nothing was heard of it between `occurredAt` and this push, else by the server's. For owners after the due time
    /// that they read.
    async fn late(&self, ctx: &Context<'_>) -> bool {
        if ctx.is_staff_of(self.0.project_id) { self.0.late } else { self.0.shown_late.unwrap_or(self.0.late) }
    }

    /// The after-photos.
    async fn photos(&self, ctx: &Context<'_>) -> ApiResult<Vec<Photo>> {
        ctx.loaders().photo.of_attempts.load_list(self.0.id).await
    }

    /// The parties' verdicts.
    async fn verdicts(&self, ctx: &Context<'_>) -> ApiResult<Vec<Verdict>> {
        ctx.loaders().defect.verdicts.load_list(self.0.id).await
    }

    /// When it was done, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// Whether the device's clock showed a time that cannot be, or none that can be read: `occurredAt` is then the
    /// server's.
    async fn time_doubted(&self) -> bool {
        self.0.time_doubted
    }

    /// When the server got it.
    async fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }
}

#[Object(use_type_description)]
impl Verdict {
    /// The verdict's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The defect that it hangs on.
    async fn defect_id(&self) -> Uid {
        self.0.defect_id.into()
    }

    /// Pass or fail.
    async fn passed(&self) -> bool {
        self.0.passed
    }

    /// Whose it is.
    async fn party(&self) -> Party {
        self.0.party
    }

    /// The role of who gave it.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// Who gave it; for owners only their own.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load(self.0.person_id).await
    }

    /// The reason. Staff and its author only.
    async fn note(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        let own = ctx.caller()?.person_id == self.0.person_id;
        Ok(self.0.note.as_deref().filter(|_| own || ctx.is_staff_of(self.0.project_id)))
    }

    /// When it was given, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    async fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }
}

#[Object(use_type_description)]
impl Dispute {
    /// The dispute's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The defect that it hangs on.
    async fn defect_id(&self) -> Uid {
        self.0.defect_id.into()
    }

    /// The company that disputes.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load(self.0.company_id).await
    }

    /// Who disputes.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load(self.0.person_id).await
    }

    /// Not ours, or not a defect.
    async fn ground(&self) -> DisputeGround {
        self.0.ground
    }

    /// In words.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// When it was raised, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    async fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// How it was settled; null while it is not.
    async fn resolution(&self) -> Option<DisputeOutcome> {
        self.0.resolution
    }

    /// Who settled it; null also when the finding was withdrawn, which ends its dispute.
    async fn resolved_by(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load_optional(self.0.resolved_by).await
    }

    /// When it was settled.
    async fn resolved_at(&self) -> Option<DateTime> {
        self.0.resolved_at.map(Into::into)
    }

    /// Why it was settled so.
    async fn resolution_note(&self) -> Option<&str> {
        self.0.resolution_note.as_deref()
    }
}

#[Object(use_type_description)]
impl Comment {
    /// The comment's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The defect that it hangs on.
    async fn defect_id(&self) -> Uid {
        self.0.defect_id.into()
    }

    /// The text.
    async fn body(&self) -> &str {
        &self.0.body
    }

    /// Who reads it.
    async fn visibility(&self) -> CommentVisibility {
        self.0.visibility
    }

    /// The party of who wrote it.
    async fn party(&self) -> Party {
        self.0.party
    }

    /// Who wrote it; for owners only themselves.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load(self.0.person_id).await
    }

    /// When it was written, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    async fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }
}
