//! Reading units: what the caller may do with them, and what owners said of them.

use std::collections::HashMap;

use domain::unit::{Allowed, UnitFacts, allowed_commands};
use domain::{Caller, Role};
use store::entity::unit_reviews;
use uuid::Uuid;

use super::{UnitRow, readiness};
use crate::App;
use crate::error::Result;

/// The facts that the rule asks for.
///
/// # Errors
/// When a stored code is unknown.
pub(super) fn facts_of(unit: &UnitRow, readiness: Option<&domain::readiness::Readiness>) -> Result<UnitFacts> {
    let standing =
        readiness.map_or(0, |readiness| readiness.blockers.iter().filter(|blocker| blocker.waiver.is_none()).count());
    Ok(UnitFacts { unit_id: unit.id, kind: unit.kind.parse()?, standing_blockers: standing })
}

/// What the caller may do with units now, and why not: a handful of statements however many there are.
///
/// # Errors
/// When the database fails.
pub async fn allowed(app: &App, caller: &Caller, unit_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Allowed>>> {
    let conn = app.db.read();
    let units = store::units::by_ids(conn, &caller.sight(), unit_ids).await?;
    // Only who may waive is told whether there is something to waive.
    let waives = caller.memberships.iter().any(|membership| membership.role == Role::DeliveryManager);
    let readiness = if waives { readiness::whole(conn, &units).await? } else { HashMap::new() };
    let mut answers = HashMap::with_capacity(units.len());
    for unit in &units {
        let Some(actor) = caller.actor_in(unit.project_id) else { continue };
        answers.insert(unit.id, allowed_commands(&facts_of(unit, readiness.get(&unit.id))?, &actor));
    }
    Ok(answers)
}

/// The reviews of units that the caller may read: staff other than contractors all, owners their own.
///
/// # Errors
/// When the database fails.
pub async fn reviews(app: &App, caller: &Caller, unit_ids: &[Uuid]) -> Result<Vec<unit_reviews::Model>> {
    Ok(store::homes::reviews_of(app.db.read(), &caller.sight(), unit_ids).await?)
}

/// A unit, if the caller may see it.
///
/// # Errors
/// When the database fails.
pub async fn one(app: &App, caller: &Caller, id: Uuid) -> Result<Option<UnitRow>> {
    Ok(store::units::find(app.db.read(), &caller.sight(), id).await?)
}
