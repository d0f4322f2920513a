//! The devices of a project: how far each has pushed and pulled, and what it says it still holds.

use domain::id::{CompanyId, DeviceId, PersonId, ProjectId};
use domain::{Role, Timestamp};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::devices::{Column, Entity, Model};

/// A person's device in a project, and as what the person used it last.
#[derive(Debug, Clone)]
pub struct DeviceKey {
    /// The project.
    pub project_id: ProjectId,
    /// The device.
    pub device_id: DeviceId,
    /// The person.
    pub person_id: PersonId,
    /// The person's company; none for owners.
    pub company_id: Option<CompanyId>,
    /// The person's role.
    pub role: Role,
    /// What the device calls itself.
    pub name: Option<String>,
}

impl DeviceKey {
    fn row(&self, now: Timestamp) -> Model {
        Model {
            project_id: self.project_id,
            device_id: self.device_id,
            person_id: self.person_id,
            company_id: self.company_id,
            role: self.role,
            name: self.name.clone(),
            first_seen_at: now.0,
            last_push_at: None,
            last_pull_at: None,
            pulled_seq: None,
            reported_at: None,
            waiting: Value::Array(Vec::new()),
            excused_at: None,
            excused_by: None,
            excuse: None,
        }
    }
}

async fn save(conn: &Connection, row: Model, columns: &[Column]) -> Result<(), Error> {
    let named = row.name.is_some().then_some(Column::Name);
    let always = [Column::CompanyId, Column::Role];
    let changed = always.into_iter().chain(columns.iter().copied()).chain(named);
    let known =
        OnConflict::columns([Column::ProjectId, Column::DeviceId, Column::PersonId]).update_columns(changed).to_owned();
    Entity::insert(row.into_active_model()).on_conflict(known).exec_without_returning(conn).await.map(drop)
}

/// The device has pushed.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_push(conn: &Connection, key: &DeviceKey, now: Timestamp) -> Result<(), Error> {
    save(conn, Model { last_push_at: Some(now.0), ..key.row(now) }, &[Column::LastPushAt]).await
}

/// The device has said how far it has pulled, and what it still holds.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_report(
    conn: &Connection,
    key: &DeviceKey,
    pulled: Option<i64>,
    waiting: Value,
    now: Timestamp,
) -> Result<(), Error> {
    let row = Model { reported_at: Some(now.0), waiting, ..key.row(now) };
    let told = [Column::ReportedAt, Column::Waiting];
    match pulled {
        None => save(conn, row, &told).await,
        Some(seq) => {
            let row = Model { pulled_seq: Some(seq), last_pull_at: Some(now.0), ..row };
            save(conn, row, &[Column::ReportedAt, Column::Waiting, Column::PulledSeq, Column::LastPullAt]).await
        }
    }
}

/// How many devices a person has used in a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn count_of(conn: &Connection, project_id: ProjectId, person_id: PersonId) -> Result<u64, Error> {
    let own = Entity::find().filter(Column::ProjectId.eq(project_id)).filter(Column::PersonId.eq(person_id));
    own.count(conn).await
}

/// Exempts a device, of whatever person; returns whether the device is known in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn exempt(
    conn: &Connection,
    project_id: ProjectId,
    device_id: DeviceId,
    (by, why): (PersonId, &str),
    now: Timestamp,
) -> Result<bool, Error> {
    let done = Entity::update_many()
        .col_expr(Column::ExcusedAt, Expr::value(now.0))
        .col_expr(Column::ExcusedBy, Expr::value(by))
        .col_expr(Column::Excuse, Expr::value(why))
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::DeviceId.eq(device_id))
        .exec(conn)
        .await?;
    Ok(done.rows_affected > 0)
}

/// The last contact of a device in any project by any person: a push, a pull or a report.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn last_contact(conn: &Connection, device_id: DeviceId) -> Result<Option<Timestamp>, Error> {
    let rows = Entity::find().filter(Column::DeviceId.eq(device_id)).all(conn).await?;
    Ok(latest(&rows))
}

/// The last contact of a person, by any device in any project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn last_contact_of(conn: &Connection, person_id: PersonId) -> Result<Option<Timestamp>, Error> {
    let rows = Entity::find().filter(Column::PersonId.eq(person_id)).all(conn).await?;
    Ok(latest(&rows))
}

fn latest(rows: &[Model]) -> Option<Timestamp> {
    let times = rows.iter().flat_map(|row| [row.last_push_at, row.last_pull_at, row.reported_at]).flatten();
    times.max().map(Timestamp)
}

/// All devices of a project, the first seen first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn devices_of(conn: &Connection, project_id: ProjectId) -> Result<Vec<Model>, Error> {
    Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .order_by_asc(Column::FirstSeenAt)
        .order_by_asc(Column::DeviceId)
        .all(conn)
        .await
}

/// The position in which the person used the device last, if it was ever seen in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn role_on_device(
    conn: &Connection,
    project_id: ProjectId,
    device_id: DeviceId,
    person_id: PersonId,
) -> Result<Option<Model>, Error> {
    Entity::find_by_id((project_id, device_id, person_id)).one(conn).await
}
