//! Words that messages tell: moments and days on the wall of a time zone, roles, homes.

use domain::id::{PersonId, ProjectId};
use domain::{Language, Role, Timestamp};
use jiff::tz::TimeZone;
use store::Connection;

use crate::error::Result;
use crate::unit_of_work::UnitOfWork;

/// The time zone of a project; UTC for one that does not exist.
pub(crate) async fn zone(work: &UnitOfWork, project_id: ProjectId) -> Result<TimeZone> {
    zone_of_project(&work.tx, project_id).await
}

async fn zone_of_project(conn: &Connection, project_id: ProjectId) -> Result<TimeZone> {
    let project = store::projects::find(conn, project_id).await?;
    Ok(project.and_then(|project| TimeZone::get(&project.time_zone).ok()).unwrap_or(TimeZone::UTC))
}

/// The time zone of a project of the person; UTC for somebody in no project.
pub(super) async fn zone_of_person(conn: &Connection, person_id: PersonId) -> Result<TimeZone> {
    match store::members::projects_of(conn, person_id).await?.into_iter().min() {
        Some(project_id) => zone_of_project(conn, project_id).await,
        None => Ok(TimeZone::UTC),
    }
}

/// The moment of the work, as a person reads it: in the time zone of a project of the person, or in UTC.
pub(crate) async fn moment(work: &UnitOfWork, person_id: PersonId) -> Result<String> {
    let zone = zone_of_person(&work.tx, person_id).await?;
    let name = zone.iana_name().unwrap_or("UTC").to_owned();
    Ok(format!("{} ({name})", work.now.to_local_text(&zone)))
}

/// The day of a moment in a time zone.
pub(crate) fn day(moment: Timestamp, zone: &TimeZone) -> String {
    moment.in_zone(zone).map_or_else(|| moment.to_rfc3339(), |moment| moment.date().to_string())
}

/// A role at a company, as the person reads it.
pub(crate) fn position(role: Role, company: Option<&str>, language: Language) -> String {
    let (en, zh) = role.plain_words();
    match (language, company) {
        (Language::En, Some(company)) => format!("{en} of {company}"),
        (Language::En, None) => en.to_owned(),
        (Language::Zh, Some(company)) => format!("{company}{zh}"),
        (Language::Zh, None) => zh.to_owned(),
    }
}

/// The owner of homes, as the person reads it.
pub(crate) fn owner_of(units: &[String], language: Language) -> String {
    match language {
        Language::En => format!("owner of {}", units.join(", ")),
        Language::Zh => format!("{}的业主", units.join("、")),
    }
}
