//! An entry of the viewer's inbox.

use async_graphql::{Context, Object};
use domain::inbox::InboxKind;
use store::entity::inbox_entries;

use crate::context::ContextExt;
use crate::defect::children::Comment;
use crate::defect::types::Defect;
use crate::error::ApiResult;
use crate::project::types::{Project, row_type};
use crate::scalars::{DateTime, Uid};
use crate::sync::types::PendingEdit;

row_type! {
    /// What the viewer has heard of the own work. Nobody else sees it. It holds no words of what it is about: whoever
    /// may not see that any more does not see the entry either. Entries are removed after 180 days.
    InboxEntry(inbox_entries::Model);
}

#[Object(use_type_description)]
impl InboxEntry {
    /// The entry's id, for `messageMarkRead`.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Why it is in the inbox.
    async fn kind(&self) -> InboxKind {
        self.0.kind
    }

    /// The project.
    async fn project(&self, ctx: &Context<'_>) -> ApiResult<Option<Project>> {
        ctx.loaders().project.projects.load(self.0.project_id).await
    }

    /// The defect that it is about.
    async fn defect(&self, ctx: &Context<'_>) -> ApiResult<Option<Defect>> {
        ctx.loaders().defect.defects.load_optional(self.0.defect_id).await
    }

    /// The comment that mentions the viewer.
    async fn comment(&self, ctx: &Context<'_>) -> ApiResult<Option<Comment>> {
        ctx.loaders().change.comments.load_optional(self.0.comment_id).await
    }

    /// The edit that was settled.
    async fn pending_edit(&self, ctx: &Context<'_>) -> ApiResult<Option<PendingEdit>> {
        ctx.loaders().sync.pending_edits.load_optional(self.0.pending_edit_id).await
    }

    /// The device that is behind.
    async fn device_id(&self) -> Option<Uid> {
        self.0.device_id.map(Uid::from)
    }

    /// When it came.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When the viewer read it; null until then.
    async fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(DateTime::from)
    }
}
