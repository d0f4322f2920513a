//! Reading units: one or a page, what the caller may do with them, and what owners said of them.

use std::collections::{HashMap, HashSet};

use domain::id::UnitId;
use domain::unit::{Allowed, UnitFacts, allowed_commands};
use domain::{Caller, Party, Role};
use store::Connection;
use store::boxed;
use store::entity::unit_reviews;
use store::page::{Page, PageRequest};
use store::units::{UnitFilter, UnitOrder};

use super::{UnitRow, readiness};
use crate::App;
use crate::error::Result;

/// The facts for the rule, except whether the unit has an owner and which parties the actor has worked for: the caller
/// of this function adds them.
pub(super) fn facts_of(unit: &UnitRow, readiness: Option<&domain::unit::readiness::Readiness>) -> UnitFacts {
    let standing =
        readiness.map_or(0, |readiness| readiness.blockers.iter().filter(|blocker| blocker.waiver.is_none()).count());
    UnitFacts {
        unit_id: unit.id,
        kind: unit.kind,
        has_owner: true,
        standing_blockers: standing,
        acted_for_other_party: false,
    }
}

/// The units in which the person has acted for another party than the customer. Read for owners alone, because only
/// owners review a unit.
pub(super) async fn worked_in(conn: &Connection, caller: &Caller, unit_ids: &[UnitId]) -> Result<HashSet<UnitId>> {
    let own: Vec<UnitId> =
        caller.owned_units.iter().map(|owned| owned.unit_id).filter(|id| unit_ids.contains(id)).collect();
    let acts = store::sides::in_units(conn, caller.person_id, &own).await?;
    let others = acts.into_iter().filter(|act| act.party != Party::Customer);
    Ok(others.map(|act| act.subject_id).collect())
}

/// The commands that the caller may do with units now, and the refusals of the others: a handful of statements,
/// regardless of the number of units.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn allowed_commands_of(
    app: &App,
    caller: &Caller,
    unit_ids: &[UnitId],
) -> Result<HashMap<UnitId, Vec<Allowed>>> {
    let conn = app.db.read();
    let units = store::units::by_ids(conn, &caller.visibility(), unit_ids).await?;
    // Only people who may waive learn whether there is a blocker to waive.
    let waives = caller.memberships.iter().any(|membership| membership.role == Role::DeliveryManager);
    let readiness = if waives { readiness::unredacted(conn, &units).await? } else { HashMap::new() };
    let worked_in = worked_in(conn, caller, unit_ids).await?;
    let owned = store::units::owned_among(conn, unit_ids).await?;
    let mut answers = HashMap::with_capacity(units.len());
    for unit in &units {
        let Some(actor) = caller.actor_in(unit.project_id) else { continue };
        let acted_for_other_party = worked_in.contains(&unit.id);
        let has_owner = owned.contains(&unit.id);
        let facts = UnitFacts { acted_for_other_party, has_owner, ..facts_of(unit, readiness.get(&unit.id)) };
        answers.insert(unit.id, allowed_commands(&facts, &actor));
    }
    Ok(answers)
}

/// The reviews of units that the caller may read: staff other than contractors all, owners their own.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn reviews(app: &App, caller: &Caller, unit_ids: &[UnitId]) -> Result<Vec<unit_reviews::Model>> {
    Ok(store::units::reviews_of(app.db.read(), &caller.visibility(), unit_ids).await?)
}

/// A unit, if the caller may see it.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_unit(app: &App, caller: &Caller, id: UnitId) -> Result<Option<UnitRow>> {
    Ok(store::units::find(app.db.read(), &caller.visibility(), id).await?)
}

/// A page of the units that the caller may see.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn list_units(
    app: &App,
    caller: &Caller,
    filter: &UnitFilter,
    order: UnitOrder,
    descending: bool,
    request: &PageRequest,
) -> Result<Page<UnitRow>> {
    Ok(store::units::page(app.db.read(), &caller.visibility(), filter, order, descending, request).await?)
}
