//! An entry of the viewer's inbox.

use async_graphql::Object;
use domain::inbox::InboxKind;
use store::entity::inbox_entries;

use crate::defect::children::Comment;
use crate::defect::types::Defect;
use crate::plan::{ToOne, planned};
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
    fn kind(&self) -> InboxKind {
        self.0.kind
    }

    /// The project.
    fn project(&self) -> ToOne<Project> {
        ToOne::by(self.0.project_id)
    }

    /// The defect that it is about.
    fn defect(&self) -> ToOne<Defect> {
        ToOne::by(self.0.defect_id)
    }

    /// The comment that mentions the viewer.
    fn comment(&self) -> ToOne<Comment> {
        ToOne::by(self.0.comment_id)
    }

    /// The edit that was settled.
    fn pending_edit(&self) -> ToOne<PendingEdit> {
        ToOne::by(self.0.pending_edit_id)
    }

    /// The device that is behind.
    fn device_id(&self) -> Option<Uid> {
        self.0.device_id.map(Uid::from)
    }

    /// When it came.
    fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// When the viewer read it; null until then.
    fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(DateTime::from)
    }
}

planned! {
    InboxEntry {
        "id" => value(|object| Uid::from(object.0.id));
        "kind" => leaf(kind);
        "project" => one(project);
        "defect" => one(defect);
        "comment" => one(comment);
        "pendingEdit" => one(pending_edit);
        "deviceId" => leaf(device_id);
        "createdAt" => leaf(created_at);
        "readAt" => leaf(read_at);
    }
}
