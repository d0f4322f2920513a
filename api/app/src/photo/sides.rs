//! Whether a person touches the evidence of a defect on which the person has acted for another side.

use std::collections::HashSet;

use domain::photo::PhotoStage;
use domain::side::check_one_side;
use domain::{Actor, Party, Side};
use store::Connection;
use uuid::Uuid;

use super::PhotoRow;
use crate::defect::read::sides_of;
use crate::error::Result;

/// Those of the photos that the actor took for another side as evidence of a repair, or on whose defect the actor has
/// acted for another side; `to` is the defect to which they are moved.
pub(super) async fn of_other_side(
    conn: &impl Connection,
    actor: &Actor,
    photos: &[PhotoRow],
    to: Option<Uuid>,
) -> Result<HashSet<Uuid>> {
    let defect_ids: Vec<Uuid> = photos.iter().filter_map(|photo| photo.defect_id).chain(to).collect();
    let sides = sides_of(conn, actor.person_id, &defect_ids).await?;
    let mut found = HashSet::new();
    for photo in photos {
        let on_defects = photo.defect_id.into_iter().chain(to).filter_map(|id| sides.get(&id));
        let mut acted_for: Vec<Side> = on_defects.flatten().copied().collect();
        // Only the company that repairs takes after-photos.
        if photo.stage == PhotoStage::After.as_str() && photo.person_id == actor.person_id {
            acted_for.push(Side::new(Party::Contractor, photo.company_id));
        }
        if check_one_side(&acted_for, actor).is_err() {
            found.insert(photo.id);
        }
    }
    Ok(found)
}
