//! Projects, their companies, people and vocabulary.

use domain::VisibilityScope;
use domain::id::{CompanyId, PersonId, ProjectId};
use domain::taxonomy::TermKind;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::columns::{self, Columns};
use crate::db::Connection;
use crate::db::RowLock;
use crate::entity::{companies, defect_types, memberships, people, projects, responsibility_rules, terms};
use crate::id_in::id_in;
use crate::page::{Cursor, Page, PageRequest, reading_order, within, within_ids};
use crate::partial::Partial;
use crate::visibility;

/// Every project, for what the server does by itself.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn all(conn: &Connection) -> Result<Vec<projects::Model>, Error> {
    projects::Entity::find().order_by_asc(projects::Column::Id).all(conn).await
}

/// A project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(conn: &Connection, id: ProjectId) -> Result<Option<projects::Model>, Error> {
    projects::Entity::find_by_id(id).one(conn).await
}

/// Keeps a project from being changed until the transaction ends; others may hold it, too.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn lock_shared(conn: &Connection, id: ProjectId) -> Result<Option<projects::Model>, Error> {
    projects::Entity::find_by_id(id).lock(LockType::Share).one(conn).await
}

/// A project, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_for_update(conn: &Connection, id: ProjectId) -> Result<Option<projects::Model>, Error> {
    projects::Entity::find_by_id(id).for_update().one(conn).await
}

/// Writes a changed project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn save(conn: &Connection, project: projects::Model) -> Result<projects::Model, Error> {
    project.into_active_model().reset_all().update(conn).await
}

/// Gives a project another epoch, so that holders of a cursor of the epoch before begin again.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_epoch(conn: &Connection, id: ProjectId, epoch: Uuid) -> Result<(), Error> {
    let update = projects::Entity::update_many().col_expr(projects::Column::Epoch, Expr::value(epoch));
    update.filter(projects::Column::Id.eq(id)).exec(conn).await.map(drop)
}

/// Projects whose rules a command needs, without a visibility scope.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_many(conn: &Connection, ids: &[ProjectId]) -> Result<Vec<projects::Model>, Error> {
    projects::Entity::find().filter(id_in(conn, projects::Column::Id, ids)).all(conn).await
}

/// Defect types of projects by (project, code).
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn defect_types_by_codes(
    conn: &Connection,
    keys: &[(ProjectId, String)],
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
#[boxed]
pub async fn company(
    conn: &Connection,
    project_id: ProjectId,
    id: CompanyId,
) -> Result<Option<companies::Model>, Error> {
    companies::Entity::find_by_id(id).filter(companies::Column::ProjectId.eq(project_id)).one(conn).await
}

/// A person's active role in the project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn membership(
    conn: &Connection,
    project_id: ProjectId,
    person_id: PersonId,
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
#[boxed]
pub async fn defect_type(
    conn: &Connection,
    project_id: ProjectId,
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
#[boxed]
pub async fn responsibility_rules(
    conn: &Connection,
    project_id: ProjectId,
) -> Result<Vec<responsibility_rules::Model>, Error> {
    responsibility_rules::Entity::find().filter(responsibility_rules::Column::ProjectId.eq(project_id)).all(conn).await
}

/// A term of the project's vocabulary.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn term(
    conn: &Connection,
    project_id: ProjectId,
    kind: TermKind,
    code: &str,
) -> Result<Option<terms::Model>, Error> {
    terms::Entity::find()
        .filter(terms::Column::ProjectId.eq(project_id))
        .filter(terms::Column::Kind.eq(kind))
        .filter(terms::Column::Code.eq(code))
        .one(conn)
        .await
}

/// Whether the project's vocabulary has a code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn has_term(conn: &Connection, project_id: ProjectId, kind: TermKind, code: &str) -> Result<bool, Error> {
    Ok(terms::Entity::find()
        .filter(terms::Column::ProjectId.eq(project_id))
        .filter(terms::Column::Kind.eq(kind))
        .filter(terms::Column::Code.eq(code))
        .one(conn)
        .await?
        .is_some())
}

