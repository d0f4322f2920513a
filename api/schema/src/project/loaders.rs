//! Relations of projects, buildings and unit types.

use std::collections::HashMap;

use domain::id::{BuildingId, CompanyId, PersonId, ProjectId, ResponsibilityRuleId, UnitTypeId, UnitTypeRoomId};
use domain::object_kind::ObjectKind;
use futures::FutureExt;
use transport::batch::BatchQueue;
use uuid::Uuid;

use super::types::{Building, Company, Person, Plan, Project, ResponsibilityRule, UnitType, UnitTypeRoom};
use super::vocabulary::{MeasurementRule, Term};
use crate::defect::defect_type::DefectType;
use crate::loaders::{BatchLoader, LoaderContext, by_key, grouped};

/// Declares the relations, each loaded by one statement for all keys of a level.
macro_rules! relations {
    ($(
        $(#[$meta:meta])*
        $name:ident: $key_type:ty => $value:ty = $find:expr, $collect:ident by $key:expr;
    )+) => {
        /// Relations of projects, buildings and unit types.
        pub struct ProjectLoaders {
            /// The kinds of ids, independent of who may see the objects.
            pub kinds: BatchLoader<Uuid, ObjectKind>,
            $($(#[$meta])* pub $name: BatchLoader<$key_type, $value>,)+
        }

        impl ProjectLoaders {
            /// The relations on a request's queue.
            pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
                Self {
                    kinds: BatchLoader::new(context, queue, |s, ids| kinds(s, ids).boxed()),
                    $($name: BatchLoader::new(context, queue, |s, ids| {
                        async move { Ok($collect($find(s.app.db.read(), &s.scope, &ids).await?, $key)) }.boxed()
                    }),)+
                }
            }
        }
    };
}

relations! {
    /// Projects by id.
    projects: ProjectId => Project = store::projects::by_ids, by_key by |row| row.id;
    /// Companies by id.
    companies: CompanyId => Company = store::projects::companies_by_ids, by_key by |row| row.id;
    /// Companies of projects.
    companies_of: ProjectId => Vec<Company> = store::projects::companies_of, grouped by |row| row.project_id;
    /// People by id, as staff see them.
    people: PersonId => Person = store::projects::people_by_ids, by_key by |row| row.id();
    /// The same people by their names alone.
    named_people: PersonId => Person = store::projects::named_people_by_ids, by_key by |row| row.id();
    /// Buildings by id.
    buildings: BuildingId => Building = store::places::buildings, by_key by |row| row.id;
    /// Buildings of projects.
    buildings_of: ProjectId => Vec<Building> = store::places::buildings_of, grouped by |row| row.project_id;
    /// Unit types by id.
    unit_types: UnitTypeId => UnitType = store::places::unit_types, by_key by |row| row.id;
    /// Unit types of projects.
    unit_types_of: ProjectId => Vec<UnitType> = store::places::unit_types_of, grouped by |row| row.project_id;
    /// Rooms of unit types.
    rooms_of_types: UnitTypeId => Vec<UnitTypeRoom> = store::places::rooms_of_types, grouped by |row| row.unit_type_id;
    /// Rooms of unit types by id.
    type_rooms: UnitTypeRoomId => UnitTypeRoom = store::places::type_rooms, by_key by |row| row.id;
    /// Versions of plans of unit types.
    plans_of_types: UnitTypeId => Vec<Plan> = store::places::plans_of_types, grouped by |row| row.unit_type_id;
    /// Responsibility rules by id.
    rules: ResponsibilityRuleId => ResponsibilityRule = store::responsibility::by_ids, by_key by |row| row.id;
    /// Responsibility rules of projects.
    rules_of: ProjectId => Vec<ResponsibilityRule> = store::responsibility::of_projects, grouped by |row| row.project_id;
    /// Terms of projects.
    terms_of: ProjectId => Vec<Term> = store::vocabulary::terms_of, grouped by |row| row.project_id;
    /// Defect types of projects.
    defect_types_of: ProjectId => Vec<DefectType> = store::vocabulary::defect_types_of, grouped by |row| row.project_id;
    /// Measurement rules of projects.
    measurement_rules_of: ProjectId => Vec<MeasurementRule> = store::vocabulary::measurement_rules_of, grouped by |row| row.project_id;
}

async fn kinds(s: LoaderContext, ids: Vec<Uuid>) -> app::Result<HashMap<Uuid, ObjectKind>> {
    Ok(store::object_kinds::kinds_of(s.app.db.read(), &ids).await?)
}
