//! Relations of defects.

use std::collections::HashMap;
use std::hash::Hash;

use app::defect::DefectRow;
use app::redacted::{Redact, Redacted};
use domain::id::{AttemptId, DefectId, PhotoId, ProjectId, RoomId, UnitId};
use domain::{Caller, Language};
use futures::FutureExt;
use store::columns::Columns;
use store::defects::{Filter, First};
use transport::batch::BatchQueue;

use super::children::{Comment, Dispute, RepairAttempt, Verdict};
use super::defect_type::DefectType;
use super::types::{AllowedDefectCommand, Defect, DefectEscalation};
use crate::event::Event;
use crate::loaders::{BatchLoader, LoaderContext, by_key, for_each, grouped, in_one_statement};

/// Most defects of one room in a nested list; a unit's list can be paged.
pub const ROOM_LIMIT: u64 = 100;

/// Relations of defects.
pub struct DefectLoaders {
    /// Defects by id.
    pub defects: BatchLoader<DefectId, Defect>,
    /// Defects of rooms, with these columns at least.
    pub of_rooms: BatchLoader<(RoomId, Columns), Vec<Defect>>,
    /// The first defects of units; one more than asked for tells of more.
    pub of_units: BatchLoader<(UnitId, First), Vec<Defect>>,
    /// Defects merged into a defect.
    pub duplicates: BatchLoader<DefectId, Vec<Defect>>,
    /// How many defects of a unit match a filter.
    pub counts: BatchLoader<(UnitId, Filter), i64>,
    /// Types by (project, code).
    pub types: BatchLoader<(ProjectId, String), DefectType>,
    /// Attempts of defects.
    pub attempts: BatchLoader<DefectId, Vec<RepairAttempt>>,
    /// Verdicts of attempts.
    pub verdicts: BatchLoader<AttemptId, Vec<Verdict>>,
    /// Disputes of defects, for staff.
    pub disputes: BatchLoader<DefectId, Vec<Dispute>>,
    /// Comments on defects.
    pub comments: BatchLoader<DefectId, Vec<Comment>>,
    /// Steps of escalation of defects.
    pub escalations: BatchLoader<DefectId, Vec<DefectEscalation>>,
    /// Photos of defects whose bytes are also another photo's.
    pub reused: BatchLoader<DefectId, Vec<PhotoId>>,
    /// Events of defects.
    pub events: BatchLoader<DefectId, Vec<Event>>,
    /// Commands on defects.
    pub allowed: BatchLoader<DefectId, Vec<AllowedDefectCommand>>,
}

impl DefectLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self {
            defects: BatchLoader::new(context, queue, |s, ids| by_ids(s, ids).boxed()),
            of_rooms: BatchLoader::new(context, queue, |s, keys| of_rooms(s, keys).boxed()),
            of_units: BatchLoader::new(context, queue, |s, keys| of_units(s, keys).boxed()),
            duplicates: BatchLoader::new(context, queue, |s, ids| duplicates(s, ids).boxed()),
            counts: BatchLoader::new(context, queue, |s, keys| counts(s, keys).boxed()),
            types: BatchLoader::new(context, queue, |s, keys| types(s, keys).boxed()),
            attempts: BatchLoader::new(context, queue, |s, ids| attempts(s, ids).boxed()),
            verdicts: BatchLoader::new(context, queue, |s, ids| verdicts(s, ids).boxed()),
            disputes: BatchLoader::new(context, queue, |s, ids| disputes(s, ids).boxed()),
            comments: BatchLoader::new(context, queue, |s, ids| comments(s, ids).boxed()),
            escalations: BatchLoader::new(context, queue, |s, ids| escalations(s, ids).boxed()),
            reused: BatchLoader::new(context, queue, |s, ids| reused(s, ids).boxed()),
            events: BatchLoader::new(context, queue, |s, ids| events(s, ids).boxed()),
            allowed: BatchLoader::new(context, queue, |s, ids| allowed(s, ids).boxed()),
        }
    }
}

type Found<K, V> = app::Result<HashMap<K, V>>;

fn redacted<R: Redact>(caller: Option<&Caller>, rows: Vec<R>) -> Vec<Redacted<R>> {
    match caller {
        Some(caller) => Redacted::all(caller, rows),
        None => Vec::new(),
    }
}

