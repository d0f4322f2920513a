//! People's roles and ownerships as the server itself knows them, to be given, changed and ended. The caller asks the
//! rule: nothing here is scoped to a viewer.

use std::collections::{HashMap, HashSet};

use domain::defect::DefectStatus;
use domain::id::{CompanyId, MembershipId, OwnershipId, PersonId, ProjectId, UnitId};
use domain::session::SessionEndReason;
use domain::{Party, Role, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::{companies, defects, memberships, people, sessions, unit_owners, units};
use crate::id_in::id_in;

/// A membership, active or ended.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn membership(conn: &Connection, id: MembershipId) -> Result<Option<memberships::Model>, Error> {
    memberships::Entity::find_by_id(id).one(conn).await
}

/// A person's active role in the project, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn membership_for_update(
    conn: &Connection,
    project_id: ProjectId,
    person_id: PersonId,
) -> Result<Option<memberships::Model>, Error> {
    use memberships::Column;
    memberships::Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::Active.eq(true))
        .for_update()
        .one(conn)
        .await
}

/// The roles that a person holds or held in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn roles_ever(conn: &Connection, project_id: ProjectId, person_id: PersonId) -> Result<Vec<Role>, Error> {
    use memberships::Column;
    memberships::Entity::find()
        .select_only()
        .column(Column::Role)
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::PersonId.eq(person_id))
        .distinct()
        .into_tuple()
        .all(conn)
        .await
}

/// Whether a person can sign in. A placeholder, and an imported person without a password, cannot until an invitation
/// or the command line sets one.
#[must_use]
pub const fn can_sign_in(person: &people::Model) -> bool {
    person.password_hash.is_some()
}

/// The people who actively hold this role in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn holders_of(conn: &Connection, project_id: ProjectId, role: Role) -> Result<Vec<people::Model>, Error> {
    use memberships::Column;
    let ids: Vec<PersonId> = memberships::Entity::find()
        .select_only()
        .column(Column::PersonId)
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Role.eq(role))
        .filter(Column::Active.eq(true))
        .into_tuple()
        .all(conn)
        .await?;
    people::Entity::find().filter(id_in(conn, people::Column::Id, &ids)).all(conn).await
}

/// Which of the companies have an active member who is none of the people `but`.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn staffed(
    conn: &Connection,
    company_ids: &[CompanyId],
    but: &[PersonId],
) -> Result<HashSet<CompanyId>, Error> {
    use memberships::Column;
    let found: Vec<CompanyId> = memberships::Entity::find()
        .select_only()
        .column(Column::CompanyId)
        .filter(id_in(conn, Column::CompanyId, company_ids))
        .filter(Column::Active.eq(true))
        .filter(Column::PersonId.is_not_in(but.iter().copied()))
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// A person who holds or held a role, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffName {
    /// The login.
    pub login: String,
    /// The name.
    pub name: String,
    /// The kind of the company: the party.
    pub company_kind: Party,
}

/// The name of each person who holds or held a role in one of the projects, once for each role. Former ones who never
/// could sign in are left out: no record names them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn staff_names(conn: &Connection, project_ids: &[ProjectId]) -> Result<Vec<StaffName>, Error> {
    let roles = memberships::Entity::find().filter(id_in(conn, memberships::Column::ProjectId, project_ids));
    let roles = roles.all(conn).await?;
    let person_ids: Vec<PersonId> = roles.iter().map(|role| role.person_id).collect();
    let company_ids: Vec<CompanyId> = roles.iter().map(|role| role.company_id).collect();
    let bearers = people::Entity::find().filter(id_in(conn, people::Column::Id, &person_ids)).all(conn).await?;
    let bearers: HashMap<PersonId, people::Model> = bearers.into_iter().map(|person| (person.id, person)).collect();
    let kinds: HashMap<CompanyId, Party> =
        companies(conn, &company_ids).await?.into_iter().map(|company| (company.id, company.kind)).collect();
    let named = roles.iter().filter_map(|role| {
        let (person, kind) = (bearers.get(&role.person_id)?, kinds.get(&role.company_id)?);
        let counts = role.active || can_sign_in(person);
        counts.then(|| StaffName { login: person.login.clone(), name: person.name.clone(), company_kind: *kind })
    });
    Ok(named.collect())
}

/// The companies of a kind in a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn companies_of_kind(conn: &Connection, project_id: ProjectId, kind: Party) -> Result<Vec<CompanyId>, Error> {
    use companies::Column;
    let found = companies::Entity::find().select_only().column(Column::Id);
    found.filter(Column::ProjectId.eq(project_id)).filter(Column::Kind.eq(kind)).into_tuple().all(conn).await
}

/// Writes a new membership.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_membership(conn: &Connection, row: memberships::Model) -> Result<(), Error> {
    memberships::Entity::insert(row.into_active_model()).exec_without_returning(conn).await.map(drop)
}

/// Writes a changed membership.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save_membership(conn: &Connection, row: memberships::Model) -> Result<(), Error> {
    row.into_active_model().reset_all().update(conn).await.map(drop)
}

