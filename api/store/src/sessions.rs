//! Sessions, and who they belong to.

use domain::id::{CompanyId, PersonId, ProjectId, SessionId, UnitId};
use domain::{Language, Role, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QuerySelect, Statement, Value,
};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{memberships, people, sessions, unit_owners, units};
use crate::units::counting;

/// A person by login (lower-case).
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn person_by_login(conn: &Connection, login: &str) -> Result<Option<people::Model>, Error> {
    people::Entity::find().filter(people::Column::Login.eq(login)).one(conn).await
}

/// A person.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn person(conn: &Connection, id: PersonId) -> Result<Option<people::Model>, Error> {
    people::Entity::find_by_id(id).one(conn).await
}

/// The session of an access token that has neither expired nor been revoked.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn live(conn: &Connection, access_hash: &[u8], now: i64) -> Result<Option<sessions::Model>, Error> {
    sessions::Entity::find()
        .filter(sessions::Column::AccessHash.eq(access_hash.to_vec()))
        .filter(sessions::Column::AccessExpiresAt.gt(now))
        .filter(sessions::Column::RevokedAt.is_null())
        .one(conn)
        .await
}

/// A right of the person of a session; the person's own data stand in each. The first one may be of no project.
#[derive(Debug, Clone, FromQueryResult)]
pub struct SessionRight {
    /// The session.
    pub session_id: SessionId,
    /// The person.
    pub person_id: PersonId,
    /// When the access token expires.
    pub access_expires_at: i64,
    /// When the access token was used first.
    pub first_used_at: Option<i64>,
    /// The only unit of the session, after a sign-in by an owner's link.
    pub only_unit: Option<UnitId>,
    /// The person's name.
    pub name: String,
    /// The language of messages to the person.
    pub language: Language,
    /// Whether the person may create projects.
    pub administrator: bool,
    /// Whether the person belongs to the demo.
    pub demo: bool,
    /// The project of the right; none of a person without any.
    pub project_id: Option<ProjectId>,
    /// For a role: its company.
    pub company_id: Option<CompanyId>,
    /// For a role: which one.
    pub role: Option<Role>,
    /// For a role: when it was given.
    pub added_at: Option<i64>,
    /// For an own unit, opened or not: which one.
    pub unit_id: Option<UnitId>,
    /// For an own unit: when it was opened to its owners; the person sees it since then.
    pub opened_at: Option<i64>,
}

/// The rights of the person of an access token that has neither expired nor been revoked, at a moment: active roles, and
/// the units to which the person belongs ([`counting`]). Empty for a token that is not good. A session of one unit allows
/// less than these rights.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn rights_of_token(conn: &Connection, access_hash: &[u8], now: i64) -> Result<Vec<SessionRight>, Error> {
    let sql = "WITH me AS (\
           SELECT s.id AS session_id, s.person_id, s.access_expires_at, s.first_used_at, s.unit_id AS only_unit, \
             p.name, p.language, p.administrator, p.demo \
           FROM sessions s JOIN people p ON p.id = s.person_id \
           WHERE s.access_hash = $1 AND s.access_expires_at > $2 AND s.revoked_at IS NULL) \
         SELECT me.*, m.project_id, m.company_id, m.role, m.added_at, NULL AS unit_id, NULL AS opened_at \
         FROM me LEFT JOIN memberships m ON m.person_id = me.person_id AND m.active = TRUE \
         UNION ALL \
         SELECT me.*, u.project_id, NULL, NULL, NULL, u.id, u.opened_at \
         FROM me JOIN unit_owners o ON o.person_id = me.person_id AND o.active = TRUE \
           AND (o.counts_from IS NULL OR o.counts_from <= $2) AND (o.counts_until IS NULL OR o.counts_until > $2) \
           JOIN units u ON u.id = o.unit_id";
    let values: [Value; 2] = [access_hash.to_vec().into(), now.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    SessionRight::find_by_statement(statement).all(conn).await
}

/// The name of a session's device, if its person gave one.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn device(conn: &Connection, session_id: SessionId) -> Result<Option<String>, Error> {
    let device: Option<Option<String>> = sessions::Entity::find_by_id(session_id)
        .select_only()
        .column(sessions::Column::Device)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(device.flatten())
}

/// When a device pushed or reported in a session last, whichever device it named.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn last_contact(conn: &Connection, session_id: SessionId) -> Result<Option<Timestamp>, Error> {
    let contact: Option<Option<i64>> = sessions::Entity::find_by_id(session_id)
        .select_only()
        .column(sessions::Column::LastContactAt)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(contact.flatten().map(Timestamp))
}

/// A device has pushed or reported in a session.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn note_contact(conn: &Connection, session_id: SessionId, now: Timestamp) -> Result<(), Error> {
    sessions::Entity::update_many()
        .col_expr(sessions::Column::LastContactAt, now.0.into())
        .filter(sessions::Column::Id.eq(session_id))
        .exec(conn)
        .await
        .map(drop)
}

/// Writes a new session.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert(conn: &Connection, row: sessions::Model) -> Result<(), Error> {
    sessions::Entity::insert(row.into_active_model()).exec_without_returning(conn).await?;
    Ok(())
}

/// Writes a changed session.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save(conn: &Connection, row: sessions::Model) -> Result<(), Error> {
    row.into_active_model().reset_all().update(conn).await?;
    Ok(())
}

/// Whether a person belongs to a unit at a moment, opened or not.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn belongs_to(
    conn: &Connection,
    person_id: PersonId,
    unit_id: UnitId,
    now: Timestamp,
) -> Result<bool, Error> {
    let owned = unit_owners::Entity::find()
        .filter(unit_owners::Column::PersonId.eq(person_id))
        .filter(unit_owners::Column::UnitId.eq(unit_id))
        .filter(counting(now));
    Ok(owned.one(conn).await?.is_some())
}

/// A person's active roles.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn memberships_of(conn: &Connection, person_id: PersonId) -> Result<Vec<memberships::Model>, Error> {
    memberships::Entity::find()
        .filter(memberships::Column::PersonId.eq(person_id))
        .filter(memberships::Column::Active.eq(true))
        .all(conn)
        .await
}

/// A person's own units that are opened, at a moment: (project, unit).
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn owned_units_of(
    conn: &Connection,
    person_id: PersonId,
    now: Timestamp,
) -> Result<Vec<(ProjectId, UnitId)>, Error> {
    let owned = unit_owners::Entity::find()
        .select_only()
        .column(unit_owners::Column::UnitId)
        .filter(unit_owners::Column::PersonId.eq(person_id))
        .filter(counting(now));
    units::Entity::find()
        .select_only()
        .column(units::Column::ProjectId)
        .column(units::Column::Id)
        .filter(units::Column::Id.in_subquery(sea_orm::QueryTrait::into_query(owned)))
        .filter(units::Column::OpenedAt.is_not_null())
        .into_tuple()
        .all(conn)
        .await
}