async fn by_ids(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Defect> {
    let rows = store::defects::find_listed(s.app.db.read(), &s.scope, &ids).await?;
    Ok(by_key(redacted(s.caller.as_deref(), rows), |row| row.id()))
}

async fn of_rooms(s: LoaderContext, keys: Vec<(RoomId, Columns)>) -> Found<(RoomId, Columns), Vec<Defect>> {
    let (ids, columns) = in_one_statement(&keys);
    let rows = store::defects::of_rooms(s.app.db.read(), &s.scope, &ids, ROOM_LIMIT, columns).await?;
    Ok(for_each(keys, &grouped(redacted(s.caller.as_deref(), rows), |row| row.room_id().unwrap_or_default())))
}

async fn duplicates(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Vec<Defect>> {
    let rows = store::defects::duplicates_of(s.app.db.read(), &s.scope, &ids).await?;
    let rows: Vec<Redacted<DefectRow>> = redacted(s.caller.as_deref(), rows);
    Ok(grouped(rows, |row| row.duplicate_of.unwrap_or_default()))
}

/// The units of each question.
fn by_question<Q: Eq + Hash>(keys: Vec<(UnitId, Q)>) -> HashMap<Q, Vec<UnitId>> {
    let mut units: HashMap<Q, Vec<UnitId>> = HashMap::new();
    for (unit_id, question) in keys {
        units.entry(question).or_default().push(unit_id);
    }
    units
}

/// One statement for each list, however many units.
async fn of_units(s: LoaderContext, keys: Vec<(UnitId, First)>) -> Found<(UnitId, First), Vec<Defect>> {
    let mut lists = HashMap::new();
    for (first, units) in by_question(keys) {
        let rows = store::defects::of_units(s.app.db.read(), &s.scope, &units, &first).await?;
        let found = grouped(redacted(s.caller.as_deref(), rows), |row| row.unit_id());
        lists.extend(found.into_iter().map(|(unit_id, defects)| ((unit_id, first.clone()), defects)));
    }
    Ok(lists)
}

/// One statement for each filter, however many units.
async fn counts(s: LoaderContext, keys: Vec<(UnitId, Filter)>) -> Found<(UnitId, Filter), i64> {
    let mut counts = HashMap::new();
    for (filter, units) in by_question(keys) {
        let found = store::defects::count_by_unit(s.app.db.read(), &s.scope, &filter, &units).await?;
        counts.extend(found.into_iter().map(|(unit_id, count)| ((unit_id, filter.clone()), count)));
    }
    Ok(counts)
}

async fn types(s: LoaderContext, keys: Vec<(ProjectId, String)>) -> Found<(ProjectId, String), DefectType> {
    let rows = store::projects::defect_types_by_codes(s.app.db.read(), &keys).await?;
    Ok(by_key(rows, |row| (row.project_id, row.code.clone())))
}

async fn attempts(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Vec<RepairAttempt>> {
    Ok(grouped(store::defects::attempts_of(s.app.db.read(), &ids).await?, |row| row.defect_id))
}

async fn verdicts(s: LoaderContext, ids: Vec<AttemptId>) -> Found<AttemptId, Vec<Verdict>> {
    Ok(grouped(store::defects::verdicts_of(s.app.db.read(), &ids).await?, |row| row.attempt_id))
}

async fn disputes(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Vec<Dispute>> {
    let rows = store::defects::disputes_of(s.app.db.read(), &ids).await?;
    let staff: Vec<_> = rows.into_iter().filter(|row| s.scope.is_staff_of(row.project_id)).collect();
    Ok(grouped(staff, |row| row.defect_id))
}

async fn comments(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Vec<Comment>> {
    Ok(grouped(store::defects::comments_of(s.app.db.read(), &s.scope, &ids).await?, |row| row.defect_id))
}

async fn escalations(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Vec<DefectEscalation>> {
    Ok(grouped(store::escalations::of_defects(s.app.db.read(), &ids).await?, |row| row.defect_id))
}

async fn reused(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Vec<PhotoId>> {
    let mut photos: HashMap<DefectId, Vec<PhotoId>> = HashMap::new();
    for photo in store::photos::reused_of_defects(s.app.db.read(), &ids).await? {
        photos.entry(photo.defect_id.unwrap_or_default()).or_default().push(photo.id);
    }
    Ok(photos)
}

async fn events(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Vec<Event>> {
    let rows = store::events::of_defects(s.app.db.read(), &s.scope, &ids).await?;
    Ok(grouped(rows, |row| row.defect_id.unwrap_or_default()))
}

async fn allowed(s: LoaderContext, ids: Vec<DefectId>) -> Found<DefectId, Vec<AllowedDefectCommand>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    let answers = app::defect::read::allowed_commands_of(&s.app, caller, &ids).await?;
    Ok(answers.into_iter().map(|(id, commands)| (id, in_language(commands, caller.language))).collect())
}

fn in_language(commands: Vec<domain::defect::Allowed>, language: Language) -> Vec<AllowedDefectCommand> {
    commands
        .into_iter()
        .map(|command| AllowedDefectCommand {
            name: command.command,
            allowed: command.refusal.is_none(),
            reason: command.refusal.map(|refusal| refusal.message(language)),
        })
        .collect()
}
