//! Entries of inboxes, written in the transaction of what people hear of.

use domain::id::{InboxEntryId, PersonId, ProjectId};
use domain::inbox::{EventFacts, InboxKind, InboxRule, rules_of};
use domain::object_kind::ObjectKind;
use store::entity::inbox_entries::Model;

use super::hearers::{Hearer, Subject, find_hearers, scope_of};
use crate::error::Result;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// An entry that names nothing yet.
pub(super) fn entry(work: &UnitOfWork, project_id: ProjectId, person_id: PersonId, kind: InboxKind) -> Model {
    Model {
        id: work.new_id(),
        project_id,
        person_id,
        kind,
        defect_id: None,
        comment_id: None,
        pending_edit_id: None,
        device_id: None,
        cause: None,
        created_at: work.now.0,
        read_at: None,
        digested_at: None,
    }
}

/// Writes the entries of everybody who hears of an event; returns their ids.
///
/// # Errors
/// When the database fails.
pub(crate) async fn write_entries(
    work: &UnitOfWork,
    project_id: ProjectId,
    event: &NewEvent,
) -> Result<Vec<InboxEntryId>> {
    let facts = EventFacts {
        event: event.name,
        from: event.from,
        to: event.to,
        data: &event.data,
        occurred_at: event.occurred_at,
    };
    let rules: Vec<&'static InboxRule> = rules_of(&facts).collect();
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let subject = Subject::of(work, project_id, event, &rules).await?;
    let hearers = find_hearers(work, project_id, event, &rules, &subject).await?;
    let entries: Vec<Model> = hearers
        .iter()
        .map(|hearer| Model {
            defect_id: subject.defect.as_ref().map(|defect| defect.id),
            comment_id: subject.comment.as_ref().map(|comment| comment.id),
            pending_edit_id: subject.edit.as_ref().map(|edit| edit.id),
            ..entry(work, project_id, hearer.scope.person_id, hearer.kind)
        })
        .collect();
    store::inbox::insert(&work.tx, entries.clone()).await?;
    keep_visible(work, &hearers, &entries).await
}

/// Takes back the entries that their people do not see: the rules that decide what a person reads decide what a person
/// hears of, too. Returns those that stay.
async fn keep_visible(work: &UnitOfWork, hearers: &[Hearer], entries: &[Model]) -> Result<Vec<InboxEntryId>> {
    let (mut seen, mut hidden) = (Vec::new(), Vec::new());
    for (hearer, entry) in hearers.iter().zip(entries) {
        let found = store::inbox::by_ids(&work.tx, &hearer.scope, &[entry.id]).await?;
        let list = if found.is_empty() { &mut hidden } else { &mut seen };
        list.push(entry.id);
    }
    if !hidden.is_empty() {
        store::inbox::remove(&work.tx, &hidden).await?;
    }
    Ok(seen)
}

/// Writes an entry with a cause, unless the person has one of that cause, or would not see it; returns whether it was
/// written.
pub(super) async fn write_entry_once(work: &mut UnitOfWork, entry: Model) -> Result<bool> {
    let (id, project_id, person_id) = (entry.id, entry.project_id, entry.person_id);
    if !store::inbox::insert_once(&work.tx, entry).await? {
        return Ok(false);
    }
    let scope = scope_of(work, project_id, person_id).await?;
    let is_seen = !store::inbox::by_ids(&work.tx, &scope, &[id]).await?.is_empty();
    if is_seen {
        work.mark_changed(ObjectKind::InboxEntry, id, None);
    }
    Ok(is_seen)
}
