//! Projects, their companies, people and vocabulary.

use domain::Sight;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::Error;
use crate::entity::{companies, defect_types, memberships, people, projects, responsibility_rules, terms, unit_owners};
use crate::sight;

/// A project.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<projects::Model>, Error> {
    projects::Entity::find_by_id(id).one(conn).await
}

/// Projects whose rules a command needs, whoever asks.
///
/// # Errors
/// When the database fails.
pub async fn find_many(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<projects::Model>, Error> {
    projects::Entity::find().filter(projects::Column::Id.is_in(ids.iter().copied())).all(conn).await
}

/// Defect types of projects by (project, code).
///
/// # Errors
/// When the database fails.
pub async fn defect_types_by_codes(
    conn: &impl ConnectionTrait,
    keys: &[(Uuid, String)],
) -> Result<Vec<defect_types::Model>, Error> {
    use defect_types::Column;
    defect_types::Entity::find()
        .filter(Column::ProjectId.is_in(keys.iter().map(|key| key.0)))
        .filter(Column::Code.is_in(keys.iter().map(|key| key.1.clone())))
        .all(conn)
        .await
}

/// A company of the project.
///
/// # Errors
/// When the database fails.
pub async fn company(
    conn: &impl ConnectionTrait,
    project_id: Uuid,
    id: Uuid,
) -> Result<Option<companies::Model>, Error> {
    companies::Entity::find_by_id(id).filter(companies::Column::ProjectId.eq(project_id)).one(conn).await
}

/// A person's active role in the project.
///
/// # Errors
/// When the database fails.
pub async fn membership(
    conn: &impl ConnectionTrait,
    project_id: Uuid,
    person_id: Uuid,
) -> Result<Option<memberships::Model>, Error> {
    memberships::Entity::find()
        .filter(memberships::Column::ProjectId.eq(project_id))
        .filter(memberships::Column::PersonId.eq(person_id))
        .filter(memberships::Column::Active.eq(true))
        .one(conn)
        .await
}

/// A defect type of the project's vocabulary.
///
/// # Errors
/// When the database fails.
pub async fn defect_type(
    conn: &impl ConnectionTrait,
    project_id: Uuid,
    code: &str,
) -> Result<Option<defect_types::Model>, Error> {
    defect_types::Entity::find()
        .filter(defect_types::Column::ProjectId.eq(project_id))
        .filter(defect_types::Column::Code.eq(code))
        .one(conn)
        .await
}

/// The project's responsibility rules.
///
/// # Errors
/// When the database fails.
pub async fn responsibility_rules(
    conn: &impl ConnectionTrait,
    project_id: Uuid,
) -> Result<Vec<responsibility_rules::Model>, Error> {
    responsibility_rules::Entity::find().filter(responsibility_rules::Column::ProjectId.eq(project_id)).all(conn).await
}

/// Whether the project's vocabulary has a code.
///
/// # Errors
/// When the database fails.
pub async fn has_term(conn: &impl ConnectionTrait, project_id: Uuid, kind: &str, code: &str) -> Result<bool, Error> {
    Ok(terms::Entity::find()
        .filter(terms::Column::ProjectId.eq(project_id))
        .filter(terms::Column::Kind.eq(kind))
        .filter(terms::Column::Code.eq(code))
        .one(conn)
        .await?
        .is_some())
}

/// Those of the projects that the caller has a standing in.
///
/// # Errors
/// When the database fails.
pub async fn by_ids(conn: &impl ConnectionTrait, sight: &Sight, ids: &[Uuid]) -> Result<Vec<projects::Model>, Error> {
    projects::Entity::find()
        .filter(projects::Column::Id.is_in(ids.iter().copied()))
        .filter(sight::projects(sight))
        .all(conn)
        .await
}

/// Those of the companies whose projects the caller is staff of.
///
/// # Errors
/// When the database fails.
pub async fn companies_by_ids(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    ids: &[Uuid],
) -> Result<Vec<companies::Model>, Error> {
    companies::Entity::find()
        .filter(companies::Column::Id.is_in(ids.iter().copied()))
        .filter(sight::staff_only(sight, companies::Column::ProjectId))
        .all(conn)
        .await
}

/// Those of the people who are the caller, or hold a role or a unit in a project that the caller is staff of.
///
/// # Errors
/// When the database fails.
pub async fn people_by_ids(
    conn: &impl ConnectionTrait,
    sight: &Sight,
    ids: &[Uuid],
) -> Result<Vec<people::Model>, Error> {
    let colleagues = Query::select()
        .column(memberships::Column::PersonId)
        .from(memberships::Entity)
        .cond_where(sight::staff_only(sight, memberships::Column::ProjectId))
        .to_owned();
    let owners = Query::select()
        .column(unit_owners::Column::PersonId)
        .from(unit_owners::Entity)
        .cond_where(sight::staff_only(sight, unit_owners::Column::ProjectId))
        .to_owned();
    let seen = Condition::any()
        .add(people::Column::Id.eq(sight.person_id))
        .add(people::Column::Id.in_subquery(colleagues))
        .add(people::Column::Id.in_subquery(owners));
    people::Entity::find().filter(people::Column::Id.is_in(ids.iter().copied())).filter(seen).all(conn).await
}
