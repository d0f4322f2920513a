//! Refused operations: the answer for the device, and a pending edit if the object has changed or the right was lost
//! meanwhile. Work that was done offline is never dropped because it arrived late. Stored input is bounded by the size
//! of each operation and by person and day, and nothing is stored of people who never had a role.

use domain::id::CompanyId;
use domain::object_kind::ObjectKind;
use domain::sync::{PendingEditReason, SyncOutcome, parks_as};
use domain::{Refusal, RefusalCode, Role};
use store::sync::Place;

use super::Answer;
use super::cut::stored_input;
use super::former::{Former, if_seen};
use super::push::stored_answer;
use crate::context::Context;
use crate::defect::read::find_defect;
use crate::error::{Error, Result};
use crate::inspection::read::find_inspection;
use crate::operation::{Operation, OperationOutcome, OriginalActor};
use crate::quota::charge_kept;

/// Writes the refusal of an operation, and parks its work if a person can still apply it.
pub(super) async fn park(ctx: Context<'_>, operation: &Operation, refusals: Vec<Refusal>) -> Result<Answer> {
    let refused_operation = Refused { ctx, operation };
    let (refusals, author) = refused_operation.classify(refusals).await?;
    match write(ctx, operation, refusals.clone(), author, false).await {
        // The input cannot be stored, so the answer is stored without it.
        Err(Error::Internal(error)) => {
            tracing::error!(%error, operation = %operation.id, "a refused operation cannot be kept");
            let codes = refusals.iter().map(|refusal| Refusal::new(refusal.code)).collect();
            write(ctx, operation, codes, None, true).await
        }
        written => written,
    }
}

/// Writes the answer; a bare answer is without the input.
async fn write(
    ctx: Context<'_>,
    operation: &Operation,
    refusals: Vec<Refusal>,
    author: Option<(OriginalActor, PendingEditReason)>,
    is_bare: bool,
) -> Result<Answer> {
    let outcome = if author.is_some() { SyncOutcome::Conflict } else { SyncOutcome::Rejected };
    if !has_project_role(ctx).await? {
        return Ok(rejected_without_trace(operation, refusals));
    }
    let kept = OperationOutcome { refusals, conflicts: Vec::new() };
    let mut work = ctx.begin().await?;
    let project_id = author.as_ref().map(|(author, _)| author.project_id);
    let (input, mut bytes) = if is_bare { (serde_json::Value::Null, 0) } else { stored_input(operation, outcome)? };
    if !work.operation_log().insert_answer(operation, input, outcome, &kept, project_id).await? {
        work.tx.rollback().await?;
        return stored_answer(ctx, operation).await;
    }
    if let Some((author, reason)) = &author {
        work.act_as_system(author.project_id);
        let (event, kept_bytes) = work.operation_log().park_edit(operation, author, *reason, &kept).await?;
        work.add_event(event);
        bytes += kept_bytes;
    }
    if !operation.counted
        && let Err(error) = charge_kept(&work.tx, ctx.caller.person_id, work.now, bytes).await
    {
        let Error::Refused(beyond) = error else { return Err(error) };
        work.tx.rollback().await?;
        let own = kept.refusals.into_iter().filter(|refusal| refusal.code != RefusalCode::QuotaExceeded);
        return Ok(rejected_without_trace(operation, own.chain(beyond).collect()));
    }
    work.commit().await?;
    Ok(Answer { outcome, object: operation.object(), kept, project_id })
}

/// Whether the person sees the subject of the operation, now or in a former position in which the work would be parked.
pub(super) async fn is_seen_in_any_position(ctx: Context<'_>, operation: &Operation) -> Result<bool> {
    let (reader, subject) = (ctx.app.db.read(), operation.target.subject);
    if store::sync::is_seen(reader, &ctx.caller.visibility(), subject).await? {
        return Ok(true);
    }
    let Some(place) = store::sync::find_place(reader, subject).await? else { return Ok(false) };
    Ok(Refused { ctx, operation }.access_revoked(&[], place).await?.is_some())
}

/// Whether the person has, or ever had, a role or an opened unit. Nothing is stored of other people.
async fn has_project_role(ctx: Context<'_>) -> Result<bool> {
    let caller = ctx.caller;
    let now = !caller.memberships.is_empty() || !caller.owned_units.is_empty();
    Ok(now || store::sync::had_project_role(ctx.app.db.read(), caller.person_id).await?)
}

/// The answer to an operation of which nothing is stored: it is refused, and tried again when it is sent again.
fn rejected_without_trace(operation: &Operation, refusals: Vec<Refusal>) -> Answer {
    let kept = OperationOutcome { refusals, conflicts: Vec::new() };
    Answer { outcome: SyncOutcome::Rejected, object: operation.object(), kept, project_id: None }
}

struct Refused<'a> {
    ctx: Context<'a>,
    operation: &'a Operation,
}

type Classified = (Vec<Refusal>, Option<(OriginalActor, PendingEditReason)>);

