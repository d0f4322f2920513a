//! Reading defects: the facts for the rules, what an owner may see, one and many.

use std::collections::HashMap;

use domain::change::ChangeAudience;
use domain::defect::{Allowed, DefectFacts, DefectStatus, allowed_commands};
use domain::id::{AttemptId, DefectId, PersonId};
use domain::{Caller, Role, Side, Timestamp};
use store::Connection;
use store::boxed;
use store::columns::Columns;
use store::defects::{Filter, OrderBy};
use store::entity::{repair_attempts, verdicts};
use store::page::{Page, PageRequest};
use store::partial::Partial;

use super::DefectRow;
use crate::App;
use crate::error::Result;
use crate::project::rules::ProjectRules;
use crate::redacted::{Redact, Redacted};

/// The sides for which the person has acted on each of the defects.
///
/// # Errors
/// When the database fails.
pub(crate) async fn sides_of(
    conn: &Connection,
    person_id: PersonId,
    defect_ids: &[DefectId],
) -> Result<HashMap<DefectId, Vec<Side>>> {
    let mut sides: HashMap<DefectId, Vec<Side>> = HashMap::new();
    for act in store::sides::on_defects(conn, person_id, defect_ids).await? {
        sides.entry(act.subject_id).or_default().push(Side::new(act.party, act.company_id));
    }
    Ok(sides)
}

/// The facts that the rules ask for; for which sides the actor has acted, and whether the defect that it repeats is
/// void, is for the caller of this function to add.
#[must_use]
pub fn facts_of(
    defect: &DefectRow,
    attempt: Option<&repair_attempts::Model>,
    verdicts: &[verdicts::Model],
) -> DefectFacts {
    let verdicts = verdicts
        .iter()
        .filter(|verdict| attempt.is_some_and(|attempt| attempt.id == verdict.attempt_id))
        .map(|verdict| (verdict.party, verdict.passed))
        .collect();
    DefectFacts {
        status: defect.status,
        shown_status: defect.shown_status,
        unit_id: defect.unit_id,
        on_hold: defect.held_since.is_some(),
        survivor_void: false,
        merged: defect.void_reason == Some(domain::defect::VoidReason::Merged),
        owner_finding: defect.owner_finding,
        raised_by: defect.raised_by,
        raised_company_id: defect.raised_company_id,
        responsible_company_id: defect.responsible_company_id,
        attempt_company_id: attempt.map(|attempt| attempt.company_id),
        verdicts,
        acted_for: Vec::new(),
        attempt_count: u32::try_from(defect.attempt_count).unwrap_or(0),
        due_at: defect.due_at.map(Timestamp),
        clock_stopped_at: defect.clock_stopped_at.map(Timestamp),
    }
}

/// For an owner, everything internal is blanked here and nowhere else. The rule holds for partly read rows too, so it
/// decides by columns that are always read.
impl Redact for DefectRow {
    fn redact_for(mut self, caller: &Caller) -> Self {
        if caller.is_staff_of(self.project_id) {
            return self;
        }
        if self.raised_by != caller.person_id {
            self.raised_by = PersonId::nil();
        }
        redact_internals(self)
    }
}

/// A defect without its internal values. Its author sees them.
fn redact_internals(mut defect: DefectRow) -> DefectRow {
    // A status that goes back when companies dispute would tell of the dispute. Filters do the same
    // (`Filter::for_owner`).
    defect.status = defect.shown_status;
    defect.responsible_company_id = None;
    defect.assignee_id = None;
    defect.hold_reason = None;
    defect.held_since = None;
    // To an owner the clock never stands still: a due time that moves, or that has passed without the repair being
    // late, would tell of a hold or a dispute. Filters and orders do the same (`Filter::for_owner`).
    defect.assigned_at = defect.shown_assigned_at;
    defect.due_at = defect.shown_due_at;
    defect.due_order = defect.shown_due_order;
    (defect.clock_stopped_at, defect.shown_stopped_at) = (None, None);
    defect.check_item_id = None;
    defect.escalated_at = None;
    defect.void_reason = None;
    (defect.status_before_void, defect.shown_status_before_void) = (None, None);
    defect.raised_company_id = None;
    defect.search.clear();
    // When something happened that no owner is shown is none of an owner's business either.
    defect.updated_at = defect.shown_updated_at.unwrap_or(defect.updated_at);
    defect.version = defect.shown_version;
    defect
}

