//! Whether a person touches the evidence of a defect on which the person has acted for another side.

use std::collections::{HashMap, HashSet};

use domain::id::{CompanyId, DefectId, PhotoId};
use domain::side::check_one_side;
use domain::{Actor, Party, Side};
use store::Connection;

use super::PhotoRow;
use crate::defect::read::sides_of;
use crate::error::Result;

/// Those of the photos that the actor took for another side, or on whose defect the actor has acted for another side;
/// `to` is the defect to which they are moved.
pub(super) async fn of_other_side(
    conn: &Connection,
    actor: &Actor,
    photos: &[PhotoRow],
    to: Option<DefectId>,
) -> Result<HashSet<PhotoId>> {
    let defect_ids: Vec<DefectId> = photos.iter().filter_map(|photo| photo.defect_id).chain(to).collect();
    let sides = sides_of(conn, actor.person_id, &defect_ids).await?;
    let mut found = taken_for_other_side(conn, actor, photos).await?;
    for photo in photos {
        let on_defects = photo.defect_id.into_iter().chain(to).filter_map(|id| sides.get(&id));
        let acted_for: Vec<Side> = on_defects.flatten().copied().collect();
        if check_one_side(&acted_for, actor).is_err() {
            found.insert(photo.id);
        }
    }
    Ok(found)
}

/// Those of the photos that the actor took for another side: staff for their company, owners for themselves.
async fn taken_for_other_side(conn: &Connection, actor: &Actor, photos: &[PhotoRow]) -> Result<HashSet<PhotoId>> {
    let own: Vec<&PhotoRow> = photos.iter().filter(|photo| photo.person_id == actor.person_id).collect();
    let company_ids: Vec<CompanyId> = own.iter().filter_map(|photo| photo.company_id).collect();
    let mut parties: HashMap<CompanyId, Party> = HashMap::new();
    if !company_ids.is_empty() {
        for company in store::members::companies(conn, &company_ids).await? {
            parties.insert(company.id, company.kind);
        }
    }
    let is_other = |photo: &&PhotoRow| {
        let party = match photo.company_id {
            Some(company_id) => parties.get(&company_id).copied(),
            None => Some(Party::Customer),
        };
        party.is_some_and(|party| check_one_side(&[Side::new(party, photo.company_id)], actor).is_err())
    };
    Ok(own.into_iter().filter(is_other).map(|photo| photo.id).collect())
}
