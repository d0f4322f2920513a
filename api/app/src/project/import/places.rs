//! Buildings, and unit types with their rooms.

use std::collections::HashMap;

use domain::id::UnitTypeId;
use domain::import::{BuildingEntry, ImportedKind, RoomEntry, UnitTypeEntry, phrases};
use domain::object_kind::ObjectKind;
use domain::place::Fitout;
use serde_json::json;
use store::entity::{buildings, unit_type_rooms, unit_types};

use super::lookalikes::check_lookalikes;
use super::rows::Rows;
use super::write::{Import, id_of, sort_of};
use crate::error::Result;

/// Buildings by code.
pub(super) type Buildings = HashMap<String, buildings::Model>;
/// Unit types by code.
pub(super) type UnitTypes = HashMap<String, unit_types::Model>;
/// Rooms of unit types by unit type and code.
pub(super) type TypeRooms = HashMap<(UnitTypeId, String), unit_type_rooms::Model>;

impl Import<'_> {
    pub(super) async fn buildings(&mut self) -> Result<Buildings> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<buildings::Entity>(&work.tx, project_id).await?;
        let codes: Vec<&str> = there.iter().map(|row| row.code.as_str()).collect();
        check_lookalikes(
            phrases::BUILDING,
            "buildings",
            &codes,
            self.file.document.buildings.iter().map(|entry| entry.code.as_str()),
        )?;
        let listed = self.file.document.buildings.iter().enumerate();
        let wanted = listed.map(|(sort, entry)| (entry.code.clone(), (sort_of(sort), entry)));
        let make = |(sort, entry): (i32, &BuildingEntry), row: Option<&buildings::Model>| buildings::Model {
            id: id_of(row.map(|row| row.id), work),
            project_id,
            code: entry.code.clone(),
            name: entry.name.clone(),
            floors: entry.floors,
            sort,
        };
        let there = there.into_iter().map(|row| (row.code.clone(), row));
        let mut rows = Rows::match_up(ImportedKind::Building, there, wanted, make, |_| {});
        store::import::save::<buildings::Entity>(&work.tx, rows.to_write()).await?;
        for row in rows.to_write() {
            self.mark_changed(ObjectKind::Building, row.id);
        }
        rows.leave(|row| row.code.clone());
        self.tallies.push(rows.tally);
        Ok(rows.now)
    }

    pub(super) async fn unit_types(&mut self) -> Result<UnitTypes> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<unit_types::Entity>(&work.tx, project_id).await?;
        let codes: Vec<&str> = there.iter().map(|row| row.code.as_str()).collect();
        check_lookalikes(
            phrases::UNIT_TYPE,
            "unitTypes",
            &codes,
            self.file.document.unit_types.iter().map(|entry| entry.code.as_str()),
        )?;
        let wanted = self.file.document.unit_types.iter();
        let wanted = wanted.map(|entry| Ok((entry.code.clone(), (entry, entry.fitout.parse()?))));
        let wanted = wanted.collect::<Result<Vec<_>>>()?;
        let make = |(entry, fitout): (&UnitTypeEntry, Fitout), row: Option<&unit_types::Model>| unit_types::Model {
            id: id_of(row.map(|row| row.id), work),
            project_id,
            code: entry.code.clone(),
            name: entry.name.clone(),
            fitout,
            area: entry.area.map(|area| area.normalize().to_string()),
            current_plan_id: row.and_then(|row| row.current_plan_id),
        };
        let there = there.into_iter().map(|row| (row.code.clone(), row));
        let mut rows = Rows::match_up(ImportedKind::UnitType, there, wanted, make, |_| {});
        store::import::save::<unit_types::Entity>(&work.tx, rows.to_write()).await?;
        for row in rows.to_write() {
            self.mark_changed(ObjectKind::UnitType, row.id);
        }
        rows.leave(|row| row.code.clone());
        self.tallies.push(rows.tally);
        Ok(rows.now)
    }

    pub(super) async fn unit_type_rooms(&mut self, unit_types: &UnitTypes) -> Result<TypeRooms> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<unit_type_rooms::Entity>(&work.tx, project_id).await?;
        let listed =
            self.file.document.unit_types.iter().filter_map(|entry| Some((unit_types.get(&entry.code)?.id, entry)));
        let wanted = listed.flat_map(|(type_id, entry)| {
            let rooms = entry.rooms.iter().enumerate();
            rooms.map(move |(sort, room)| ((type_id, room.code.clone()), (type_id, sort_of(sort), room)))
        });
        let make = |(unit_type_id, sort, room): (UnitTypeId, i32, &RoomEntry), row: Option<&unit_type_rooms::Model>| {
            unit_type_rooms::Model {
                id: id_of(row.map(|row| row.id), work),
                project_id,
                unit_type_id,
                code: room.code.clone(),
                name: room.name.clone(),
                room_type: room.room_type.clone(),
                outline: json!(room.outline),
                sort,
            }
        };
        let there = there.into_iter().map(|row| ((row.unit_type_id, row.code.clone()), row));
        let mut rows = Rows::match_up(ImportedKind::UnitTypeRoom, there, wanted, make, |_| {});
        store::import::save::<unit_type_rooms::Entity>(&work.tx, rows.to_write()).await?;
        let codes: HashMap<UnitTypeId, &str> = unit_types.values().map(|row| (row.id, row.code.as_str())).collect();
        rows.leave(|row| format!("{}/{}", codes.get(&row.unit_type_id).copied().unwrap_or_default(), row.code));
        for (type_id, _) in &rows.written {
            self.mark_changed(ObjectKind::UnitType, *type_id);
        }
        self.tallies.push(rows.tally);
        Ok(rows.now)
    }
}
