//! Projects, their companies, people and vocabulary.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::Error;
use crate::entity::{companies, defect_types, memberships, projects, responsibility_rules, terms};

/// A project.
///
/// # Errors
/// When the database fails.
pub async fn find(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<projects::Model>, Error> {
    projects::Entity::find_by_id(id).one(conn).await
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
    responsibility_rules::Entity::find()
        .filter(responsibility_rules::Column::ProjectId.eq(project_id))
        .all(conn)
        .await
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
