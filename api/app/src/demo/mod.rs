//! The demo project that a first start brings along: seeded into an empty database by playing the weeks before today
//! through the use cases, so that it has a true history.
//!
//! While it is being seeded the project bears the code [`UNFINISHED`]; the last write gives it its own. A seed that was
//! broken off is cleared and begun anew at the next start, so there is either the whole demo or none.

mod calendar;
mod cast;
mod checklist;
pub mod drawing;
mod findings;
mod restart;
mod script;
mod site;
mod stage;
mod words;

use bytes::Bytes;
use domain::{Caller, Role};
use uuid::Uuid;

use crate::App;
use crate::error::{Error, Result};
use crate::project::import::{Format, ImportFile, import_project};
use crate::session::{administrator, authenticate};

use calendar::Calendar;
use cast::{MANAGER, OWNERS, STAFF, login};
use drawing::{PlanSpec, draw_plan, unit_type_plans};
use script::Script;
use stage::{Pictures, Stage};

/// The password of every person of the demo.
pub const PASSWORD: &str = "handover-demo";
/// The project's code.
const CODE: &str = "RIVERSIDE";
/// Its code while it is being seeded.
const UNFINISHED: &str = "RIVERSIDE-BEING-SEEDED";

/// A person of the demo, to act as.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    /// The login.
    pub login: String,
    /// The password.
    pub password: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}

/// Seeds the demo when there is no project at all; answers its people when it is there, none when the database holds
/// other projects only. Nobody else may be at work in the database meanwhile.
///
/// # Errors
/// When the database or the object store fails; the next start begins anew.
pub async fn seed_if_empty(app: &App) -> Result<Option<Vec<DemoPerson>>> {
    if let Some(unfinished) = store::import::project_by_code(app.db.read(), UNFINISHED).await? {
        tracing::info!("demo: the seed was broken off; it begins anew");
        restart::clear(app, unfinished.id).await?;
    }
    if store::demo::is_without_projects(app.db.read()).await? {
        seed(app).await?;
    }
    let there = is_there(app).await?;
    Ok(there.then(people))
}

/// Whether the demo project is there, and not another of its code.
async fn is_there(app: &App) -> Result<bool> {
    let Some(project) = store::import::project_by_code(app.db.read(), CODE).await? else { return Ok(false) };
    let manager = store::import::people_by_login(app.db.read(), &[&login(MANAGER)]).await?;
    let Some(manager) = manager.first() else { return Ok(false) };
    Ok(store::projects::membership(app.db.read(), project.id, manager.id).await?.is_some())
}

fn people() -> Vec<DemoPerson> {
    let person = |nick: &str, name: &str, role: Role| DemoPerson {
        login: login(nick),
        password: PASSWORD.to_owned(),
        name: name.to_owned(),
        role,
    };
    let staff = STAFF.iter().map(|member| person(member.nick, member.name, member.role));
    staff.chain(OWNERS.iter().map(|owner| person(owner.nick, owner.name, Role::Owner))).collect()
}

async fn seed(app: &App) -> Result<()> {
    let now = app.clock.now();
    tracing::info!("demo: drawing floor plans and photos");
    let (plans, pictures) = tokio::try_join!(draw_plans(), Pictures::draw())?;
    let specs: Vec<PlanSpec> = plans.iter().map(|(plan, _)| plan.clone()).collect();
    let script = Script::write(&Calendar::before(now, site::TIME_ZONE)?, &specs)?;
    let (world, hand) = stage::at_moment(app, script.begins);
    tracing::info!("demo: setting up {}", site::NAME);
    let project_id = import(&world, &plans).await?;
    tracing::info!("demo: {} things happen in the weeks before today", script.scenes.len());
    Stage::set((world, hand), project_id, (script, now), pictures).await?.play().await?;
    restart::finish(app, project_id, now).await?;
    tracing::info!("demo: ready");
    Ok(())
}

/// Draws the floor plans off the async threads.
async fn draw_plans() -> Result<Vec<(PlanSpec, Vec<u8>)>> {
    let draw = |plan: PlanSpec| tokio::task::spawn_blocking(move || draw_plan(&plan).map(|picture| (plan, picture)));
    let drawing: Vec<_> = unit_type_plans().into_iter().map(draw).collect();
    let mut plans = Vec::new();
    for plan in drawing {
        plans.push(plan.await.map_err(Error::internal)?.map_err(Error::internal)?);
    }
    Ok(plans)
}

/// The delivery manager imports the project.
async fn import(world: &App, plans: &[(PlanSpec, Vec<u8>)]) -> Result<Uuid> {
    let manager = manager(world).await?;
    let bytes = Bytes::from(serde_json::to_vec(&site::import_file(UNFINISHED, plans))?);
    let report = import_project(world, &manager, ImportFile { bytes, format: Format::Json, folder: None }).await?;
    Ok(report.project_id)
}

/// The delivery manager, who may create projects.
async fn manager(world: &App) -> Result<Caller> {
    let member = STAFF.iter().find(|member| member.nick == MANAGER);
    let name = member.map_or(MANAGER, |member| member.name);
    administrator::set(world, &login(MANAGER), name, PASSWORD).await?;
    let row = store::import::people_by_login(world.db.read(), &[&login(MANAGER)]).await?;
    let id = row.first().map(|row| row.id).ok_or_else(|| Error::internal("the demo's manager is not there"))?;
    let caller = authenticate::load(world, id, None).await?;
    caller.ok_or_else(|| Error::internal("the demo's manager is not there"))
}