/// Those of the projects in which the caller has a role.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[ProjectId],
) -> Result<Vec<projects::Model>, Error> {
    projects::Entity::find()
        .filter(id_in(conn, projects::Column::Id, ids))
        .filter(visibility::projects(scope))
        .all(conn)
        .await
}

/// A page of the projects in which the caller has a role, the oldest first.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn page(
    conn: &Connection,
    scope: &VisibilityScope,
    request: &PageRequest,
) -> Result<Page<projects::Model>, Error> {
    use projects::Column;
    let direction = reading_order(request, false);
    let rows = projects::Entity::find()
        .filter(visibility::projects(scope))
        .filter(within(request, false, Column::CreatedAt, Column::Id))
        .order_by(Column::CreatedAt, direction.clone())
        .order_by(Column::Id, direction)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let rows = rows.into_iter().map(|row| (Cursor { sort: row.created_at, id: row.id.uuid() }, row)).collect();
    Ok(Page::of(request, rows))
}

/// The companies of projects that the caller is staff of, by code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn companies_of(
    conn: &Connection,
    scope: &VisibilityScope,
    project_ids: &[ProjectId],
) -> Result<Vec<companies::Model>, Error> {
    use companies::Column;
    companies::Entity::find()
        .filter(id_in(conn, Column::ProjectId, project_ids))
        .filter(visibility::staff_only(scope, Column::ProjectId))
        .order_by_asc(Column::Code)
        .all(conn)
        .await
}

/// A page of the active roles in a project that the caller is staff of.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn members(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    request: &PageRequest,
) -> Result<Page<memberships::Model>, Error> {
    use memberships::Column;
    let rows = memberships::Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Active.eq(true))
        .filter(visibility::staff_only(scope, Column::ProjectId))
        .filter(within_ids(request, Column::Id))
        .order_by(Column::Id, reading_order(request, false))
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let rows = rows.into_iter().map(|row| (Cursor { sort: 0, id: row.id.uuid() }, row)).collect();
    Ok(Page::of(request, rows))
}

/// Those of the companies whose projects the caller is staff of.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn companies_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[CompanyId],
) -> Result<Vec<companies::Model>, Error> {
    companies::Entity::find()
        .filter(id_in(conn, companies::Column::Id, ids))
        .filter(visibility::staff_only(scope, companies::Column::ProjectId))
        .all(conn)
        .await
}

/// Those of the people who are the caller, hold or held a role in a project that the caller is staff of, or own or
/// owned a unit where the caller may see owners. Only people with a present position have their phone and
/// their e-mail address.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn people_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[PersonId],
) -> Result<Vec<Partial<people::Model>>, Error> {
    use people::Column as C;
    some_people(conn, scope, ids, Columns::of([C::Id, C::Name, C::Phone, C::Email])).await
}

/// The same people by their names alone.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn named_people_by_ids(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[PersonId],
) -> Result<Vec<Partial<people::Model>>, Error> {
    some_people(conn, scope, ids, Columns::of([people::Column::Id, people::Column::Name])).await
}

async fn some_people(
    conn: &Connection,
    scope: &VisibilityScope,
    ids: &[PersonId],
    columns: Columns,
) -> Result<Vec<Partial<people::Model>>, Error> {
    use people::Column;
    let of_current = |column: Column| {
        let is_current = visibility::current_people(scope, Column::Id);
        Expr::case(is_current, Expr::col(column)).finally(Expr::cust("NULL"))
    };
    let mut select = people::Entity::find().select_only();
    for column in columns::wanted::<people::Entity>(columns) {
        select = match column {
            Column::Phone => select.expr_as(of_current(column), "phone"),
            Column::Email => select.expr_as(of_current(column), "email"),
            other => select.column(other),
        };
    }
    let select = select.filter(id_in(conn, Column::Id, ids)).filter(visibility::people(scope, Column::Id));
    columns::some_rows(conn, select.build(conn.get_database_backend()), columns).await
}
