//! Units with their rooms.

use std::collections::{HashMap, HashSet};

use domain::id::{BuildingId, UnitId, UnitTypeRoomId};
use domain::import::{ImportedKind, RoomEntry, UnitEntry, all_units, phrases};
use domain::object_kind::ObjectKind;
use domain::place::{ORDER_VERSION, place_order};
use domain::text::folded;
use domain::unit::UnitKind;
use store::entity::{buildings, rooms, units};

use super::lookalikes::check_lookalikes;
use super::places::{Buildings, TypeRooms, UnitTypes};
use super::rows::Rows;
use super::write::{Import, id_of, sort_of};
use crate::error::Result;

/// Units by code, each with the entry of the file.
pub(super) type Units = HashMap<String, (UnitEntry, units::Model)>;

/// A room that a unit shall have.
struct Wanted<'a> {
    unit_id: UnitId,
    unit_type_room_id: Option<UnitTypeRoomId>,
    sort: i32,
    room: &'a RoomEntry,
}

impl Import<'_> {
    pub(super) async fn units(&mut self, buildings: &Buildings, unit_types: &UnitTypes) -> Result<Units> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<units::Entity>(&work.tx, project_id).await?;
        let codes: Vec<&str> = there.iter().map(|row| row.code.as_str()).collect();
        check_lookalikes(
            phrases::UNIT,
            "units",
            &codes,
            all_units(&self.file.document).iter().map(|placed| placed.unit.code.as_str()),
        )?;
        let places: HashMap<UnitId, (BuildingId, i64)> =
            there.iter().map(|row| (row.id, (row.building_id, row.place_order))).collect();
        let entries: Vec<UnitEntry> = all_units(&self.file.document).into_iter().map(|placed| placed.unit).collect();
        let wanted = entries.iter().filter_map(|entry| Some((entry, buildings.get(&entry.building)?)));
        let wanted = wanted.map(|(entry, building)| Ok((entry.code.clone(), (entry, building, kind_of(entry)?))));
        let wanted = wanted.collect::<Result<Vec<_>>>()?;
        let make = |(entry, building, kind): (&UnitEntry, &buildings::Model, UnitKind), row: Option<&units::Model>| {
            units::Model {
                id: id_of(row.map(|row| row.id), work),
                project_id,
                building_id: building.id,
                unit_type_id: entry.unit_type.as_ref().and_then(|code| unit_types.get(code)).map(|row| row.id),
                code: entry.code.clone(),
                entrance: entry.entrance.clone(),
                floor: entry.floor,
                kind,
                place_order: place_order(building.sort, entry.entrance.as_deref(), entry.floor, &entry.code),
                search: Some(folded(&entry.code)),
                code_key: Some(folded(&entry.code)),
                order_version: Some(ORDER_VERSION),
                opened_at: row.and_then(|row| row.opened_at),
                opened_by: row.and_then(|row| row.opened_by),
                version: row.map_or(1, |row| row.version),
            }
        };
        let there = there.into_iter().map(|row| (row.code.clone(), row));
        let mut rows = Rows::match_up(ImportedKind::Unit, there, wanted, make, |row| row.version += 1);
        let written = rows.to_write();
        let moved = |row: &units::Model| places.get(&row.id).is_some_and(|p| *p != (row.building_id, row.place_order));
        let moved: Vec<UnitId> = written.iter().filter(|row| moved(row)).map(|row| row.id).collect();
        let changed: Vec<UnitId> = written.iter().map(|row| row.id).collect();
        store::import::save::<units::Entity>(&work.tx, written).await?;
        store::import::move_defects(&work.tx, &moved).await?;
        for id in changed {
            self.mark_changed(ObjectKind::Unit, id);
        }
        rows.leave(|row| row.code.clone());
        self.tallies.push(rows.tally);
        let mut now = rows.now;
        Ok(entries.into_iter().filter_map(|e| now.remove(&e.code).map(|row| (e.code.clone(), (e, row)))).collect())
    }

    /// A unit has the rooms of its type, or those that the file gives it; a room that is in neither stays.
    pub(super) async fn rooms(&mut self, units: &Units, type_rooms: &TypeRooms) -> Result<()> {
        let (project_id, work) = (self.project_id, &*self.work);
        let there = store::import::load::<rooms::Entity>(&work.tx, project_id).await?;
        let by_type: HashMap<&str, &[RoomEntry]> =
            self.file.document.unit_types.iter().map(|entry| (entry.code.as_str(), entry.rooms.as_slice())).collect();
        let wanted = units.values().flat_map(|(entry, unit)| {
            let of_type = entry.unit_type.as_deref().and_then(|code| by_type.get(code)).copied();
            of_type.unwrap_or(&entry.rooms).iter().enumerate().map(|(sort, room)| {
                let of_type = unit.unit_type_id.and_then(|type_id| type_rooms.get(&(type_id, room.code.clone())));
                let wanted = Wanted {
                    unit_id: unit.id,
                    unit_type_room_id: of_type.map(|row| row.id),
                    sort: sort_of(sort),
                    room,
                };
                ((unit.id, room.code.clone()), wanted)
            })
        });
        let make = |wanted: Wanted<'_>, row: Option<&rooms::Model>| rooms::Model {
            id: id_of(row.map(|row| row.id), work),
            project_id,
            unit_id: wanted.unit_id,
            unit_type_room_id: wanted.unit_type_room_id,
            code: wanted.room.code.clone(),
            name: wanted.room.name.clone(),
            room_type: wanted.room.room_type.clone(),
            sort: wanted.sort,
        };
        let there = there.into_iter().map(|row| ((row.unit_id, row.code.clone()), row));
        let mut rows = Rows::match_up(ImportedKind::Room, there, wanted, make, |_| {});
        store::import::save::<rooms::Entity>(&work.tx, rows.to_write()).await?;
        let codes: HashMap<UnitId, &str> = units.values().map(|(_, row)| (row.id, row.code.as_str())).collect();
        // Rooms of units that the file does not name are as much part of those as before.
        rows.left.retain(|row| codes.contains_key(&row.unit_id));
        rows.leave(|row| format!("{}/{}", codes.get(&row.unit_id).copied().unwrap_or_default(), row.code));
        let changed: HashSet<UnitId> = rows.written.iter().map(|(unit_id, _)| *unit_id).collect();
        for unit_id in changed {
            self.mark_changed(ObjectKind::Unit, unit_id);
        }
        self.tallies.push(rows.tally);
        Ok(())
    }
}

/// The kind of unit of an entry; a home if absent.
fn kind_of(entry: &UnitEntry) -> Result<UnitKind> {
    Ok(entry.kind.as_deref().map_or(Ok(UnitKind::Residential), str::parse)?)
}
