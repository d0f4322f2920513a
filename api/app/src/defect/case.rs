//! The frame of every command on a defect: load and lock it as the caller may see it, ask the rule, apply the effect,
//! save, tell.

use std::collections::BTreeSet;

use domain::change::ChangeAudience;
use domain::defect::transition::{Step, move_clock};
use domain::defect::view::status_for;
use domain::defect::{ClockMove, DefectCommand, DefectFacts, DefectStatus, Effect, effect_of, permit};
use domain::event::{Audience, EventName};
use domain::object_kind::ObjectKind;
use domain::{Actor, Caller, Refusal, RefusalCode, Role, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use store::entity::{defect_fields, repair_attempts};
use uuid::Uuid;

use super::DefectRow;
use super::fields;
use super::read::{facts_of, is_hidden_from_owner, note_update, seen_by, sides_of, status_before};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, check_version, occurred};
use crate::operation::{Change, OperationContext};
use crate::project::rules::ProjectRules;
use crate::work::{Claim, Happening, Work};

/// A command at work on one locked defect.
pub(super) struct Case {
    pub(super) work: Work,
    pub(super) caller: Caller,
    pub(super) actor: Actor,
    pub(super) project: ProjectRules,
    pub(super) defect: DefectRow,
    pub(super) facts: DefectFacts,
    pub(super) attempt: Option<repair_attempts::Model>,
    pub(super) occurred_at: Timestamp,
    /// What others have changed since the version that the person saw.
    pub(super) news: Vec<defect_fields::Model>,
    /// The defect that this one repeats, and the duplicates of both: locked, too, where the command decides on them.
    pub(super) family: Vec<DefectRow>,
    pub(super) before: DefectRow,
    pub(super) from: &'static str,
    header: CommandHeader,
}

impl Case {
    /// Loads and locks the defect, if the caller may see it.
    pub(super) async fn open(ctx: Context<'_>, header: CommandHeader) -> Result<Self> {
        let work = ctx.begin().await?;
        let defect = store::defects::find_for_change(&work.tx, &ctx.caller.sight(), header.target).await?;
        Self::of(work, ctx.caller, header, defect, Vec::new()).await
    }

    /// The same under the project's policy as it is: the policy is not changed until the command is done. The project
    /// comes before the defect, as those lock it who change people.
    pub(super) async fn open_under_policy(ctx: Context<'_>, header: CommandHeader) -> Result<Self> {
        let work = ctx.begin().await?;
        let sight = ctx.caller.sight();
        let seen = store::defects::find(&work.tx, &sight, header.target).await?;
        let project_id = seen.ok_or_else(|| Error::not_found("defectId"))?.project_id;
        store::projects::hold(&work.tx, project_id).await?;
        let defect = store::defects::find_for_change(&work.tx, &sight, header.target).await?;
        Self::of(work, ctx.caller, header, defect, Vec::new()).await
    }

    /// The same with every defect that a merge or a void decides on: all are locked in one order before any is read.
    pub(super) async fn open_with_family(ctx: Context<'_>, header: CommandHeader, named: &[Uuid]) -> Result<Self> {
        Self::open_all(ctx, header, named, None).await
    }

    /// The same for a move to another unit: what was submitted in either unit decides on it, and inspections are held before
    /// defects are locked.
    pub(super) async fn open_to_move(ctx: Context<'_>, header: CommandHeader, to: Uuid) -> Result<Self> {
        Self::open_all(ctx, header, &[], Some(to)).await
    }

