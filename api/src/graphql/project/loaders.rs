//! Relations of projects and places.

use std::collections::HashMap;

use async_graphql::Context;
use domain::object_kind::ObjectKind;
use futures::FutureExt;
use store::page::{Cursor, Page, PageRequest};
use store::places::UnitOrder;
use uuid::Uuid;

use super::types::{
    Building, Company, Person, Plan, Project, ResponsibilityRule, Room, Unit, UnitOwner, UnitType, UnitTypeRoom,
};
use super::vocabulary::{MeasurementRule, Term};
use crate::graphql::ask::Ask;
use crate::graphql::defect::types::DefectType;
use crate::graphql::error::ApiResult;
use crate::graphql::loaders::{Relation, Scope, by_key, grouped};
use crate::graphql::loading::BatchQueue;
use crate::graphql::page::{Nodes, nodes};

/// Declares the relations, each loaded by one statement for all keys of a level.
macro_rules! relations {
    ($(
        $(#[$meta:meta])*
        $name:ident: $value:ty = $find:expr, $collect:ident by $key:expr;
    )+) => {
        /// Relations of projects and places.
        pub struct ProjectLoaders {
            /// The kinds of ids, whoever may see the objects.
            pub kinds: Relation<Uuid, ObjectKind>,
            /// The first units of buildings, by building and number of rows; one more than asked for tells of more.
            first_units: Relation<(Uuid, u64), Vec<Unit>>,
            $($(#[$meta])* pub $name: Relation<Uuid, $value>,)+
        }

        impl ProjectLoaders {
            /// The relations on a request's queue.
            pub fn new(scope: &Scope, queue: &BatchQueue) -> Self {
                Self {
                    kinds: Relation::new(scope, queue, |s, ids| kinds(s, ids).boxed()),
                    first_units: Relation::new(scope, queue, |s, keys| first_units_of(s, keys).boxed()),
                    $($name: Relation::new(scope, queue, |s, ids| {
                        async move { Ok($collect($find(s.app.db.read(), &s.sight, &ids).await?, $key)) }.boxed()
                    }),)+
                }
            }
        }
    };
}

relations! {
    /// Projects by id.
    projects: Project = store::projects::by_ids, by_key by |row| row.id;
    /// Companies by id.
    companies: Company = store::projects::companies_by_ids, by_key by |row| row.id;
    /// Companies of projects.
    companies_of: Vec<Company> = store::projects::companies_of, grouped by |row| row.project_id;
    /// People by id, as staff see them.
    people: Person = store::projects::people_by_ids, by_key by |row| row.id;
    /// Buildings by id.
    buildings: Building = store::places::buildings, by_key by |row| row.id;
    /// Buildings of projects.
    buildings_of: Vec<Building> = store::places::buildings_of, grouped by |row| row.project_id;
    /// Unit types by id.
    unit_types: UnitType = store::places::unit_types, by_key by |row| row.id;
    /// Unit types of projects.
    unit_types_of: Vec<UnitType> = store::places::unit_types_of, grouped by |row| row.project_id;
    /// Rooms of unit types.
    rooms_of_types: Vec<UnitTypeRoom> = store::places::rooms_of_types, grouped by |row| row.unit_type_id;
    /// Rooms of unit types by id.
    type_rooms: UnitTypeRoom = store::places::type_rooms, by_key by |row| row.id;
    /// Versions of plans of unit types.
    plans_of_types: Vec<Plan> = store::places::plans_of_types, grouped by |row| row.unit_type_id;
    /// Units by id.
    units: Unit = store::units::by_ids, by_key by |row| row.id;
    /// Rooms by id.
    rooms: Room = store::units::rooms_by_ids, by_key by |row| row.id;
    /// Rooms of units.
    rooms_of_units: Vec<Room> = store::places::rooms_of_units, grouped by |row| row.unit_id;
    /// Owners of units, for those who may see them.
    owners_of_units: Vec<UnitOwner> = store::places::owners_of_units, grouped by |row| row.unit_id;
    /// Former owners of units, for those who may see them.
    former_owners_of_units: Vec<UnitOwner> = store::places::former_owners_of_units, grouped by |row| row.unit_id;
    /// Responsibility rules by id.
    rules: ResponsibilityRule = store::responsibility::by_ids, by_key by |row| row.id;
    /// Responsibility rules of projects.
    rules_of: Vec<ResponsibilityRule> = store::responsibility::of_projects, grouped by |row| row.project_id;
    /// Terms of projects.
    terms_of: Vec<Term> = store::vocabulary::terms_of, grouped by |row| row.project_id;
    /// Defect types of projects.
    defect_types_of: Vec<DefectType> = store::vocabulary::defect_types_of, grouped by |row| row.project_id;
    /// Measurement rules of projects.
    measurement_rules_of: Vec<MeasurementRule> = store::vocabulary::measurement_rules_of, grouped by |row| row.project_id;
}

async fn kinds(s: Scope, ids: Vec<Uuid>) -> app::Result<HashMap<Uuid, ObjectKind>> {
    Ok(store::nodes::kinds(s.app.db.read(), &ids).await?)
}

async fn first_units_of(s: Scope, keys: Vec<(Uuid, u64)>) -> app::Result<HashMap<(Uuid, u64), Vec<Unit>>> {
    let most = keys.iter().map(|(_, limit)| *limit).max().unwrap_or_default();
    let buildings: Vec<Uuid> = keys.iter().map(|(building, _)| *building).collect();
    let rows = store::places::first_units_of_buildings(s.app.db.read(), &s.sight, &buildings, most + 1).await?;
    let of_building: HashMap<Uuid, Vec<Unit>> = grouped(rows, |row| row.building_id);
    let found = |key: &(Uuid, u64)| of_building.get(&key.0).cloned().unwrap_or_default();
    Ok(keys.into_iter().map(|key| (key, found(&key))).collect())
}

/// The first units of a building; for all buildings of a level by one statement.
pub(super) async fn first_units(ctx: &Context<'_>, building_id: Uuid, limit: u64) -> ApiResult<Nodes<Unit>> {
    let rows = ctx.loaders().project.first_units.list((building_id, limit)).await?;
    let rows = rows.into_iter().map(|unit| (Cursor { sort: unit.0.place_order, id: unit.0.id }, unit)).collect();
    Ok(nodes(Page::of(&PageRequest::first(limit), rows), UnitOrder::Place.list_name()))
}
