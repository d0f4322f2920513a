//! What became of operations, and edits that wait.

mod plan;

use app::operation::{FieldConflict, OperationOutcome, UNREADABLE};
use app::sync::Answer;
use app::sync::resolve;
use async_graphql::{Context, ID, Json, Object, SimpleObject};
use domain::defect::CommentVisibility;
use domain::id::PendingEditId;
use domain::object_kind::ObjectKind;
use domain::sync::{PendingEditCommand, PendingEditReason, PendingEditState, SyncOutcome};
use domain::{Language, Refusal};
use store::entity::{operations, pending_edits};
use uuid::Uuid;

use crate::context::ContextExt;
use crate::error::{ApiError, ApiResult};
use crate::event::Event;
use crate::node::{Node, load};
use crate::payload::UserError;
use crate::plan::{ToMany, ToOne};
use crate::project::types::{Company, Person, row_type};
use crate::scalars::{DateTime, Uid};

row_type! {
    /// Work of a device that could not be done as it was, for others had changed the same, or it had moved on, or the
    /// right was lost meanwhile. Kept until a person settles it. Its author sees it, and who may settle it.
    PendingEdit(pending_edits::Model);
    /// An operation of the viewer, with its answer.
    SyncOperation(operations::Model);
}

/// A value that the device and another person both changed.
#[derive(Clone)]
pub struct SyncConflict(FieldConflict);

/// A value that the device and another person both changed.
#[Object]
impl SyncConflict {
    /// The field, by its name in the command's input.
    fn field(&self) -> &str {
        &self.0.field
    }

    /// The device's value.
    fn yours(&self) -> Json<&serde_json::Value> {
        Json(&self.0.yours)
    }

    /// The value that stands.
    fn theirs(&self) -> Json<&serde_json::Value> {
        Json(&self.0.theirs)
    }

    /// When that was written.
    fn changed_at(&self) -> Option<DateTime> {
        self.0.changed_at.map(DateTime)
    }

    /// The person who changed it, as far as the viewer may know.
    fn changed_by(&self) -> ToOne<Person> {
        ToOne::by(self.0.changed_by)
    }
}

fn conflicts(kept: &OperationOutcome) -> Vec<SyncConflict> {
    kept.conflicts.iter().cloned().map(SyncConflict).collect()
}

fn errors(refusals: &[Refusal], language: Language) -> Vec<UserError> {
    refusals.iter().map(|refusal| UserError::new(refusal, language)).collect()
}

fn kept(answer: &serde_json::Value) -> ApiResult<OperationOutcome> {
    serde_json::from_value(answer.clone()).map_err(ApiError::internal)
}

/// What became of one operation.
pub struct SyncResult {
    pub(super) operation_id: ID,
    pub(super) answer: Answer,
}

/// What became of one operation.
#[Object]
impl SyncResult {
    /// The operation's id as it was sent.
    fn operation_id(&self) -> &ID {
        &self.operation_id
    }

    /// What became of it.
    fn outcome(&self) -> SyncOutcome {
        self.answer.outcome
    }

    /// The kind of the object that it was about.
    fn object_kind(&self) -> Option<ObjectKind> {
        self.answer.object.map(|(kind, _)| kind)
    }

    /// The object that it was about.
    fn object_id(&self) -> Option<Uid> {
        self.answer.object.map(|(_, id)| Uid(id))
    }

    /// That object as it is now; null when there is none that the viewer may see.
    async fn object(&self, ctx: &Context<'_>) -> ApiResult<Option<Node>> {
        match self.answer.object {
            Some((kind, id)) => load(ctx, kind, id).await,
            None => Ok(None),
        }
    }

    /// Why it was not done, or not all of it. `TRY_AGAIN`: nothing was kept, send it again.
    fn user_errors(&self, ctx: &Context<'_>) -> Vec<UserError> {
        errors(&self.answer.kept.refusals, ctx.language())
    }

    /// Both values of what conflicts.
    fn conflict(&self) -> Vec<SyncConflict> {
        conflicts(&self.answer.kept)
    }

    /// The part of it that waits for a person's decision.
    fn pending_edit(&self) -> ToOne<PendingEdit> {
        let is_kept = self.answer.outcome == SyncOutcome::Conflict;
        ToOne::by(self.operation_id.parse::<PendingEditId>().ok().filter(|_| is_kept))
    }
}

/// Whether the viewer may settle an edit.
#[derive(SimpleObject, Clone)]
pub struct AllowedPendingEditCommand {
    /// The command.
    pub name: PendingEditCommand,
    /// Whether it would be accepted now.
    pub allowed: bool,
    /// Why not, in the viewer's language; null when allowed.
    pub reason: Option<String>,
}

#[Object(use_type_description)]
impl PendingEdit {
    /// The edit's id: that of the operation.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The project.
    fn project_id(&self) -> Uid {
        self.0.project_id.into()
    }

    /// The unit.
    fn unit_id(&self) -> Option<Uid> {
        self.0.unit_id.map(Uid::from)
    }

