//! Make the links of all owners of a building, or of several units, for a sheet of QR codes or as messages.

use std::collections::{HashMap, HashSet};

use domain::id::{BuildingId, OwnershipId, PersonId, UnitId};
use domain::membership::{Position, permit_invite};
use domain::{Caller, Refusal, RefusalCode};
use store::boxed;
use store::entity::{people, unit_links, unit_owners, units};

use super::{UnitLinkToken, create_link, send};
use crate::App;
use crate::context::Context;
use crate::credentials::invitation::person_of;
use crate::error::{Error, Result};
use crate::unit_of_work::UnitOfWork;

/// Most units that are named in one call.
pub const MOST_UNITS: usize = 500;
/// Most owners in one call.
pub const MOST_OWNERS: usize = 1_000;

/// Whose links to make.
#[derive(Debug, Clone)]
pub struct UnitInvites {
    /// The units.
    pub units: WhichUnits,
    /// Whether owners who have an open link get a new one, which ends the one of before.
    pub replace: bool,
    /// Whether the links are sent to those who have a phone or address on file.
    pub send: bool,
}

/// Of which units.
#[derive(Debug, Clone)]
pub enum WhichUnits {
    /// All of a building.
    OfBuilding(BuildingId),
    /// These.
    These(Vec<UnitId>),
}

/// An owner with the link.
#[derive(Debug, Clone)]
pub struct OwnerLink {
    /// The unit.
    pub unit: units::Model,
    /// The owner, co-owner or proxy.
    pub person: people::Model,
    /// The open link.
    pub row: unit_links::Model,
    /// The secret of a new link; none of one that was there before.
    pub token: Option<UnitLinkToken>,
    /// Where codes are sent, masked; none without a phone or address on file.
    pub codes_to: Option<String>,
    /// Where the link was sent, masked; none if it was not sent.
    pub sent_to: Option<String>,
}

/// Makes the links of owners, co-owners and proxies who belong to the units now. People with a role in the project are
/// left out, because they sign in with a password; and so is the caller.
///
/// # Errors
/// `NOT_FOUND`, the rule's refusal ([`permit_invite`]), `TOO_MANY`, `INVALID_VALUE`, or an internal error.
#[boxed]
pub async fn invite_many(app: &App, caller: &Caller, input: UnitInvites) -> Result<Vec<OwnerLink>> {
    let mut work = Context::new(app, caller).begin().await?;
    let units = find_units(&mut work, caller, &input.units).await?;
    let owners = Owners::of(&work, caller, &units).await?;
    let mut links = Vec::new();
    for ownership in &owners.ownerships {
        let (Some(unit), Some(person)) = (units.get(&ownership.unit_id), owners.people.get(&ownership.person_id))
        else {
            continue;
        };
        let (unit, person) = (unit.clone(), person.clone());
        let codes_to = send::codes_go_to(&work, person.id).await?;
        let before = owners.open.get(&ownership.id).filter(|_| !input.replace).cloned();
        links.push(match before {
            Some(row) => OwnerLink { unit, person, row, token: None, codes_to, sent_to: None },
            None => {
                let (token, row) = create_link(work.new_id(), ownership, person_of(caller), work.now)?;
                OwnerLink { unit, person, row, token: Some(token), codes_to, sent_to: None }
            }
        });
    }
    write(app, &mut work, caller, &mut links, input.send).await?;
    work.commit().await?;
    app.caller_cache.forget();
    let made = links.iter().filter(|link| link.token.is_some()).count();
    tracing::info!(by = %caller.person_id, units = units.len(), links = made, "owners' links made");
    Ok(links)
}

