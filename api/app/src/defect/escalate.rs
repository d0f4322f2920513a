//! Escalation by time: takes defects through the steps of the project's vocabulary, each once for a due time, as events
//! that name the recipients. And escalation by failed attempts, as far as no verdict has done it.

use std::time::Duration;

use domain::change::ChangeAudience;
use domain::escalation::Step;
use domain::event::EventName;
use domain::id::{DefectId, ProjectId};
use domain::object_kind::ObjectKind;
use domain::{Role, Timestamp};
use serde_json::json;
use store::boxed;
use store::entity::escalations;
use tokio_util::sync::CancellationToken;

use super::DefectRow;
use crate::App;
use crate::error::Result;
use crate::project::rules::ProjectRules;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(60);
/// Defects that are looked up at once.
const BATCH: u64 = 200;

/// Takes every defect of every project through the steps that it has come to, and escalates those with too many failed
/// attempts; returns how many escalations there were.
///
/// # Errors
/// When the database fails; the next round goes on.
#[boxed]
pub async fn escalate_due_defects(app: &App) -> Result<usize> {
    let mut count = 0;
    for project in store::projects::all(app.db.read()).await? {
        for rule in store::escalations::rules(app.db.read(), project.id).await? {
            match Step::new(&rule.code, &rule.data) {
                Ok(step) => count += escalate_step(app, project.id, &step).await?,
                Err(error) => tracing::warn!(project = %project.id, %error, "an escalation rule cannot be followed"),
            }
        }
        count += escalate_failed_defects(app, project.id).await?;
    }
    Ok(count)
}

async fn escalate_step(app: &App, project_id: ProjectId, step: &Step) -> Result<usize> {
    let mut count = 0;
    loop {
        let due = store::escalations::due(app.db.read(), project_id, step, app.clock.now(), BATCH).await?;
        let more = due.len() as u64 == BATCH;
        let mut taken = 0;
        for defect_id in due {
            taken += usize::from(escalate_defect(app, project_id, step, defect_id).await?);
        }
        count += taken;
        // Defects that another process took meanwhile are not there any more; defects that could not be taken must not
        // be read again for ever.
        if !more || taken == 0 {
            return Ok(count);
        }
    }
}

/// Takes one defect through a step, unless it has moved on since it was looked up.
async fn escalate_defect(app: &App, project_id: ProjectId, step: &Step, defect_id: DefectId) -> Result<bool> {
    let mut work = app.begin_by_server(project_id).await?;
    let Some(mut defect) = store::escalations::lock(&work.tx, defect_id).await? else { return Ok(false) };
    let Some(due_at) = defect.due_at.filter(|_| is_due(&defect, step, work.now)) else { return Ok(false) };
    let recorded_at = work.now.0;
    let row = escalations::Model { defect_id, step: step.code.clone(), project_id, due_at, recorded_at };
    if !store::escalations::insert(&work.tx, row).await? {
        return Ok(false);
    }
    if !step.is_reminder() && defect.escalated_at.is_none() {
        defect.escalated_at = Some(recorded_at);
        store::defects::save(&work.tx, &mut defect).await?;
    }
    add_escalation_event(&mut work, step, &defect).await?;
    work.commit().await?;
    Ok(true)
}

/// Escalates the defects whose failed attempts had reached the limit before the verdicts of an earlier version, or of a
/// higher limit, could note it.
async fn escalate_failed_defects(app: &App, project_id: ProjectId) -> Result<usize> {
    let rules = ProjectRules::load(app.db.read(), project_id).await?;
    let limit = i32::try_from(rules.policy.escalate_after_failed_attempts).unwrap_or(i32::MAX);
    let mut count = 0;
    loop {
        let failed = store::escalations::failed(app.db.read(), project_id, limit, BATCH).await?;
        let more = failed.len() as u64 == BATCH;
        let mut taken = 0;
        for defect_id in failed {
            taken += usize::from(escalate_failed_defect(app, project_id, limit, defect_id).await?);
        }
        count += taken;
        if !more || taken == 0 {
            return Ok(count);
        }
    }
}