    async fn open_all(ctx: Context<'_>, header: CommandHeader, named: &[Uuid], to: Option<Uuid>) -> Result<Self> {
        let sight = ctx.caller.sight();
        let mut family = store::defects::duplicate_family(ctx.app.db.read(), header.target).await?;
        loop {
            let work = ctx.begin().await?;
            let seen = store::defects::find(&work.tx, &sight, header.target).await?;
            let seen = seen.ok_or_else(|| Error::not_found("defectId"))?;
            if let Some(to) = to {
                work.hold_inspections(ctx.caller, &seen, to).await?;
            }
            let mut rows = store::defects::find_with_family_for_change(&work.tx, &sight, &family, named).await?;
            let now = store::defects::duplicate_family(&work.tx, header.target).await?;
            let own = rows.iter().position(|row| row.id == header.target).map(|own| rows.remove(own));
            let place = |row: &DefectRow| (row.unit_id, row.inspection_id);
            let stays = to.is_none() || own.as_ref().is_none_or(|own| place(own) == place(&seen));
            if stays && now.is_subset(&family) {
                return Self::of(work, ctx.caller, header, own, rows).await;
            }
            // Somebody merged another one or moved this one meanwhile: all over again, for the order.
            work.tx.rollback().await?;
            family = now;
        }
    }

    async fn of(
        mut work: Work,
        caller: &Caller,
        mut header: CommandHeader,
        defect: Option<DefectRow>,
        family: Vec<DefectRow>,
    ) -> Result<Self> {
        let defect = defect.ok_or_else(|| Error::not_found("defectId"))?;
        let said = occurred(header.occurred_at, work.now)?;
        let occurred_at = work.plausible(said, Timestamp(defect.occurred_at));
        let actor = work.enter_at(caller, defect.project_id, said).await?;
        let project = ProjectRules::load(&work.tx, defect.project_id).await?;
        let attempt = store::defects::latest_attempt(&work.tx, defect.id).await?;
        let verdicts = match &attempt {
            Some(attempt) => store::defects::verdicts_of(&work.tx, &[attempt.id]).await?,
            None => Vec::new(),
        };
        let mut facts = facts_of(&defect, attempt.as_ref(), &verdicts)?;
        facts.acted_for =
            sides_of(&work.tx, caller.person_id, &[defect.id]).await?.remove(&defect.id).unwrap_or_default();
        facts.survivor_void = !store::defects::void_among(&work.tx, defect.duplicate_of.as_slice()).await?.is_empty();
        if actor.role() == Role::Owner
            && facts.status == DefectStatus::Disputed
            && let Some(dispute) = store::defects::open_dispute(&work.tx, defect.id).await?
        {
            facts.before_dispute = status_before(&dispute, attempt.as_ref())?;
        }
        let from = facts.status.as_str();
        let mut news = work.news_of(&defect).await?;
        news.retain(|news| fields::concerns(actor.role(), &news.field));
        header.expected_version = work.version_as_shown(&actor, &defect, header.expected_version).await?;
        let (caller, before) = (caller.clone(), defect.clone());
        Ok(Self {
            work,
            caller,
            actor,
            project,
            defect,
            facts,
            attempt,
            occurred_at,
            news,
            family,
            before,
            from,
            header,
        })
    }

    /// Claims the id of what the command creates; `Some` is the answer to a repetition.
    pub(super) async fn claim(
        &self,
        id: Uuid,
        kind: ObjectKind,
        field: &str,
        content: &impl Serialize,
    ) -> Result<Option<DefectRow>> {
        Ok(match self.work.claim(id, kind, field, &content_on(self.defect.id, content)).await? {
            Claim::New => None,
            Claim::Done => Some(seen_by(&self.caller, self.defect.clone())),
        })
    }

    /// Asks the rule, then whether the caller knew the newest version.
    pub(super) fn permit(&self, command: DefectCommand) -> Result<()> {
        permit(&self.facts, &self.actor, command, &self.project.policy)?;
        check_version(self.header.expected_version, self.defect.version)?;
        if !matches!(command, DefectCommand::Comment | DefectCommand::Update) && self.has_moved_on() {
            let shown = status_for(self.actor.role(), self.facts.status);
            return Err(Refusal::new(RefusalCode::MovedOn).with("status", shown).into());
        }
        Ok(())
    }