/// An ownership, active or ended.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn ownership(conn: &Connection, id: OwnershipId) -> Result<Option<unit_owners::Model>, Error> {
    unit_owners::Entity::find_by_id(id).one(conn).await
}

/// A person's active ownership of a unit.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn ownership_of(
    conn: &Connection,
    unit_id: UnitId,
    person_id: PersonId,
) -> Result<Option<unit_owners::Model>, Error> {
    use unit_owners::Column;
    unit_owners::Entity::find()
        .filter(Column::UnitId.eq(unit_id))
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::Active.eq(true))
        .one(conn)
        .await
}

/// A person's active ownerships in a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn ownerships_in(
    conn: &Connection,
    project_id: ProjectId,
    person_id: PersonId,
) -> Result<Vec<unit_owners::Model>, Error> {
    use unit_owners::Column;
    unit_owners::Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::PersonId.eq(person_id))
        .filter(Column::Active.eq(true))
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Writes a new ownership.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_ownership(conn: &Connection, row: unit_owners::Model) -> Result<(), Error> {
    unit_owners::Entity::insert(row.into_active_model()).exec_without_returning(conn).await.map(drop)
}

/// Writes a changed ownership.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save_ownership(conn: &Connection, row: unit_owners::Model) -> Result<(), Error> {
    row.into_active_model().reset_all().update(conn).await.map(drop)
}

/// A unit of the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn unit(conn: &Connection, project_id: ProjectId, id: UnitId) -> Result<Option<units::Model>, Error> {
    units::Entity::find_by_id(id).filter(units::Column::ProjectId.eq(project_id)).one(conn).await
}

/// A unit of any project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn any_unit(conn: &Connection, id: UnitId) -> Result<Option<units::Model>, Error> {
    units::Entity::find_by_id(id).one(conn).await
}

/// Whether the person holds an active role or ownership in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_in_project(conn: &Connection, project_id: ProjectId, person_id: PersonId) -> Result<bool, Error> {
    Ok(projects_of(conn, person_id).await?.contains(&project_id))
}

/// The projects in which the person holds an active role or ownership, opened or not.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn projects_of(conn: &Connection, person_id: PersonId) -> Result<HashSet<ProjectId>, Error> {
    let staff: Vec<ProjectId> = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::ProjectId)
        .filter(memberships::Column::PersonId.eq(person_id))
        .filter(memberships::Column::Active.eq(true))
        .into_tuple()
        .all(conn)
        .await?;
    Ok(staff.into_iter().chain(projects_of_owner(conn, person_id).await?).collect())
}

/// The projects in which the person holds or held a role, or owns a unit.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn projects_past_and_present(conn: &Connection, person_id: PersonId) -> Result<HashSet<ProjectId>, Error> {
    let staff: Vec<ProjectId> = memberships::Entity::find()
        .select_only()
        .column(memberships::Column::ProjectId)
        .filter(memberships::Column::PersonId.eq(person_id))
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    Ok(staff.into_iter().chain(projects_of_owner(conn, person_id).await?).collect())
}

/// The projects in which the person owns a unit, opened or not.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn projects_of_owner(conn: &Connection, person_id: PersonId) -> Result<HashSet<ProjectId>, Error> {
    let owned: Vec<ProjectId> = unit_owners::Entity::find()
        .select_only()
        .column(unit_owners::Column::ProjectId)
        .filter(unit_owners::Column::PersonId.eq(person_id))
        .filter(unit_owners::Column::Active.eq(true))
        .distinct()
        .into_tuple()
        .all(conn)
        .await?;
    Ok(owned.into_iter().collect())
}

/// Companies by id, of any project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn companies(conn: &Connection, ids: &[CompanyId]) -> Result<Vec<companies::Model>, Error> {
    companies::Entity::find().filter(id_in(conn, companies::Column::Id, ids)).all(conn).await
}

/// The living defects of the project that are assigned to a person, locked in the order of their ids.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn assigned_to(
    conn: &Connection,
    project_id: ProjectId,
    person_id: PersonId,
) -> Result<Vec<defects::Model>, Error> {
    use defects::Column;
    defects::Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::AssigneeId.eq(person_id))
        .filter(Column::Status.is_in(DefectStatus::ALIVE.iter().copied()))
        .order_by_asc(Column::Id)
        .for_update()
        .all(conn)
        .await
}

/// Writes a changed person.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save_person(conn: &Connection, row: people::Model) -> Result<(), Error> {
    row.into_active_model().reset_all().update(conn).await.map(drop)
}

/// A person, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn person_for_update(conn: &Connection, id: PersonId) -> Result<Option<people::Model>, Error> {
    people::Entity::find_by_id(id).for_update().one(conn).await
}

/// Ends all sessions of a person who has no position left.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn revoke_sessions(conn: &Connection, person_id: PersonId, now: Timestamp) -> Result<(), Error> {
    use sessions::Column;
    sessions::Entity::update_many()
        .col_expr(Column::RevokedAt, now.0.into())
        .col_expr(Column::EndedReason, SessionEndReason::AccessEnded.into())
        .filter(Condition::all().add(Column::PersonId.eq(person_id)).add(Column::RevokedAt.is_null()))
        .exec(conn)
        .await
        .map(drop)
}
