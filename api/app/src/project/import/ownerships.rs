//! Who owns which unit.

use std::collections::HashMap;

use domain::import::ImportedKind;
use domain::object_kind::ObjectKind;
use domain::place::OwnerKind;
use store::entity::unit_owners;
use uuid::Uuid;

use super::people::People;
use super::rows::Rows;
use super::units::Units;
use super::write::{Import, id_of};
use crate::error::Result;

impl Import<'_> {
    pub(super) async fn ownerships(&mut self, units: &Units, people: &People) -> Result<()> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<unit_owners::Entity>(&work.tx, project_id).await?;
        let owned =
            self.file.document.owners.iter().flat_map(|owner| owner.units.iter().map(move |unit| (owner, unit)));
        let wanted = owned.filter_map(|(owner, owned)| {
            let (person, (_, unit)) = (people.get(&owner.login)?, units.get(&owned.unit)?);
            let kind = owned.kind.as_deref().unwrap_or(OwnerKind::Owner.as_str());
            Some(((unit.id, person.id), (unit.id, person.id, kind)))
        });
        let make = |(unit_id, person_id, kind): (Uuid, Uuid, &str), row: Option<&unit_owners::Model>| {
            let id = id_of(row.map(|row| row.id), work);
            let active = row.is_none_or(|row| row.active);
            unit_owners::Model { id, project_id, unit_id, person_id, kind: kind.to_owned(), active }
        };
        let there = there.into_iter().map(|row| ((row.unit_id, row.person_id), row));
        let mut rows = Rows::match_up(ImportedKind::Ownership, there, wanted, make, |_| {});
        store::import::save::<unit_owners::Entity>(&work.tx, rows.to_write()).await?;
        let left: Vec<Uuid> = rows.left.iter().map(|row| row.person_id).collect();
        let logins: HashMap<Uuid, String> = store::import::logins(&work.tx, &left).await?.into_iter().collect();
        let codes: HashMap<Uuid, &str> = units.values().map(|(_, row)| (row.id, row.code.as_str())).collect();
        rows.leave(|row| {
            let unit = codes.get(&row.unit_id).copied().unwrap_or("?");
            format!("{unit}/{}", logins.get(&row.person_id).map_or("?", String::as_str))
        });
        for (unit_id, _) in &rows.written {
            self.changed(ObjectKind::Unit, *unit_id);
        }
        self.tallies.push(rows.tally);
        Ok(())
    }
}
