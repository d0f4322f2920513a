//! Relations of unit inspections.

use std::collections::HashMap;

use app::inspection::{lineage, missing, read};
use domain::Caller;
use futures::FutureExt;
use transport::batch::BatchQueue;
use uuid::Uuid;

use super::records::{CheckResult, Measurement, Signature};
use super::types::{AllowedInspectionCommand, EarlierDefect, MissingItem, UnitAccess, UnitInspection};
use crate::defect::types::Defect;
use crate::loaders::{Relation, Scope, by_key, grouped};
use crate::record::Event;

/// Relations of unit inspections.
pub struct InspectionLoaders {
    /// Unit inspections by id.
    pub inspections: Relation<Uuid, UnitInspection>,
    /// Unit inspections of units, in the order of their rounds.
    pub of_units: Relation<Uuid, Vec<UnitInspection>>,
    /// Results of unit inspections.
    pub results: Relation<Uuid, Vec<CheckResult>>,
    /// Measurements of unit inspections.
    pub measurements: Relation<Uuid, Vec<Measurement>>,
    /// Signatures under unit inspections.
    pub signatures: Relation<Uuid, Vec<Signature>>,
    /// What unit inspections lack.
    pub missing: Relation<Uuid, Vec<MissingItem>>,
    /// Defects that unit inspections show again.
    pub earlier: Relation<Uuid, Vec<EarlierDefect>>,
    /// Who was in the unit between repair and new damage, by defect and unit.
    pub access: Relation<(Uuid, Uuid), Vec<UnitAccess>>,
    /// Defects that came too late for unit inspections.
    pub late: Relation<Uuid, Vec<Defect>>,
    /// Events of unit inspections.
    pub events: Relation<Uuid, Vec<Event>>,
    /// Commands on unit inspections.
    pub allowed: Relation<Uuid, Vec<AllowedInspectionCommand>>,
}

impl InspectionLoaders {
    /// The relations on a request's queue.
    pub fn new(scope: &Scope, queue: &BatchQueue) -> Self {
        Self {
            inspections: Relation::new(scope, queue, |s, ids| by_ids(s, ids).boxed()),
            of_units: Relation::new(scope, queue, |s, ids| of_units(s, ids).boxed()),
            results: Relation::new(scope, queue, |s, ids| results(s, ids).boxed()),
            measurements: Relation::new(scope, queue, |s, ids| measurements(s, ids).boxed()),
            signatures: Relation::new(scope, queue, |s, ids| signatures(s, ids).boxed()),
            missing: Relation::new(scope, queue, |s, ids| lacking(s, ids).boxed()),
            earlier: Relation::new(scope, queue, |s, ids| earlier(s, ids).boxed()),
            access: Relation::new(scope, queue, |s, places| access(s, places).boxed()),
            late: Relation::new(scope, queue, |s, ids| late(s, ids).boxed()),
            events: Relation::new(scope, queue, |s, ids| events(s, ids).boxed()),
            allowed: Relation::new(scope, queue, |s, ids| allowed(s, ids).boxed()),
        }
    }
}

type Found<V> = app::Result<HashMap<Uuid, V>>;

/// The caller, or the empty answer for nobody.
macro_rules! caller {
    ($scope:ident) => {
        match $scope.caller.as_deref() {
            Some(caller) => caller as &Caller,
            None => return Ok(HashMap::new()),
        }
    };
}

async fn by_ids(s: Scope, ids: Vec<Uuid>) -> Found<UnitInspection> {
    Ok(by_key(read::by_ids(&s.app, caller!(s), &ids).await?, |row| row.id))
}

async fn of_units(s: Scope, ids: Vec<Uuid>) -> Found<Vec<UnitInspection>> {
    Ok(grouped(read::of_units(&s.app, caller!(s), &ids).await?, |row| row.unit_id))
}

async fn results(s: Scope, ids: Vec<Uuid>) -> Found<Vec<CheckResult>> {
    Ok(grouped(read::results_of(&s.app, caller!(s), &ids).await?, |row| row.inspection_id))
}

async fn measurements(s: Scope, ids: Vec<Uuid>) -> Found<Vec<Measurement>> {
    Ok(grouped(read::measurements_of(&s.app, caller!(s), &ids).await?, |row| row.inspection_id))
}

async fn signatures(s: Scope, ids: Vec<Uuid>) -> Found<Vec<Signature>> {
    Ok(grouped(read::signatures_of(&s.app, caller!(s), &ids).await?, |row| row.subject_id))
}

async fn lacking(s: Scope, ids: Vec<Uuid>) -> Found<Vec<MissingItem>> {
    let found = missing::of_many(&s.app, caller!(s), &ids).await?;
    Ok(found.into_iter().map(|(id, items)| (id, items.into_iter().map(MissingItem).collect())).collect())
}

async fn earlier(s: Scope, ids: Vec<Uuid>) -> Found<Vec<EarlierDefect>> {
    let found = lineage::earlier_defects(&s.app, caller!(s), &ids).await?;
    Ok(found.into_iter().map(|(id, defects)| (id, defects.into_iter().map(EarlierDefect).collect())).collect())
}

async fn access(s: Scope, places: Vec<(Uuid, Uuid)>) -> app::Result<HashMap<(Uuid, Uuid), Vec<UnitAccess>>> {
    let mut found = lineage::access_of_defects(s.app.db.read(), &places, s.app.clock.now()).await?;
    let of = |place: (Uuid, Uuid)| {
        let people = found.remove(&place.0).unwrap_or_default();
        (place, people.into_iter().map(UnitAccess).collect())
    };
    Ok(places.into_iter().map(of).collect())
}

async fn late(s: Scope, ids: Vec<Uuid>) -> Found<Vec<Defect>> {
    Ok(grouped(read::late_defects(&s.app, caller!(s), &ids).await?, |row| row.late_for_id.unwrap_or_default()))
}

async fn events(s: Scope, ids: Vec<Uuid>) -> Found<Vec<Event>> {
    Ok(grouped(store::events::of_objects(s.app.db.read(), &s.sight, &ids).await?, |row| row.object_id))
}

async fn allowed(s: Scope, ids: Vec<Uuid>) -> Found<Vec<AllowedInspectionCommand>> {
    let caller = caller!(s);
    let answers = read::allowed(&s.app, caller, &ids).await?;
    let told = |commands| AllowedInspectionCommand::told(commands, caller.language);
    Ok(answers.into_iter().map(|(id, commands)| (id, told(commands))).collect())
}