/// The version of a defect as people of this role read it: to owners it counts the changes that owners are shown.
pub(crate) const fn version_for(role: Role, defect: &DefectRow) -> i32 {
    match role {
        Role::Owner => defect.shown_version,
        _ => defect.version,
    }
}

/// Notes when a defect changed, and for whom: its owner reads time and number of the last change that owners are shown.
pub(crate) fn note_update(defect: &mut DefectRow, now: Timestamp, audience: ChangeAudience) {
    defect.shown_updated_at = match audience {
        ChangeAudience::Everybody => Some(now.0),
        _ => defect.shown_updated_at.or(Some(defect.updated_at)),
    };
    defect.shown_version += i32::from(audience == ChangeAudience::Everybody);
    defect.updated_at = now.0;
}

/// Whether the owners of its unit are shown a defect. A void own finding stays visible, so that it does not vanish
/// without a word.
pub(super) fn is_shown_to_owner(defect: &DefectRow) -> bool {
    defect.status != DefectStatus::Void || defect.owner_finding
}

/// Whether a change leaves a defect as its owner sees it. The versions and times of changes are no content.
pub(super) fn is_hidden_from_owner(before: &DefectRow, after: &DefectRow) -> bool {
    let shown = |defect: &DefectRow| DefectRow {
        version: 0,
        shown_version: 0,
        updated_at: 0,
        shown_updated_at: None,
        ..redact_internals(defect.clone())
    };
    let never_shown = !is_shown_to_owner(before) && !is_shown_to_owner(after);
    never_shown || shown(before) == shown(after)
}

/// One defect.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_defect(app: &App, caller: &Caller, id: DefectId) -> Result<Option<Redacted<DefectRow>>> {
    let found = store::defects::find(app.db.read(), &caller.visibility(), id).await?;
    Ok(found.map(|defect| Redacted::of(caller, defect)))
}

/// A page of defects, with these columns at least.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn list_defects(
    app: &App,
    caller: &Caller,
    filter: &Filter,
    order: OrderBy,
    descending: bool,
    request: &PageRequest,
    columns: Columns,
) -> Result<Page<Redacted<Partial<DefectRow>>>> {
    let page =
        store::defects::page(app.db.read(), &caller.visibility(), filter, order, descending, request, columns).await?;
    Ok(page.map(|defect| Redacted::of(caller, defect)))
}

/// How many defects match.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn count_defects(app: &App, caller: &Caller, filter: &Filter) -> Result<u64> {
    Ok(store::defects::count(app.db.read(), &caller.visibility(), filter).await?)
}

/// The commands that the caller may do to defects now, and the refusals of the others: a handful of statements,
/// regardless of the number of defects.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn allowed_commands_of(
    app: &App,
    caller: &Caller,
    ids: &[DefectId],
) -> Result<HashMap<DefectId, Vec<Allowed>>> {
    let reader = app.db.read();
    // Loaded again, unblanked: the rule needs the facts as they are.
    let defects = store::defects::find_many(reader, &caller.visibility(), ids).await?;
    let attempts = store::defects::attempts_of(reader, ids).await?;
    // They come in the order of their numbers, so the latest of each defect stays.
    let latest: HashMap<DefectId, repair_attempts::Model> =
        attempts.into_iter().map(|attempt| (attempt.defect_id, attempt)).collect();
    let attempt_ids: Vec<AttemptId> = latest.values().map(|attempt| attempt.id).collect();
    let verdicts = store::defects::verdicts_of(reader, &attempt_ids).await?;
    let rules = ProjectRules::load_many(reader, defects.iter().map(|defect| defect.project_id)).await?;
    let mut sides = sides_of(reader, caller.person_id, ids).await?;
    let survivors: Vec<DefectId> = defects.iter().filter_map(|defect| defect.duplicate_of).collect();
    let void = store::defects::void_among(reader, &survivors).await?;
    let mut answers = HashMap::with_capacity(defects.len());
    for defect in &defects {
        let (Some(actor), Some(project)) = (caller.actor_in(defect.project_id), rules.get(&defect.project_id)) else {
            continue;
        };
        let mut facts = facts_of(defect, latest.get(&defect.id), &verdicts);
        facts.acted_for = sides.remove(&defect.id).unwrap_or_default();
        facts.survivor_void = defect.duplicate_of.is_some_and(|survivor| void.contains(&survivor));
        answers.insert(defect.id, allowed_commands(&facts, &actor, &project.policy));
    }
    Ok(answers)
}