    /// The command follows the latest repair attempt: it cannot have been done before it.
    pub(super) fn not_before_attempt(&mut self) {
        if let Some(attempt) = &self.attempt {
            self.occurred_at = self.work.plausible(self.occurred_at, Timestamp(attempt.occurred_at));
        }
    }

    /// Whether the defect stands elsewhere than the person says to have seen: the same command would mean something else now.
    fn has_moved_on(&self) -> bool {
        self.work.operation.as_ref().is_some_and(OperationContext::tells_version)
            && self.news.iter().any(|news| [fields::STANDING, fields::SHOWN_STANDING].contains(&news.field.as_str()))
    }

    /// Applies a permitted step: the status and the due clock.
    pub(super) async fn apply(&mut self, step: Step) -> Result<Effect> {
        let effect = effect_of(&self.facts, step, &self.project.policy);
        let fresh_due = match effect.clock {
            ClockMove::Start => self.project.due_of(&self.work.tx, &self.defect, self.work.now).await?,
            ClockMove::Keep | ClockMove::Stop | ClockMove::Run | ClockMove::Clear => None,
        };
        let calendar = self.project.calendar();
        let (due_at, stopped_at) = move_clock(&self.facts, effect.clock, self.work.now, fresh_due, calendar);
        if effect.clock == ClockMove::Start {
            self.defect.assigned_at = Some(self.work.now.0);
        }
        if matches!(effect.clock, ClockMove::Start | ClockMove::Clear) {
            self.forget_escalation().await?;
        }
        self.defect.status = effect.status.as_str().to_owned();
        self.defect.due_at = due_at.map(|moment| moment.0);
        self.defect.clock_stopped_at = stopped_at.map(|moment| moment.0);
        Ok(effect)
    }

    /// Saves the defect, writes the command's event, commits, and answers the defect as the caller sees it.
    pub(super) async fn finish(
        mut self,
        command: DefectCommand,
        reason: Option<String>,
        data: Value,
    ) -> Result<DefectRow> {
        self.save(command.event(), reason, data).await?;
        self.work.commit().await?;
        Ok(seen_by(&self.caller, self.defect))
    }

    /// Saves the defect and tells what happened.
    pub(super) async fn save(&mut self, name: EventName, reason: Option<String>, data: Value) -> Result<()> {
        // What an owner neither sees nor reads of does not make the defect new to the owner.
        let hidden = name.audience() != Audience::Owner && is_hidden_from_owner(&self.before, &self.defect);
        let audience = if hidden { ChangeAudience::Staff } else { ChangeAudience::Everybody };
        note_update(&mut self.defect, self.work.now, audience);
        store::defects::save(&self.work.tx, &mut self.defect).await?;
        self.note_fields().await?;
        let happening = Happening {
            unit_id: Some(self.defect.unit_id),
            defect_id: Some(self.defect.id),
            from: Some(self.from),
            to: Some(status_text(&self.defect)?),
            reason,
            data: with_clock(&self.before, &self.defect, data),
            ..Happening::new(name, ObjectKind::Defect, self.defect.id, self.occurred_at)
        };
        self.work.event_for(audience, happening);
        Ok(())
    }
}

impl Case {
    /// Writes which fields this version changed.
    async fn note_fields(&self) -> Result<()> {
        // Who is named for the repair matters to those alone who name somebody.
        let is_merged = self.news.iter().any(|news| news.field != fields::ASSIGNEE);
        if let (true, Some(operation)) = (is_merged, &self.work.operation) {
            operation.merged();
        }
        let changed = fields::changed(&self.before, &self.defect)?;
        let by = (Some(self.actor.person_id), self.work.operation.as_ref().map(OperationContext::device_id));
        let (tx, id, version) = (&self.work.tx, self.defect.id, self.defect.version);
        if !changed.contains(&fields::SHOWN) {
            fields::note_hidden(tx, id, self.before.version, self.work.now).await?;
        }
        Ok(store::sync::note_fields(tx, id, &changed, version, by, self.work.now).await?)
    }
}

