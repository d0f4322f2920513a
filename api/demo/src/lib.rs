//! The demo project: seeded into an empty database by running a timeline of weeks before today through the use cases,
//! so that it has a true history.
//!
//! The demo's project and people are marked in the database. During the seed the project has the code [`UNFINISHED`];
//! the last write sets its final code. An interrupted seed is removed and started again at the next start, so the
//! database contains the whole demo or none of it. None of its people is an administrator.

mod assets;
mod calendar;
mod checklist;
mod dice;
mod findings;
mod password;
mod people;
pub mod plans;
mod restart;
mod seed;
mod site;
mod texts;
mod timeline;

use app::App;
use app::error::Result;
use app::project::import::{Format, ImportFile, import_demo};
use bytes::Bytes;
use domain::Role;
use domain::id::ProjectId;

use calendar::Calendar;
use people::{OWNERS, STAFF, login};
use plans::{PlanSpec, unit_type_plans};
use seed::Seeder;
use timeline::Timeline;

/// The project's code.
const CODE: &str = "RIVERSIDE";
/// Its code while it is being seeded.
const UNFINISHED: &str = "RIVERSIDE-BEING-SEEDED";

/// A person of the demo to act as.
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

/// Seeds the demo if the database has no project. Returns its people if the demo exists, and `None` if the database
/// holds only other projects. `wanted` is the password of the demo's people; without it they keep the present one, or
/// get a random one. The database must have no other user meanwhile.
///
/// # Errors
/// When the database or the object store fails; the next start tries again.
pub async fn seed_if_empty(app: &App, wanted: Option<&str>) -> Result<Option<Vec<DemoPerson>>> {
    let mut demo = store::demo::find(app.db.read()).await?;
    if let Some(unfinished) = &demo
        && is_unfinished(app, unfinished.project_id).await?
    {
        tracing::info!("demo: the seed was interrupted; it starts again");
        restart::clear(app, unfinished.project_id).await?;
        demo = None;
    }
    if let Some(earlier) = demo.as_ref().filter(|demo| demo.password.is_none()) {
        tracing::warn!(
            project = %earlier.project_id,
            "demo: it was seeded by an earlier version with a published password and an administrator; its people get \
             another password and none is an administrator any more"
        );
    }
    if demo.is_none() && store::demo::is_without_projects(app.db.read()).await? {
        seed(app).await?;
        demo = store::demo::find(app.db.read()).await?;
    }
    let Some(demo) = demo else { return Ok(None) };
    let password = password::ensure(app, demo, wanted).await?;
    Ok(Some(people(&password)))
}

async fn is_unfinished(app: &App, project_id: ProjectId) -> Result<bool> {
    let project = store::import::project_by_code(app.db.read(), UNFINISHED).await?;
    Ok(project.is_some_and(|project| project.id == project_id))
}

/// Logs that the database contains a demo although it is switched off, so that its people cannot sign in.
///
/// # Errors
/// When the database fails.
pub async fn note_if_there(app: &App) -> Result<()> {
    let people = store::demo::count_people(app.db.read()).await?;
    if people > 0 {
        tracing::warn!(
            people,
            "the demo is in this database and switched off: its people cannot sign in and none is an administrator; \
             `handover demo remove` removes it"
        );
    }
    Ok(())
}

/// Removes the demo's project and objects, its people, and every other person who is in no other project and is no
/// administrator. Returns whether there was a demo.
///
/// # Errors
/// When the database or the object store fails.
pub async fn remove(app: &App) -> Result<bool> {
    let Some(demo) = store::demo::find(app.db.read()).await? else { return Ok(false) };
    restart::clear(app, demo.project_id).await?;
    Ok(true)
}

fn people(password: &str) -> Vec<DemoPerson> {
    let person = |nick: &str, name: &str, role: Role| DemoPerson {
        login: login(nick),
        password: password.to_owned(),
        name: name.to_owned(),
        role,
    };
    let staff = STAFF.iter().map(|member| person(member.nick, member.name, member.role));
    staff.chain(OWNERS.iter().map(|owner| person(owner.nick, owner.name, Role::Owner))).collect()
}

async fn seed(app: &App) -> Result<()> {
    let now = app.clock.now();
    let plans = unit_type_plans();
    let timeline = Timeline::write(&Calendar::before(now, site::TIME_ZONE)?, &plans)?;
    let (past, clock) = seed::at_moment(app, timeline.begins);
    tracing::info!("demo: setting up {}", site::NAME);
    let project_id = import(&past, &plans).await?;
    tracing::info!("demo: {} things happen in the weeks before today", timeline.entries.len());
    Seeder::new((past, clock), project_id, (timeline, now)).await?.run().await?;
    restart::finish(app, project_id, now).await?;
    tracing::info!("demo: ready");
    Ok(())
}

/// Imports the project as the operator does, so that no person of it needs more rights than a role.
async fn import(app: &App, plans: &[PlanSpec]) -> Result<ProjectId> {
    let bytes = Bytes::from(serde_json::to_vec(&site::import_file(UNFINISHED, plans))?);
    let report = import_demo(app, ImportFile { bytes, format: Format::Json, folder: None }).await?;
    Ok(report.project_id)
}