/// Writes the new links with their events, ends the links of before, and sends the new ones.
async fn write(app: &App, work: &mut UnitOfWork, caller: &Caller, links: &mut [OwnerLink], sends: bool) -> Result<()> {
    let rows: Vec<unit_links::Model> =
        links.iter().filter(|link| link.token.is_some()).map(|link| link.row.clone()).collect();
    let ownerships: Vec<OwnershipId> = rows.iter().map(|row| row.ownership_id).collect();
    work.replace_links(person_of(caller), &ownerships).await?;
    store::unit_links::insert(&work.tx, rows.clone()).await?;
    for row in &rows {
        work.add_invited_event(row);
    }
    for link in links.iter_mut().filter(|link| sends && link.codes_to.is_some()) {
        if let Some(token) = &link.token {
            link.sent_to = send::send_link(app, work, (&link.unit, &link.row), token).await?;
        }
    }
    Ok(())
}

/// The units of one project of which the caller is staff, or of any one for an administrator, by id; the project's
/// people locked.
async fn find_units(
    work: &mut UnitOfWork,
    caller: &Caller,
    which: &WhichUnits,
) -> Result<HashMap<UnitId, units::Model>> {
    let (field, found) = match which {
        WhichUnits::OfBuilding(id) => ("buildingId", store::unit_links::units_of_building(&work.tx, *id).await?),
        WhichUnits::These(ids) => {
            if ids.is_empty() {
                return Err(Refusal::at(RefusalCode::TextRequired, "unitIds").into());
            }
            if ids.len() > MOST_UNITS {
                return Err(Refusal::at(RefusalCode::TooMany, "unitIds").with("limit", MOST_UNITS).into());
            }
            let found = store::unit_links::units(&work.tx, ids).await?;
            let wanted: HashSet<&UnitId> = ids.iter().collect();
            // One that is missing is told like one of another project.
            ("unitIds", if found.len() == wanted.len() { found } else { Vec::new() })
        }
    };
    let missing = || Error::not_found(field);
    let project_id = found.first().map(|unit| unit.project_id).ok_or_else(missing)?;
    let of_one = found.iter().all(|unit| unit.project_id == project_id);
    if !of_one || (!caller.administrator && !caller.is_staff_of(project_id)) {
        return Err(missing());
    }
    work.act_in_project_if_member(caller, project_id);
    work.lock_people(project_id).await?;
    permit_invite(caller, project_id, &Position::Owner)?;
    Ok(found.into_iter().map(|unit| (unit.id, unit)).collect())
}

/// The owners of units who get a link.
struct Owners {
    /// In the order of the units' places.
    ownerships: Vec<unit_owners::Model>,
    people: HashMap<PersonId, people::Model>,
    /// The open links by ownership.
    open: HashMap<OwnershipId, unit_links::Model>,
}

impl Owners {
    async fn of(work: &UnitOfWork, caller: &Caller, units: &HashMap<UnitId, units::Model>) -> Result<Self> {
        let ids: Vec<UnitId> = units.keys().copied().collect();
        let mut ownerships = store::units::counting_of(&work.tx, &ids, work.now).await?;
        let person_ids: Vec<PersonId> = ownerships.iter().map(|row| row.person_id).collect();
        let staff = match ownerships.first() {
            Some(row) => store::unit_links::members_among(&work.tx, row.project_id, &person_ids).await?,
            None => HashSet::new(),
        };
        ownerships.retain(|row| !staff.contains(&row.person_id) && row.person_id != caller.person_id);
        if ownerships.len() > MOST_OWNERS {
            return Err(Refusal::new(RefusalCode::TooMany).with("limit", MOST_OWNERS).into());
        }
        let place = |row: &unit_owners::Model| units.get(&row.unit_id).map(|unit| unit.place_order);
        ownerships.sort_by_key(|row| (place(row), row.unit_id, row.id));
        let people = store::unit_links::people(&work.tx, &person_ids).await?;
        let ids: Vec<OwnershipId> = ownerships.iter().map(|row| row.id).collect();
        let open = store::unit_links::open_of_ownerships(&work.tx, &ids, work.now).await?;
        Ok(Self {
            ownerships,
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            open: open.into_iter().map(|row| (row.ownership_id, row)).collect(),
        })
    }
}
