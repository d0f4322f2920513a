//! Duplicates of void defects: rings, which a merge or a void of an earlier version could make, and duplicates whose
//! survivor was declared void. No valid defect tells of them; `defectRestore` brings each back.

use std::collections::{HashMap, HashSet};
use std::fmt;

use domain::defect::number_text;
use domain::id::{DefectId, ProjectId};
use store::boxed;
use store::defects::VoidSurvivor;

use crate::App;
use crate::error::Result;

/// A duplicate for which no valid defect stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostDuplicate {
    /// The project's code.
    pub project: String,
    /// The defect.
    pub defect_id: DefectId,
    /// Its number.
    pub number: i64,
    /// The number of the void defect that it repeats, if that is a duplicate itself.
    pub repeats: Option<i64>,
    /// Whether the duplicates repeat each other.
    pub in_ring: bool,
}

impl fmt::Display for LostDuplicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = number_text(self.number);
        let repeats = match (self.repeats.map(number_text), self.in_ring) {
            (Some(other), true) => format!("{other}, which repeats it in turn"),
            (Some(other), false) => format!("{other}, which is void"),
            (None, _) => "a void defect".to_owned(),
        };
        write!(f, "{}: {number} is a duplicate of {repeats}; defectRestore brings it back", self.project)
    }
}

/// Every duplicate for which no valid defect stands, by project and number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lost_duplicates(app: &App) -> Result<Vec<LostDuplicate>> {
    let rows = store::defects::void_survivors(app.db.read()).await?;
    let projects = store::projects::all(app.db.read()).await?;
    let codes: HashMap<ProjectId, String> = projects.into_iter().map(|project| (project.id, project.code)).collect();
    let chain: HashMap<DefectId, &VoidSurvivor> = rows.iter().map(|row| (row.id, row)).collect();
    let void: HashSet<DefectId> =
        store::defects::void_for_themselves(app.db.read(), &ends(&chain)).await?.into_iter().collect();
    let lost = rows.iter().filter_map(|row| {
        let end = end_of(row, &chain);
        let in_ring = end.is_none();
        (in_ring || end.is_some_and(|end| void.contains(&end))).then(|| LostDuplicate {
            project: codes.get(&row.project_id).cloned().unwrap_or_default(),
            defect_id: row.id,
            number: row.number,
            repeats: chain.get(&row.survivor_id).map(|survivor| survivor.number),
            in_ring,
        })
    });
    Ok(lost.collect())
}

/// The defects at the ends of all chains that end.
fn ends(chain: &HashMap<DefectId, &VoidSurvivor>) -> Vec<DefectId> {
    let ends: HashSet<DefectId> = chain.values().filter_map(|row| end_of(row, chain)).collect();
    ends.into_iter().collect()
}

/// The first defect on the way from survivor to survivor that is no duplicate of a void one; none in a ring.
fn end_of(row: &VoidSurvivor, chain: &HashMap<DefectId, &VoidSurvivor>) -> Option<DefectId> {
    let mut seen = HashSet::from([row.id]);
    let mut next = row.survivor_id;
    while let Some(survivor) = chain.get(&next) {
        if !seen.insert(survivor.id) {
            return None;
        }
        next = survivor.survivor_id;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u128, survivor: u128) -> VoidSurvivor {
        let id_of = DefectId::from_u128;
        VoidSurvivor { project_id: ProjectId::nil(), id: id_of(id), number: 1, survivor_id: id_of(survivor) }
    }

    #[test]
    fn a_ring_has_no_end_and_a_chain_has_one() {
        let rows = [row(1, 2), row(2, 3), row(3, 1), row(4, 1), row(5, 6), row(6, 7)];
        let chain: HashMap<DefectId, &VoidSurvivor> = rows.iter().map(|row| (row.id, row)).collect();
        let ends: Vec<Option<DefectId>> = rows.iter().map(|row| end_of(row, &chain)).collect();
        let seven = Some(DefectId::from_u128(7));
        assert_eq!(ends, [None, None, None, None, seven, seven]);
    }
}
