//! Relations of units.

use std::collections::HashMap;
use std::sync::Arc;

use app::unit::{read, readiness};
use async_graphql::Context;
use domain::id::{BuildingId, OwnershipId, RoomId, UnitId};
use futures::FutureExt;
use store::page::{Cursor, Page, PageRequest};
use store::units::UnitOrder;
use transport::batch::BatchQueue;

use super::types::{AllowedUnitCommand, Room, Unit, UnitOwner, UnitReview};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::loaders::{BatchLoader, LoaderContext, by_key, grouped};
use crate::page::{Connection, connection};
use crate::unit_link::UnitInvite;

/// Relations of units.
pub struct UnitLoaders {
    /// Units by id.
    pub units: BatchLoader<UnitId, Unit>,
    /// Rooms by id.
    pub rooms: BatchLoader<RoomId, Room>,
    /// Rooms of units.
    pub rooms_of_units: BatchLoader<UnitId, Vec<Room>>,
    /// Owners of units, for those who may see them.
    pub owners: BatchLoader<UnitId, Vec<UnitOwner>>,
    /// Former owners of units, for those who may see them.
    pub former_owners: BatchLoader<UnitId, Vec<UnitOwner>>,
    /// The open links of owners by ownership, for those who may see owners.
    pub invites: BatchLoader<OwnershipId, UnitInvite>,
    /// The first units of buildings, by building and number of rows; one more than asked for tells of more.
    first_units: BatchLoader<(BuildingId, u64), Vec<Unit>>,
    /// Readiness of units.
    pub readiness: BatchLoader<UnitId, Arc<domain::unit::readiness::Readiness>>,
    /// Reviews of units.
    pub reviews: BatchLoader<UnitId, Vec<UnitReview>>,
    /// Commands on units.
    pub allowed: BatchLoader<UnitId, Vec<AllowedUnitCommand>>,
}

impl UnitLoaders {
    /// The relations on a request's queue.
    pub fn new(context: &LoaderContext, queue: &BatchQueue) -> Self {
        Self {
            units: BatchLoader::new(context, queue, |s, ids| units(s, ids).boxed()),
            rooms: BatchLoader::new(context, queue, |s, ids| rooms(s, ids).boxed()),
            rooms_of_units: BatchLoader::new(context, queue, |s, ids| rooms_of(s, ids).boxed()),
            owners: BatchLoader::new(context, queue, |s, ids| owners(s, ids).boxed()),
            former_owners: BatchLoader::new(context, queue, |s, ids| former_owners(s, ids).boxed()),
            invites: BatchLoader::new(context, queue, |s, ids| invites(s, ids).boxed()),
            first_units: BatchLoader::new(context, queue, |s, keys| first_units_of(s, keys).boxed()),
            readiness: BatchLoader::new(context, queue, |s, ids| ready(s, ids).boxed()),
            reviews: BatchLoader::new(context, queue, |s, ids| reviews(s, ids).boxed()),
            allowed: BatchLoader::new(context, queue, |s, ids| allowed(s, ids).boxed()),
        }
    }
}

type Found<K, V> = app::Result<HashMap<K, V>>;

async fn units(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Unit> {
    Ok(by_key(store::units::by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn rooms(s: LoaderContext, ids: Vec<RoomId>) -> Found<RoomId, Room> {
    Ok(by_key(store::units::rooms_by_ids(s.app.db.read(), &s.scope, &ids).await?, |row| row.id))
}

async fn rooms_of(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Vec<Room>> {
    Ok(grouped(store::units::rooms_of(s.app.db.read(), &s.scope, &ids).await?, |row| row.unit_id))
}

async fn owners(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Vec<UnitOwner>> {
    Ok(grouped(store::units::owners_of(s.app.db.read(), &s.scope, &ids).await?, |row| row.unit_id))
}

async fn former_owners(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Vec<UnitOwner>> {
    Ok(grouped(store::units::former_owners_of(s.app.db.read(), &s.scope, &ids).await?, |row| row.unit_id))
}

async fn invites(s: LoaderContext, ids: Vec<OwnershipId>) -> Found<OwnershipId, UnitInvite> {
    let (conn, now) = (s.app.db.read(), s.app.clock.now());
    Ok(by_key(store::unit_links::visible_of_ownerships(conn, &s.scope, &ids, now).await?, |row| row.ownership_id))
}

async fn ready(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Arc<domain::unit::readiness::Readiness>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    let found = readiness::of_units(&s.app, caller, &ids).await?;
    Ok(found.into_iter().map(|(id, readiness)| (id, Arc::new(readiness))).collect())
}

async fn reviews(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Vec<UnitReview>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    Ok(grouped(read::reviews(&s.app, caller, &ids).await?, |row| row.unit_id))
}

async fn allowed(s: LoaderContext, ids: Vec<UnitId>) -> Found<UnitId, Vec<AllowedUnitCommand>> {
    let Some(caller) = &s.caller else { return Ok(HashMap::new()) };
    let told = |command: domain::unit::Allowed| AllowedUnitCommand {
        name: command.command,
        allowed: command.refusal.is_none(),
        reason: command.refusal.map(|refusal| refusal.message(caller.language)),
    };
    let answers = read::allowed_commands_of(&s.app, caller, &ids).await?;
    Ok(answers.into_iter().map(|(id, commands)| (id, commands.into_iter().map(told).collect())).collect())
}

async fn first_units_of(
    s: LoaderContext,
    keys: Vec<(BuildingId, u64)>,
) -> app::Result<HashMap<(BuildingId, u64), Vec<Unit>>> {
    let most = keys.iter().map(|(_, limit)| *limit).max().unwrap_or_default();
    let buildings: Vec<BuildingId> = keys.iter().map(|(building, _)| *building).collect();
    let rows = store::units::first_of_buildings(s.app.db.read(), &s.scope, &buildings, most + 1).await?;
    let of_building: HashMap<BuildingId, Vec<Unit>> = grouped(rows, |row| row.building_id);
    let found = |key: &(BuildingId, u64)| of_building.get(&key.0).cloned().unwrap_or_default();
    Ok(keys.into_iter().map(|key| (key, found(&key))).collect())
}

/// The first units of a building; for all buildings of a level by one statement.
pub(super) async fn first_units(ctx: &Context<'_>, building_id: BuildingId, limit: u64) -> ApiResult<Connection<Unit>> {
    let rows = ctx.loaders().unit.first_units.load_list((building_id, limit)).await?;
    let rows = rows.into_iter().map(|unit| (Cursor { sort: unit.0.place_order, id: unit.0.id.uuid() }, unit)).collect();
    Ok(connection(Page::of(&PageRequest::first(limit), rows), UnitOrder::Place.list_name()))
}