/// Escalates one defect, unless it has moved on since it was looked up.
async fn escalate_failed_defect(app: &App, project_id: ProjectId, limit: i32, defect_id: DefectId) -> Result<bool> {
    let mut work = app.begin_by_server(project_id).await?;
    let Some(mut defect) = store::escalations::lock(&work.tx, defect_id).await? else { return Ok(false) };
    if !store::escalations::has_failed(&work.tx, &defect, limit).await? {
        return Ok(false);
    }
    let (number, now) = (defect.attempt_count, work.now);
    mark_failed_escalation(&mut work, &mut defect, number, now);
    store::defects::save(&work.tx, &mut defect).await?;
    work.commit().await?;
    Ok(true)
}

/// Escalates a defect because of its failed attempts: marks the defect, which the caller of this function saves, and
/// adds the event.
pub(super) fn mark_failed_escalation(work: &mut UnitOfWork, defect: &mut DefectRow, number: i32, at: Timestamp) {
    defect.escalated_at = defect.escalated_at.or(Some(work.now.0));
    let escalated = NewEvent {
        unit_id: Some(defect.unit_id),
        defect_id: Some(defect.id),
        data: json!({ "failedAttempts": defect.failed_count, "number": number }),
        ..NewEvent::new(EventName::DefectEscalated, ObjectKind::Defect, defect.id, at)
    };
    work.add_event_for(ChangeAudience::Staff, escalated);
}

fn is_due(defect: &DefectRow, step: &Step, now: Timestamp) -> bool {
    let may = domain::defect::DefectStatus::MAY_BE_OVERDUE.contains(&defect.status);
    let until = defect.clock_stopped_at.unwrap_or(now.0);
    let reached = defect.due_at.is_some_and(|due| due.saturating_add(step.offset_micros()) <= until);
    let reminds = defect.clock_stopped_at.is_none() && defect.due_at.is_some_and(|due| due > now.0);
    may && reached && (!step.is_reminder() || reminds)
}

/// Adds the event with its recipients: of contractors those of the responsible company, of workers the assignee.
async fn add_escalation_event(work: &mut UnitOfWork, step: &Step, defect: &DefectRow) -> Result<()> {
    let people = store::escalations::people(&work.tx, defect.project_id).await?;
    let told = |role: Role| {
        let of_role = people.iter().filter(move |(_, _, other)| *other == role);
        of_role.filter(move |(person_id, company_id, _)| match role {
            Role::Worker => defect.assignee_id == Some(*person_id),
            Role::RectificationLead => defect.responsible_company_id == Some(*company_id),
            _ => true,
        })
    };
    let recipients: Vec<_> = step
        .recipients
        .iter()
        .flat_map(|&role| told(role).map(move |(person_id, _, _)| json!({ "role": role, "personId": person_id })))
        .collect();
    let data = json!({
        "step": step.code,
        "dueAt": super::command_context::moment_text(defect.due_at),
        "roles": step.recipients,
        "recipients": recipients,
    });
    let now = work.now;
    let escalated = NewEvent {
        unit_id: Some(defect.unit_id),
        defect_id: Some(defect.id),
        data,
        ..NewEvent::new(EventName::DefectEscalated, ObjectKind::Defect, defect.id, now)
    };
    work.add_event_for(ChangeAudience::Staff, escalated);
    Ok(())
}

/// Escalates each minute, until the program stops.
#[boxed]
pub async fn run_escalations(app: App, stop: CancellationToken) {
    while stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
        // Not broken off by a stop: each defect is a short transaction of its own.
        match escalate_due_defects(&app).await {
            Ok(0) => {}
            Ok(steps) => tracing::info!(steps, "defects were escalated"),
            Err(error) => tracing::warn!(error = error.chain(), "defects could not be escalated"),
        }
    }
}