impl Refused<'_> {
    async fn classify(&self, refusals: Vec<Refusal>) -> Result<Classified> {
        let missing = [RefusalCode::NotFound, RefusalCode::PhotoUnusable];
        if refusals.iter().any(|refusal| missing.contains(&refusal.code))
            && let Some(judged) = self.dependency().await?
        {
            return Ok(judged);
        }
        let reasons: Vec<_> = refusals.iter().map(|refusal| parks_as(refusal.code)).collect();
        let reason = reasons.first().copied().flatten().filter(|_| reasons.iter().all(Option::is_some));
        let place = store::sync::find_place(self.ctx.app.db.read(), self.operation.target.subject).await?;
        // A session of one unit is told nothing of the person's other units and roles.
        let place = place.filter(|place| !self.ctx.caller.is_kept_from(place.unit_id));
        let (Some(reason), Some(place)) = (reason, place) else { return Ok((refusals, None)) };
        let author = match reason {
            PendingEditReason::RightLost => self.access_revoked(&refusals, place).await?,
            PendingEditReason::StateMovedOn | PendingEditReason::FieldChanged => self.stale_state(place).await?,
        };
        Ok((refusals, author.map(|author| (author, reason))))
    }

    /// Whether the operation needs an object of another operation, which was refused or is parked.
    async fn dependency(&self) -> Result<Option<Classified>> {
        let reader = self.ctx.app.db.read();
        let target = &self.operation.target;
        let mut needed = target.needs.clone();
        needed.push(target.subject.id);
        let Some(maker) = store::sync::maker_of(reader, self.ctx.caller.person_id, &needed).await? else {
            return Ok(None);
        };
        // An object that was only changed in vain exists all the same.
        let made = ["defectLog", "photoUploadCreate"].contains(&maker.command.as_str());
        if !made || maker.id == self.operation.id || self.ctx.caller.is_kept_from(maker.unit_id) {
            return Ok(None);
        }
        let refusal = Refusal::new(RefusalCode::DependencyFailed).with("operation", maker.id);
        let waits = store::sync::pending_of_operation(reader, maker.id).await?;
        let author = waits.map(|edit| (OriginalActor::of_edit(&edit), PendingEditReason::RightLost));
        Ok(Some((vec![refusal], author)))
    }

    /// Parks the work if the client saw an older state. A client that saw the newest version made a mistake, so its
    /// operation is rejected. A version that does not exist yet was seen before a backup was restored.
    async fn stale_state(&self, place: Place) -> Result<Option<OriginalActor>> {
        let Some(actor) = self.ctx.caller.actor_in(place.project_id) else { return Ok(None) };
        let version = self.version_as_read(place).await?;
        let saw_newest = self.operation.base_version.zip(version).is_some_and(|(base, version)| base == version);
        Ok((!saw_newest).then(|| OriginalActor::of(&actor, place.unit_id)))
    }

    /// The version of the subject as the caller reads it: owners and contractors are not shown all changes.
    async fn version_as_read(&self, place: Place) -> Result<Option<i32>> {
        let (app, caller, id) = (self.ctx.app, self.ctx.caller, self.operation.target.subject.id);
        Ok(match self.operation.target.subject.kind {
            ObjectKind::Defect => find_defect(app, caller, id.into()).await?.map(|defect| defect.version),
            ObjectKind::UnitInspection => {
                find_inspection(app, caller, id.into()).await?.map(|inspection| inspection.version)
            }
            _ => place.version,
        })
    }

    /// The role in which the person had the right, if the person ever had it and saw the subject in it.
    async fn access_revoked(&self, refusals: &[Refusal], place: Place) -> Result<Option<OriginalActor>> {
        let (reader, person_id) = (self.ctx.app.db.read(), self.ctx.caller.person_id);
        let (project_id, unit_id) = (place.project_id, place.unit_id);
        let roles = Former::of(reader, person_id).await?;
        if let Some(author) = roles.author(self.ctx, self.operation).await? {
            return Ok(Some(author));
        }
        let former = |company_id: Option<CompanyId>, role: Role| {
            if_seen(self.ctx, self.operation, OriginalActor { project_id, unit_id, person_id, company_id, role })
        };
        let known = store::sync::role_on_device(reader, project_id, self.operation.device_id, person_id).await?;
        let Some(actor) = self.ctx.caller.actor_in(project_id) else {
            for (company_id, role) in roles.in_project(project_id) {
                if let Some(author) = former(Some(company_id), role).await? {
                    return Ok(Some(author));
                }
            }
            return self.former_owner(place).await;
        };
        if let Some(device) =
            known.filter(|device| device.role != actor.role() || device.company_id != actor.company_id())
            && let Some(author) = former(device.company_id, device.role).await?
        {
            return Ok(Some(author));
        }
        let not_responsible = refusals.iter().any(|refusal| refusal.code == RefusalCode::NotResponsible);
        if let (true, ObjectKind::Defect, Some(company_id)) =
            (not_responsible, self.operation.target.subject.kind, actor.company_id())
            && store::sync::had_company(reader, self.operation.target.subject.id.into(), company_id).await?
        {
            return Ok(Some(OriginalActor::of(&actor, unit_id)));
        }
        if actor.role() == Role::Owner { self.former_owner(place).await } else { Ok(None) }
    }

    async fn former_owner(&self, place: Place) -> Result<Option<OriginalActor>> {
        let Some(unit_id) = place.unit_id else { return Ok(None) };
        let person_id = self.ctx.caller.person_id;
        let may_see = self.ctx.caller.owned_units.iter().any(|owned| owned.unit_id == unit_id);
        if may_see {
            return Ok(None);
        }
        let (project_id, unit_id, role) = (place.project_id, Some(unit_id), Role::Owner);
        let owner = OriginalActor { project_id, unit_id, person_id, company_id: None, role };
        if_seen(self.ctx, self.operation, owner).await
    }
}
