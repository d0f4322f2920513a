//! What hangs on a defect: attempts with their verdicts, disputes, comments.

use async_graphql::{Context, Object};
use domain::defect::{AttemptStatus, CommentVisibility, DisputeGround, DisputeOutcome};
use domain::id::{AttemptId, CommentId};
use domain::{Party, Role};
use store::entity::{defect_comments, disputes, repair_attempts, verdicts};

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::photo::types::Photo;
use crate::plan::{ToMany, ToOne, by_id, planned};
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
    fn defect_id(&self) -> Uid {
        self.0.defect_id.into()
    }

    /// 1 for the first.
    fn number(&self) -> i32 {
        self.0.number
    }

    /// What became of it.
    fn status(&self) -> AttemptStatus {
        self.0.status
    }

    /// The company that did it. Staff only.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// Who reported it. Staff only.
    fn person(&self, ctx: &Context<'_>) -> ToOne<Person> {
        let staff = ctx.is_staff_of(self.0.project_id);
        ToOne::by(staff.then_some(self.0.person_id))
    }

    /// The description of the repair. Staff only.
    fn note(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.note.as_deref().filter(|_| ctx.is_staff_of(self.0.project_id))
    }

    /// Whether it came after the due time: by the device's time if the device was offline when it was done, that is if
    /// nothing was heard of it between `occurredAt` and this push, else by the server's. For owners after the due time
    /// that they read.
    fn late(&self, ctx: &Context<'_>) -> bool {
        if ctx.is_staff_of(self.0.project_id) { self.0.late } else { self.0.shown_late.unwrap_or(self.0.late) }
    }

    /// The after-photos.
    fn photos(&self) -> ToMany<AttemptId, Photo> {
        ToMany::by(self.0.id, |loaders| &loaders.photo.of_attempts)
    }

    /// The parties' verdicts.
    fn verdicts(&self) -> ToMany<AttemptId, Verdict> {
        ToMany::by(self.0.id, |loaders| &loaders.defect.verdicts)
    }

    /// When it was done, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// Whether the device's clock showed a time that cannot be, or none that can be read: `occurredAt` is then the
    /// server's.
    fn time_doubted(&self) -> bool {
        self.0.time_doubted
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
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
    fn defect_id(&self) -> Uid {
        self.0.defect_id.into()
    }

    /// Pass or fail.
    fn passed(&self) -> bool {
        self.0.passed
    }

    /// Whose it is.
    fn party(&self) -> Party {
        self.0.party
    }

    /// The role of who gave it.
    fn role(&self) -> Role {
        self.0.role
    }

    /// Who gave it; for owners only their own.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// The reason. Staff and its author only.
    fn note(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        let own = ctx.caller()?.person_id == self.0.person_id;
        Ok(self.0.note.as_deref().filter(|_| own || ctx.is_staff_of(self.0.project_id)))
    }

    /// When it was given, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
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
    fn defect_id(&self) -> Uid {
        self.0.defect_id.into()
    }

    /// The company that disputes.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// Who disputes.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// Not ours, or not a defect.
    fn ground(&self) -> DisputeGround {
        self.0.ground
    }

    /// In words.
    fn reason(&self) -> &str {
        &self.0.reason
    }

    /// When it was raised, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// How it was settled; null while it is not.
    fn resolution(&self) -> Option<DisputeOutcome> {
        self.0.resolution
    }

    /// Who settled it; null also when the finding was withdrawn, which ends its dispute.
    fn resolved_by(&self) -> ToOne<Person> {
        ToOne::by(self.0.resolved_by)
    }

    /// When it was settled.
    fn resolved_at(&self) -> Option<DateTime> {
        self.0.resolved_at.map(Into::into)
    }

    /// Why it was settled so.
    fn resolution_note(&self) -> Option<&str> {
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
    fn defect_id(&self) -> Uid {
        self.0.defect_id.into()
    }

    /// The text.
    fn body(&self) -> &str {
        &self.0.body
    }

    /// Who reads it.
    fn visibility(&self) -> CommentVisibility {
        self.0.visibility
    }

    /// The party of who wrote it.
    fn party(&self) -> Party {
        self.0.party
    }

    /// Who wrote it; for owners only themselves.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// When it was written, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }
}

by_id! {
    Comment: CommentId = change.comments;
}

planned! {
    RepairAttempt {
        "id" => value(|object| Uid::from(object.0.id));
        "defectId" => leaf(defect_id);
        "number" => leaf(number);
        "status" => leaf(status);
        "company" => one(company);
        "person" => one(person);
        "note" => leaf(note);
        "late" => leaf(late);
        "photos" => many(photos);
        "verdicts" => many(verdicts);
        "occurredAt" => leaf(occurred_at);
        "timeDoubted" => leaf(time_doubted);
        "recordedAt" => leaf(recorded_at);
    }
}

planned! {
    Verdict {
        "id" => value(|object| Uid::from(object.0.id));
        "defectId" => leaf(defect_id);
        "passed" => leaf(passed);
        "party" => leaf(party);
        "role" => leaf(role);
        "person" => one(person);
        "note" => leaf(note);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
    }
}

planned! {
    Dispute {
        "id" => value(|object| Uid::from(object.0.id));
        "defectId" => leaf(defect_id);
        "company" => one(company);
        "person" => one(person);
        "ground" => leaf(ground);
        "reason" => leaf(reason);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
        "resolution" => leaf(resolution);
        "resolvedBy" => one(resolved_by);
        "resolvedAt" => leaf(resolved_at);
        "resolutionNote" => leaf(resolution_note);
    }
}

planned! {
    Comment {
        "id" => value(|object| Uid::from(object.0.id));
        "defectId" => leaf(defect_id);
        "body" => leaf(body);
        "visibility" => leaf(visibility);
        "party" => leaf(party);
        "person" => one(person);
        "occurredAt" => leaf(occurred_at);
        "recordedAt" => leaf(recorded_at);
    }
}
