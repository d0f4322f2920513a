//! Open units to their owners, and close them again: many at once, an outcome for each.

use std::collections::{BTreeMap, HashMap};

use domain::id::{ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use domain::text::{NOTE_LIMIT, optional};
use domain::unit::readiness::{Blocker, BlockerCode};
use domain::unit::{UnitCommand, UnitFacts, permit};
use domain::{Actor, Refusal, RefusalCode, Timestamp};

use super::read::facts_of;
use super::{UnitRow, readiness};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::occurred;
use crate::project::rules::ProjectRules;
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// Most units in one command.
pub const UNITS_LIMIT: usize = 500;

/// Which units, and when.
#[derive(Debug, Clone)]
pub struct UnitsCommand {
    /// The units.
    pub unit_ids: Vec<UnitId>,
    /// Why; kept with the event.
    pub reason: Option<String>,
    /// The device's time.
    pub occurred_at: Option<Timestamp>,
}

/// The outcome for one of the units.
#[derive(Debug, Clone)]
pub struct UnitOutcome {
    /// The unit that was named.
    pub unit_id: UnitId,
    /// The unit as it is now; none when there is none that the caller may see.
    pub unit: Option<UnitRow>,
    /// Why nothing was done.
    pub refusal: Option<Refusal>,
}

/// Opens units to their owners: from now on they see them. A unit that is open stays as it is; one with open defects
/// that block its delivery is opened for a reason.
///
/// # Errors
/// `TOO_MANY`, `OCCURRED_IN_FUTURE`, a text's refusal, or an internal error; each unit's refusal is in its outcome.
pub async fn open_to_owners(ctx: Context<'_>, input: UnitsCommand) -> Result<Vec<UnitOutcome>> {
    set_opened(ctx, input, UnitCommand::OpenToOwner).await
}

/// Closes units to their owners: they see them no more. A unit that is closed stays as it is.
///
/// # Errors
/// As [`open_to_owners`].
pub async fn close_to_owners(ctx: Context<'_>, input: UnitsCommand) -> Result<Vec<UnitOutcome>> {
    set_opened(ctx, input, UnitCommand::CloseToOwner).await
}

async fn set_opened(ctx: Context<'_>, input: UnitsCommand, command: UnitCommand) -> Result<Vec<UnitOutcome>> {
    if input.unit_ids.len() > UNITS_LIMIT {
        return Err(Refusal::at(RefusalCode::TooMany, "unitIds").with("limit", UNITS_LIMIT).into());
    }
    let reason = optional(input.reason.as_deref(), NOTE_LIMIT, "reason")?;
    let said = occurred(input.occurred_at, ctx.app.clock.now())?;
    let seen = store::units::by_ids(ctx.app.db.read(), &ctx.caller.visibility(), &input.unit_ids).await?;
    let mut projects: BTreeMap<ProjectId, Vec<UnitId>> = BTreeMap::new();
    for unit in seen {
        projects.entry(unit.project_id).or_default().push(unit.id);
    }
    let mut refusals = HashMap::new();
    for (project_id, unit_ids) in projects {
        let batch = Batch { command, reason: reason.clone(), said };
        refusals.extend(batch.apply(ctx, project_id, &unit_ids).await?);
    }
    results_by_unit(ctx, &input.unit_ids, refusals).await
}

/// The units of one project: done in one transaction, but for those that are refused.
struct Batch {
    command: UnitCommand,
    reason: Option<String>,
    said: Timestamp,
}

impl Batch {
    async fn apply(
        self,
        ctx: Context<'_>,
        project_id: ProjectId,
        unit_ids: &[UnitId],
    ) -> Result<HashMap<UnitId, Refusal>> {
        let mut work = ctx.begin().await?;
        let actor = work.act_in_project_at(ctx.caller, project_id, self.said).await?;
        let opens = self.command == UnitCommand::OpenToOwner;
        let mut refusals = HashMap::new();
        let mut changing = Vec::new();
        // The lock keeps ownerships from ending meanwhile: a unit without an owner is not opened. The project is locked
        // before its units.
        store::projects::lock_shared(&work.tx, project_id).await?;
        let units = store::units::find_for_update(&work.tx, &ctx.caller.visibility(), unit_ids).await?;
        let owned = store::units::owned_among(&work.tx, unit_ids).await?;
        let blocking = self.blocking_defects(&work, &units).await?;
        for unit in units {
            let facts = UnitFacts { has_owner: owned.contains(&unit.id), ..facts_of(&unit, None) };
            match permit(&facts, &actor, self.command) {
                Err(refusal) => drop(refusals.insert(unit.id, refusal)),
                Ok(()) if unit.opened_at.is_some() == opens => {}
                Ok(()) => match blocking.get(&unit.id).and_then(|count| self.without_reason(*count)) {
                    Some(refusal) => drop(refusals.insert(unit.id, refusal)),
                    None => changing.push(unit),
                },
            }
        }
        if !changing.is_empty() {
            self.change(&mut work, &actor, &changing).await?;
            if let Some(refusal) = Self::commit(ctx, work).await? {
                refusals.extend(changing.iter().map(|unit| (unit.id, refusal.clone())));
            }
        }
        Ok(refusals)
    }

    /// Commits the changes; returns the refusal if all of them were refused.
    async fn commit(ctx: Context<'_>, work: UnitOfWork) -> Result<Option<Refusal>> {
        match work.commit().await {
            Err(Error::Refused(refusals)) if !refusals.is_empty() => return Ok(refusals.into_iter().next()),
            other => other?,
        }
        // Owners see it at once, not when their sessions are next looked up.
        ctx.app.caller_cache.forget();
        Ok(None)
    }

    /// Why a unit with so many blocking defects is not opened without a reason.
    fn without_reason(&self, count: usize) -> Option<Refusal> {
        let asked = || Refusal::at(RefusalCode::BlockersNeedReason, "reason").with("count", count);
        self.reason.is_none().then(asked)
    }

    /// How many open defects block the delivery of each unit that is to be opened; units without any are left out.
    async fn blocking_defects(&self, work: &UnitOfWork, units: &[UnitRow]) -> Result<HashMap<UnitId, usize>> {
        if self.command != UnitCommand::OpenToOwner {
            return Ok(HashMap::new());
        }
        let blocks = |one: &&Blocker| one.code == BlockerCode::BlockingDefectOpen && one.waiver.is_none();
        let all = readiness::unredacted(&work.tx, units).await?.into_iter();
        let counted = all.map(|(unit_id, readiness)| (unit_id, readiness.blockers.iter().filter(blocks).count()));
        Ok(counted.filter(|(_, count)| *count > 0).collect())
    }

    async fn change(&self, work: &mut UnitOfWork, actor: &Actor, units: &[UnitRow]) -> Result<()> {
        let opens = self.command == UnitCommand::OpenToOwner;
        let rules = ProjectRules::load(&work.tx, actor.project_id).await?;
        // Nothing is closed before it was opened.
        let opened_at = units.iter().filter_map(|unit| unit.opened_at).max();
        let earliest = opened_at.map_or_else(|| rules.earliest(), Timestamp);
        let occurred_at = work.plausible_time(self.said, earliest);
        let unit_ids: Vec<UnitId> = units.iter().map(|unit| unit.id).collect();
        let opened = opens.then_some((work.now, actor.person_id));
        store::units::set_opened(&work.tx, &unit_ids, opened).await?;
        for unit_id in unit_ids {
            work.add_event(NewEvent {
                unit_id: Some(unit_id),
                reason: self.reason.clone(),
                ..NewEvent::new(self.command.event(), ObjectKind::Unit, unit_id, occurred_at)
            });
        }
        Ok(())
    }
}

/// One outcome for each id, in the order of the input.
async fn results_by_unit(
    ctx: Context<'_>,
    unit_ids: &[UnitId],
    mut refusals: HashMap<UnitId, Refusal>,
) -> Result<Vec<UnitOutcome>> {
    let now = store::units::by_ids(ctx.app.db.read(), &ctx.caller.visibility(), unit_ids).await?;
    let mut now: HashMap<UnitId, UnitRow> = now.into_iter().map(|unit| (unit.id, unit)).collect();
    let mut outcomes: Vec<UnitOutcome> = Vec::with_capacity(unit_ids.len());
    for &unit_id in unit_ids {
        if outcomes.iter().any(|outcome| outcome.unit_id == unit_id) {
            continue;
        }
        let unit = now.remove(&unit_id);
        let refusal = match refusals.remove(&unit_id) {
            None if unit.is_none() => Some(Refusal::at(RefusalCode::NotFound, "unitIds")),
            refusal => refusal,
        };
        outcomes.push(UnitOutcome { unit_id, unit, refusal });
    }
    Ok(outcomes)
}
