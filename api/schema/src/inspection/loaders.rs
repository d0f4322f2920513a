//! Relations of unit inspections.

use std::collections::HashMap;

use app::inspection::{lineage, missing, read};
use domain::Caller;
use domain::id::{DefectId, InspectionId, UnitId};
use futures::FutureExt;
use transport::batch::BatchQueue;
use uuid::Uuid;

use super::results::{CheckResult, Measurement, Signature};
use super::types::{AllowedInspectionCommand, EarlierDefect, MissingItem, UnitAccess, UnitInspection};
use crate::defect::types::Defect;
use crate::event::Event;
use crate::loaders::{BatchLoader, LoaderContext, by_key, grouped};

/// Relations of unit inspections.
pub struct InspectionLoaders {
    /// Unit inspections by id.
    pub inspections: BatchLoader<InspectionId, UnitInspection>,
    /// Unit inspections of units, in the order of their rounds.
    pub of_units: BatchLoader<UnitId, Vec<UnitInspection>>,
    /// Results of unit inspections.
    pub results: BatchLoader<InspectionId, Vec<CheckResult>>,
    /// Measurements of unit inspections.
    pub measurements: BatchLoader<InspectionId, Vec<Measurement>>,
    /// Signatures under unit inspections.
    pub signatures: BatchLoader<InspectionId, Vec<Signature>>,
    /// What unit inspections lack.
    pub missing: BatchLoader<InspectionId, Vec<MissingItem>>,
    /// Defects that unit inspections show again.
    pub earlier: BatchLoader<InspectionId, Vec<EarlierDefect>>,
    /// Who was in the unit between repair and new damage, by defect and unit.
    pub access: BatchLoader<(DefectId, UnitId), Vec<UnitAccess>>,
    /// Defects that came too late for unit inspections.
    pub late: BatchLoader<InspectionId, Vec<Defect>>,
    /// Events of unit inspections and of edits that wait, by the id of the object.
    pub events: BatchLoader<Uuid, Vec<Event>>,
    /// Commands on unit inspections.
    pub allowed: BatchLoader<InspectionId, Vec<AllowedInspectionCommand>>,
}

impl InspectionLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self {
            inspections: BatchLoader::new(context, queue, |s, ids| by_ids(s, ids).boxed()),
            of_units: BatchLoader::new(context, queue, |s, ids| of_units(s, ids).boxed()),
            results: BatchLoader::new(context, queue, |s, ids| results(s, ids).boxed()),
            measurements: BatchLoader::new(context, queue, |s, ids| measurements(s, ids).boxed()),
            signatures: BatchLoader::new(context, queue, |s, ids| signatures(s, ids).boxed()),
            missing: BatchLoader::new(context, queue, |s, ids| lacking(s, ids).boxed()),
            earlier: BatchLoader::new(context, queue, |s, ids| earlier(s, ids).boxed()),
            access: BatchLoader::new(context, queue, |s, places| access(s, places).boxed()),
            late: BatchLoader::new(context, queue, |s, ids| late(s, ids).boxed()),
            events: BatchLoader::new(context, queue, |s, ids| events(s, ids).boxed()),
            allowed: BatchLoader::new(context, queue, |s, ids| allowed(s, ids).boxed()),
        }
    }
}

type Found<K, V> = app::Result<HashMap<K, V>>;

/// The caller, or the empty answer without one.
macro_rules! caller {
    ($context:ident) => {
        match $context.caller.as_deref() {
            Some(caller) => caller as &Caller,
            None => return Ok(HashMap::new()),
        }
    };
}

async fn by_ids(s: LoaderContext, ids: Vec<InspectionId>) -> Found<InspectionId, UnitInspection> {
    Ok(by_key(read::by_ids(&s.app, caller!(s), &ids).await?, |row| row.id))
}

async fn of_units(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Vec<UnitInspection>> {
    Ok(grouped(read::of_units(&s.app, caller!(s), &ids).await?, |row| row.unit_id))
}

async fn results(s: LoaderContext, ids: Vec<InspectionId>) -> Found<InspectionId, Vec<CheckResult>> {
    Ok(grouped(read::results_of(&s.app, caller!(s), &ids).await?, |row| row.inspection_id))
}

async fn measurements(s: LoaderContext, ids: Vec<InspectionId>) -> Found<InspectionId, Vec<Measurement>> {
    Ok(grouped(read::measurements_of(&s.app, caller!(s), &ids).await?, |row| row.inspection_id))
}

async fn signatures(s: LoaderContext, ids: Vec<InspectionId>) -> Found<InspectionId, Vec<Signature>> {
    Ok(grouped(read::signatures_of(&s.app, caller!(s), &ids).await?, |row| row.subject_id.into()))
}

async fn lacking(s: LoaderContext, ids: Vec<InspectionId>) -> Found<InspectionId, Vec<MissingItem>> {
    let found = missing::missing_items_of(&s.app, caller!(s), &ids).await?;
    Ok(found.into_iter().map(|(id, items)| (id, items.into_iter().map(MissingItem).collect())).collect())
}

async fn earlier(s: LoaderContext, ids: Vec<InspectionId>) -> Found<InspectionId, Vec<EarlierDefect>> {
    let found = lineage::earlier_defects(&s.app, caller!(s), &ids).await?;
    Ok(found.into_iter().map(|(id, defects)| (id, defects.into_iter().map(EarlierDefect).collect())).collect())
}

async fn access(
    s: LoaderContext,
    places: Vec<(DefectId, UnitId)>,
) -> app::Result<HashMap<(DefectId, UnitId), Vec<UnitAccess>>> {
    let mut found = lineage::access_of_defects(s.app.db.read(), &places, s.app.clock.now()).await?;
    let of = |place: (DefectId, UnitId)| {
        let people = found.remove(&place.0).unwrap_or_default();
        (place, people.into_iter().map(UnitAccess).collect())
    };
    Ok(places.into_iter().map(of).collect())
}

async fn late(s: LoaderContext, ids: Vec<InspectionId>) -> Found<InspectionId, Vec<Defect>> {
    Ok(grouped(read::late_defects(&s.app, caller!(s), &ids).await?, |row| row.late_for_id.unwrap_or_default()))
}

async fn events(s: LoaderContext, ids: Vec<Uuid>) -> Found<Uuid, Vec<Event>> {
    Ok(grouped(store::events::of_objects(s.app.db.read(), &s.scope, &ids).await?, |row| row.object_id))
}

async fn allowed(s: LoaderContext, ids: Vec<InspectionId>) -> Found<InspectionId, Vec<AllowedInspectionCommand>> {
    let caller = caller!(s);
    let answers = read::allowed_commands_of(&s.app, caller, &ids).await?;
    let told = |commands| AllowedInspectionCommand::in_language(commands, caller.language);
    Ok(answers.into_iter().map(|(id, commands)| (id, told(commands))).collect())
}
