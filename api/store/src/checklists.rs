//! Checklists, their versions and items.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::Error;
use crate::entity::checklist_items;

/// An item of a checklist version.
///
/// # Errors
/// When the database fails.
pub async fn item(
    conn: &impl ConnectionTrait,
    version_id: Uuid,
    id: Uuid,
) -> Result<Option<checklist_items::Model>, Error> {
    checklist_items::Entity::find_by_id(id)
        .filter(checklist_items::Column::ChecklistVersionId.eq(version_id))
        .one(conn)
        .await
}
