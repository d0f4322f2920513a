//! Who was in the unit between the repair of a defect and the moment when it was found broken again, as far as the
//! events of the unit say.

use std::collections::HashMap;

use domain::event::EventName;
use domain::id::{CompanyId, DefectId, PersonId, UnitId};
use domain::inspection::Replayed;
use domain::{Party, Timestamp};
use serde::{Deserialize, Serialize};
use store::Connection;
use store::boxed;
use store::entity::events;

use crate::error::Result;

/// A person who was in the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UnitAccess {
    /// Who.
    pub person_id: PersonId,
    /// For which company; none of owners.
    pub company_id: Option<CompanyId>,
    /// For which party.
    pub party: Party,
    /// The first time, by the device's clock.
    pub first_at: Timestamp,
    /// The last time.
    pub last_at: Timestamp,
    /// What the person did there, each once.
    pub events: Vec<EventName>,
}

/// A defect with its unit.
pub(super) type Place = (DefectId, UnitId);

/// What the events of defects say up to a moment.
pub(in crate::inspection) async fn replay(
    conn: &Connection,
    defect_ids: &[DefectId],
    until: Timestamp,
) -> Result<HashMap<DefectId, Replayed>> {
    let mut replayed: HashMap<DefectId, Replayed> = HashMap::new();
    for event in store::lineage::status_events(conn, defect_ids, until).await? {
        let (Some(defect_id), Some(to)) = (event.defect_id, &event.to_status) else { continue };
        replayed.entry(defect_id).or_default().next(to.parse()?, Timestamp(event.occurred_at));
    }
    Ok(replayed)
}

/// Who was in the units between repair and new damage of regressed defects.
pub(super) async fn between(
    conn: &Connection,
    regressed: &[(Place, Replayed)],
) -> Result<HashMap<DefectId, Vec<UnitAccess>>> {
    let spans: Vec<(Place, Timestamp, Timestamp)> = regressed
        .iter()
        .filter_map(|(place, replayed)| Some((*place, replayed.repaired_at?, replayed.broken_at?)))
        .collect();
    let (Some(from), Some(until)) = (spans.iter().map(|span| span.1).min(), spans.iter().map(|span| span.2).max())
    else {
        return Ok(HashMap::new());
    };
    let units: Vec<UnitId> = spans.iter().map(|((_, unit_id), _, _)| *unit_id).collect();
    let events = store::lineage::presence(conn, &units, from, until).await?;
    let mut access = HashMap::new();
    for ((defect_id, unit_id), from, until) in spans {
        let within = |event: &&events::Model| {
            event.unit_id == Some(unit_id) && event.occurred_at > from.0 && event.occurred_at <= until.0
        };
        access.insert(defect_id, by_person(events.iter().filter(within)));
    }
    Ok(access)
}

/// Who was in the units between repair and new damage of defects, up to now.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn of_defects(
    conn: &Connection,
    places: &[(DefectId, UnitId)],
    now: Timestamp,
) -> Result<HashMap<DefectId, Vec<UnitAccess>>> {
    let ids: Vec<DefectId> = places.iter().map(|(defect_id, _)| *defect_id).collect();
    let replayed = replay(conn, &ids, now).await?;
    let regressed: Vec<(Place, Replayed)> =
        places.iter().filter_map(|place| Some((*place, *replayed.get(&place.0)?))).collect();
    between(conn, &regressed).await
}

fn by_person<'e>(events: impl Iterator<Item = &'e events::Model>) -> Vec<UnitAccess> {
    let mut people: Vec<UnitAccess> = Vec::new();
    for event in events {
        let (Some(person_id), Some(party)) = (event.person_id, event.party) else { continue };
        let (name, at) = (event.name, Timestamp(event.occurred_at));
        let known = people.iter_mut().find(|one| one.person_id == person_id && one.company_id == event.company_id);
        match known {
            Some(one) => {
                one.last_at = one.last_at.max(at);
                if !one.events.contains(&name) {
                    one.events.push(name);
                }
            }
            None => people.push(UnitAccess {
                person_id,
                company_id: event.company_id,
                party,
                first_at: at,
                last_at: at,
                events: vec![name],
            }),
        }
    }
    people
}