impl Case {
    /// Somebody sees the defect who did not: all that hangs on it looks new, so that it is pulled whole.
    pub(super) async fn shows_whole(&mut self) -> Result<()> {
        let unit_id = Some(self.defect.unit_id);
        for (kind, id) in store::defects::children(&self.work.tx, self.defect.id).await? {
            self.work.changed(kind, id, unit_id);
        }
        Ok(())
    }
}

impl Work {
    /// Holds what decides on a move of a defect to another unit: every inspection of both units, and the round of the
    /// inspection in which the defect was found.
    async fn hold_inspections(&self, caller: &Caller, defect: &DefectRow, to: Uuid) -> Result<()> {
        let tx = &self.tx;
        let to = store::units::find(tx, &caller.sight(), to).await?;
        let units: BTreeSet<Uuid> = to.map(|unit| unit.id).into_iter().chain([defect.unit_id]).collect();
        for unit_id in units {
            store::inspections::hold_of_unit(tx, unit_id).await?;
        }
        if let Some(inspection_id) = defect.inspection_id {
            store::inspections::hold(tx, inspection_id).await?;
        }
        Ok(())
    }

    /// What others have changed since the version that the person saw.
    async fn news_of(&self, defect: &DefectRow) -> Result<Vec<defect_fields::Model>> {
        let Some(operation) = &self.operation else { return Ok(Vec::new()) };
        let Some(base) = operation.stale_base(defect.version) else { return Ok(Vec::new()) };
        let mut news = store::sync::changed_since(&self.tx, defect.id, base).await?;
        news.retain(|news| {
            let change = Change { version: Some(news.version), by: news.person_id, device_id: news.device_id };
            self.is_by_others(defect.version, change)
        });
        Ok(news)
    }
}

impl Work {
    /// The version that the person knew. What an owner is not shown raises the version, too; an owner who knew the version
    /// of the last change that owners are shown knew the newest. In a database of before that change is not known.
    async fn version_as_shown(&self, actor: &Actor, defect: &DefectRow, known: Option<i32>) -> Result<Option<i32>> {
        let Some(version) = known.filter(|known| actor.role() == Role::Owner && *known < defect.version) else {
            return Ok(known);
        };
        let shown = fields::newest_shown(&self.tx, defect.id, defect.version).await?;
        Ok(Some(if shown <= version { defect.version } else { version }))
    }
}

impl Case {
    /// The due time is set anew: what was escalated before begins anew, too.
    pub(super) async fn forget_escalation(&mut self) -> Result<()> {
        self.defect.escalated_at = None;
        Ok(store::escalations::forget(&self.work.tx, self.defect.id).await?)
    }
}

/// What makes two creates on a defect the same.
pub(super) fn content_on(defect_id: Uuid, content: &impl Serialize) -> Value {
    json!({ "defectId": defect_id, "content": content })
}

/// The event's data together with the due clock, where the command moved it: metrics are counted from events alone.
fn with_clock(before: &DefectRow, after: &DefectRow, data: Value) -> Value {
    if (before.due_at, before.clock_stopped_at) == (after.due_at, after.clock_stopped_at) {
        return data;
    }
    let mut data = if data.is_null() { json!({}) } else { data };
    data["dueAt"] = moment(after.due_at);
    data["clockStoppedAt"] = moment(after.clock_stopped_at);
    data
}

/// A moment as events tell it.
pub(super) fn moment(micros: Option<i64>) -> Value {
    json!(micros.map(|micros| Timestamp(micros).to_rfc3339()))
}

/// The status as a text that lives as long as the program.
pub(super) fn status_text(defect: &DefectRow) -> Result<&'static str> {
    Ok(defect.status.parse::<DefectStatus>()?.as_str())
}
