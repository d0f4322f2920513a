//! Entries of people's inboxes.

use domain::id::{CommentId, DefectId, DeviceId, InboxEntryId, PendingEditId, PersonId, ProjectId};
use domain::inbox::InboxKind;
use sea_orm::entity::prelude::*;

/// A row of `inbox_entries`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inbox_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InboxEntryId,
    pub project_id: ProjectId,
    pub person_id: PersonId,
    pub kind: InboxKind,
    pub defect_id: Option<DefectId>,
    pub comment_id: Option<CommentId>,
    pub pending_edit_id: Option<PendingEditId>,
    pub device_id: Option<DeviceId>,
    pub cause: Option<String>,
    pub created_at: i64,
    pub read_at: Option<i64>,
    pub digested_at: Option<i64>,
}

/// No relations: rows are joined by the finders.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
