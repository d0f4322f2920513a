//! Who may hear of an event: members of the project, and people who are mentioned by name; without a visibility scope.

use domain::Role;
use domain::id::{CommentId, CompanyId, DefectId, PersonId, ProjectId, UnitId};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::entity::{defect_comments, defects, memberships, people, unit_owners};

/// Which members are looked for: any of these.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// In these roles.
    pub roles: Vec<Role>,
    /// The leads of this company.
    pub leads_of: Option<CompanyId>,
    /// These people.
    pub people: Vec<PersonId>,
}

/// The wanted people who have an active role in a project: person, company and role.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn members(
    conn: &Connection,
    project_id: ProjectId,
    wanted: &Wanted,
) -> Result<Vec<(PersonId, CompanyId, Role)>, Error> {
    use memberships::Column;
    let leads = wanted.leads_of.map(|company_id| {
        Condition::all().add(Column::Role.eq(Role::RectificationLead)).add(Column::CompanyId.eq(company_id))
    });
    let any = Condition::any()
        .add(Column::Role.is_in(wanted.roles.iter().copied()))
        .add(Column::PersonId.is_in(wanted.people.iter().copied()))
        .add_option(leads);
    memberships::Entity::find()
        .select_only()
        .columns([Column::PersonId, Column::CompanyId, Column::Role])
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Active.eq(true))
        .filter(any)
        .order_by_asc(Column::PersonId)
        .into_tuple()
        .all(conn)
        .await
}

/// A person as others may write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPerson {
    /// The person.
    pub person_id: PersonId,
    /// The name and the login.
    pub names: Vec<String>,
}

/// The people with an active role in a project, and the owners of a unit.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn named_people(
    conn: &Connection,
    project_id: ProjectId,
    unit_id: Option<UnitId>,
) -> Result<Vec<NamedPerson>, Error> {
    let members = Query::select()
        .column(memberships::Column::PersonId)
        .from(memberships::Entity)
        .and_where(memberships::Column::ProjectId.eq(project_id))
        .and_where(memberships::Column::Active.eq(true))
        .to_owned();
    let owners = Query::select()
        .column(unit_owners::Column::PersonId)
        .from(unit_owners::Entity)
        .and_where(unit_owners::Column::UnitId.is_in(unit_id))
        .and_where(unit_owners::Column::Active.eq(true))
        .to_owned();
    let there =
        Condition::any().add(people::Column::Id.in_subquery(members)).add(people::Column::Id.in_subquery(owners));
    let rows: Vec<(PersonId, String, String)> = people::Entity::find()
        .select_only()
        .columns([people::Column::Id, people::Column::Name, people::Column::Login])
        .filter(there)
        .order_by_asc(people::Column::Id)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|(person_id, name, login)| NamedPerson { person_id, names: vec![name, login] }).collect())
}

/// The defect of an event.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn defect(conn: &Connection, id: DefectId) -> Result<Option<defects::Model>, Error> {
    defects::Entity::find_by_id(id).one(conn).await
}

/// The comment of an event.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn comment(conn: &Connection, id: CommentId) -> Result<Option<defect_comments::Model>, Error> {
    defect_comments::Entity::find_by_id(id).one(conn).await
}
