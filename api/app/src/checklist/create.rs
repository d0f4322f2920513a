//! Create a checklist with its first version.

use domain::access::Action;
use domain::event::EventName;
use domain::id::{ChecklistId, ProjectId};
use domain::object_kind::ObjectKind;
use domain::text::{NAME_LIMIT, folded, required};
use domain::{Refusal, RefusalCode, Timestamp};
use serde::Serialize;
use serde_json::json;
use store::entity::checklist_versions;

use super::ChecklistRow;
use super::items::{self, ItemInput};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::occurred;
use crate::unit_of_work::{ClientIdReservation, NewEvent};

/// A new checklist.
#[derive(Debug, Clone, Serialize)]
pub struct CreateChecklist {
    /// The checklist's id, made by the client.
    #[serde(rename = "checklist_id")]
    pub checklist_id: ChecklistId,
    /// The project.
    #[serde(rename = "project_id")]
    pub project_id: ProjectId,
    /// Its name.
    #[serde(rename = "name")]
    pub name: String,
    /// Its items, in the order of a walk.
    #[serde(rename = "items")]
    pub items: Vec<ItemInput>,
    /// The device's time; not part of what makes two inputs the same.
    #[serde(skip)]
    pub occurred_at: Option<Timestamp>,
}

/// Creates a checklist.
///
/// # Errors
/// Refusals of rights, texts or codes, or an internal error.
pub async fn create(ctx: Context<'_>, input: CreateChecklist) -> Result<ChecklistRow> {
    let mut work = ctx.begin().await?;
    let said = occurred(input.occurred_at, work.now)?;
    let actor = work.act_in_project_at(ctx.caller, input.project_id, said).await?;
    if !Action::CreateChecklist.allows(actor.role()) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    let name = required(&input.name, NAME_LIMIT, "name")?;
    store::projects::find_for_update(&work.tx, input.project_id).await?;
    if work.reserve_client_id(input.checklist_id, ObjectKind::Checklist, "checklistId", &input).await?
        == ClientIdReservation::Done
    {
        let found = store::checklists::find(&work.tx, &ctx.caller.visibility(), input.checklist_id).await?;
        return found.ok_or_else(|| Error::not_found("checklistId"));
    }
    let occurred_at = work.occurred_in_project(said, input.project_id).await?;
    let (id, project_id, created_at) = (input.checklist_id, input.project_id, work.now.0);
    let version = checklist_versions::Model {
        id: work.new_id(),
        project_id,
        checklist_id: id,
        number: 1,
        frozen_at: None,
        created_at,
    };
    let items = items::rows(&work.tx, project_id, version.id, &input.items, || work.new_id()).await?;
    // The project is locked, so that two checklists of one name are not created at once.
    let names = store::checklists::names_in(&work.tx, project_id).await?;
    if names.iter().any(|other| folded(other) == folded(&name)) {
        return Err(Refusal::at(RefusalCode::CodeTaken, "name").into());
    }
    let checklist = ChecklistRow { id, project_id, name, version: 1, created_at };
    store::checklists::insert(&work.tx, checklist.clone()).await?;
    let data = json!({ "versionId": version.id, "items": items.len() });
    store::checklists::insert_version(&work.tx, version, items).await?;
    work.add_event(NewEvent {
        data,
        ..NewEvent::new(EventName::ChecklistCreated, ObjectKind::Checklist, id, occurred_at)
    });
    work.commit().await?;
    Ok(checklist)
}
