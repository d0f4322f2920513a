//! The fields of `Unit` that are about its readiness and its owner, and `Viewer.homes`.

use async_graphql::Context;
use store::entity::units;

use super::types::{AllowedUnitCommand, Readiness, UnitReview};
use crate::graphql::ask::Ask;
use crate::graphql::error::ApiResult;
use crate::graphql::project::types::Unit;

/// `Unit.readiness`.
///
/// # Errors
/// When the database fails.
pub async fn readiness(ctx: &Context<'_>, unit: &units::Model) -> ApiResult<Option<Readiness>> {
    let staff = ctx.is_staff_of(unit.project_id);
    let reads_waivers = ctx.caller()?.sight().projects.contains(&unit.project_id);
    let found = ctx.loaders().unit.readiness.one(unit.id).await?;
    Ok(found.map(|readiness| Readiness { readiness, staff, reads_waivers }))
}

/// `Unit.reviews`.
///
/// # Errors
/// When the database fails.
pub async fn reviews(ctx: &Context<'_>, unit: &units::Model) -> ApiResult<Vec<UnitReview>> {
    ctx.loaders().unit.reviews.list(unit.id).await
}

/// `Unit.allowedCommands`.
///
/// # Errors
/// When the database fails.
pub async fn allowed_commands(ctx: &Context<'_>, unit: &units::Model) -> ApiResult<Vec<AllowedUnitCommand>> {
    ctx.loaders().unit.allowed.list(unit.id).await
}

/// `Viewer.homes`: the own units that are opened, also those in projects that the viewer is staff of.
///
/// # Errors
/// When the database fails.
pub async fn homes(ctx: &Context<'_>) -> ApiResult<Vec<Unit>> {
    let ids = ctx.caller()?.homes.iter().map(|home| ctx.loaders().project.units.one(home.unit_id));
    let found = futures::future::try_join_all(ids).await?;
    Ok(found.into_iter().flatten().collect())
}