    /// The kind of the object that it is about.
    fn object_kind(&self) -> ObjectKind {
        self.0.object_kind
    }

    /// The object that it is about.
    fn object_id(&self) -> Uid {
        Uid(self.0.object_id)
    }

    /// That object as it is now; null when there is none that the viewer may see.
    async fn object(&self, ctx: &Context<'_>) -> ApiResult<Option<Node>> {
        load(ctx, self.0.object_kind, self.0.object_id).await
    }

    /// The name of the command.
    fn command(&self) -> &str {
        &self.0.command
    }

    /// The part of the command's input that was not done, as the device sent it. Without the text of a comment that is
    /// internal to another company.
    fn input(&self, ctx: &Context<'_>) -> ApiResult<Json<serde_json::Value>> {
        let (edit, mut input) = (&self.0, self.0.input.clone());
        let viewer = ctx.caller()?;
        let company = viewer.actor_in(edit.project_id).and_then(|actor| actor.company_id());
        let own = viewer.person_id == edit.person_id || (company.is_some() && company == edit.company_id);
        if !own
            && input["visibility"] == CommentVisibility::Internal.as_str()
            && let Some(fields) = input.as_object_mut()
        {
            fields.remove("body");
        }
        Ok(Json(input))
    }

    /// Who did it.
    fn author(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// For which company; null for owners.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// On which device.
    fn device_id(&self) -> Uid {
        self.0.device_id.into()
    }

    /// When it was done, by the device's clock.
    fn occurred_at(&self) -> Option<DateTime> {
        self.0.occurred_at.map(DateTime::from)
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// Why it waits.
    fn reason(&self) -> PendingEditReason {
        self.0.reason
    }

    /// The errors of the command.
    fn user_errors(&self, ctx: &Context<'_>) -> ApiResult<Vec<UserError>> {
        Ok(errors(&kept(&self.0.answer)?.refusals, ctx.language()))
    }

    /// Both values of what conflicts.
    fn conflict(&self) -> ApiResult<Vec<SyncConflict>> {
        Ok(conflicts(&kept(&self.0.answer)?))
    }

    /// What became of it.
    fn state(&self) -> PendingEditState {
        self.0.state
    }

    /// Who settled it.
    fn settled_by(&self) -> ToOne<Person> {
        ToOne::by(self.0.settled_by)
    }

    /// When it was settled.
    fn settled_at(&self) -> Option<DateTime> {
        self.0.settled_at.map(DateTime::from)
    }

    /// Why it was settled so.
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What happened to it: kept, applied, dismissed. For its author and for those who may settle it.
    fn events(&self) -> ToMany<Uuid, Event> {
        ToMany::by(self.0.id.uuid(), |loaders| &loaders.inspection.events)
    }

    /// Whether the viewer may settle it, and why not.
    fn allowed_commands(&self, ctx: &Context<'_>) -> ApiResult<Vec<AllowedPendingEditCommand>> {
        let refusal = resolve::permit_resolution(ctx.caller()?, &self.0).err();
        let reason = refusal.map(|refusal| refusal.message(ctx.language()));
        let told = |&name| AllowedPendingEditCommand { name, allowed: reason.is_none(), reason: reason.clone() };
        Ok(PendingEditCommand::ALL.iter().map(told).collect())
    }
}

#[Object(use_type_description)]
impl SyncOperation {
    /// The operation's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// What became of it when it came first.
    fn outcome(&self) -> SyncOutcome {
        self.0.outcome
    }

    /// The name of the command.
    fn command(&self) -> &str {
        &self.0.command
    }

    /// The command's input as the device sent it. Of a refused operation at most 16 KB are kept, of one that this
    /// server cannot read 64 KB: then it is `{ truncated: { head, byteSize, sha256 } }`, the beginning of the input as
    /// JSON, the length of the whole in bytes, and its SHA-256. Refused operations are removed after 90 days.
    fn input(&self) -> Json<&serde_json::Value> {
        Json(&self.0.input)
    }

    /// The kind of the object that it was about; null for what could not be read.
    fn object_kind(&self) -> Option<ObjectKind> {
        (self.0.command != UNREADABLE).then_some(self.0.object_kind)
    }

    /// The object that it was about; null for what could not be read.
    fn object_id(&self) -> Option<Uid> {
        (self.0.command != UNREADABLE).then_some(Uid(self.0.object_id))
    }

    /// Why it was not done, or not all of it.
    fn user_errors(&self, ctx: &Context<'_>) -> ApiResult<Vec<UserError>> {
        Ok(errors(&kept(&self.0.answer)?.refusals, ctx.language()))
    }

    /// On which device it was done.
    fn device_id(&self) -> Uid {
        self.0.device_id.into()
    }

    /// When it was done, by the device's clock.
    fn occurred_at(&self) -> Option<DateTime> {
        self.0.occurred_at.map(DateTime::from)
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// The part of it that waits for a person's decision, and the decision.
    fn pending_edit(&self) -> ToOne<PendingEdit> {
        ToOne::by(PendingEditId::from(self.0.id.uuid()))
    }
}
