//! Reading the changes of a project as far as the caller is concerned.

use domain::VisibilityScope;
use domain::change::{PROJECT_OF_ONE, object_code};
use domain::event::EventName;
use domain::id::{EventId, ProjectId, UnitId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Statement,
};
use uuid::Uuid;

use super::filter::PlaceFilter;
use super::visibility::visible_changes;
use crate::Error;
use crate::boxed;
use crate::columns;
use crate::db::Connection;
use crate::entity::changes::{Column, Entity};
use crate::entity::events;
use crate::id_in::id_in;
use crate::query_plan::plan_of;

/// The newest change of an object of a project that is known: the row without its project and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// The kind of the object.
    pub object_kind: String,
    /// Which one.
    pub object_id: Uuid,
    /// The number of the change.
    pub seq: i64,
    /// The unit that the object belongs to.
    pub unit_id: Option<UnitId>,
    /// It is no more.
    pub deleted: bool,
}

/// How far a project has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Newest {
    /// The project's epoch: another one after a restored backup.
    pub epoch: Uuid,
    /// The newest change number.
    pub seq: i64,
}

/// The newest change number of a project in which the caller has a role.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn newest(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
) -> Result<Option<Newest>, Error> {
    if !scope.all_projects().contains(&project_id) {
        return Ok(None);
    }
    let sql = "SELECT p.epoch, c.seq FROM projects p \
               JOIN project_clock c ON c.project_id = p.id WHERE p.id = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [project_id.into()]);
    Newest::find_by_statement(statement).one(conn).await
}

/// The newest change number of a project, without a visibility scope; 0 for none.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn newest_of(conn: &Connection, project_id: ProjectId) -> Result<i64, Error> {
    use crate::entity::project_clock;
    let clock = project_clock::Entity::find_by_id(project_id).one(conn).await?;
    Ok(clock.map_or(0, |clock| clock.seq))
}

/// The changes numbered above `after` up to `up_to`, oldest first, as far as they may concern the caller. The object's
/// own finder decides what the caller sees of each.
///
/// The statement looks at `up_to - after` rows at most: the caller bounds its work by the range.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn between(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    (after, up_to): (i64, i64),
    filter: &PlaceFilter,
    limit: u64,
) -> Result<Vec<ChangeRow>, Error> {
    let select = visible_between(conn, scope, project_id, (after, up_to))
        .filter(filter.condition(conn))
        .order_by_asc(Column::Seq)
        .limit(limit);
    let mut rows: Vec<ChangeRow> = columns::all(conn, select).await?;
    for row in &mut rows {
        if row.object_kind == PROJECT_OF_ONE {
            row.object_id = project_id.uuid();
        }
        let length = object_code(&row.object_kind).len();
        row.object_kind.truncate(length);
    }
    Ok(rows)
}

/// The changes numbered above `after` up to `up_to` that may concern the caller.
fn visible_between(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    (after, up_to): (i64, i64),
) -> Select<Entity> {
    Entity::find()
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::Seq.gt(after))
        .filter(Column::Seq.lte(up_to))
        .filter(visible_changes(conn, scope, project_id))
}

/// The plan by which the changes of a project are read, for a test that holds it to its indexes.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn plan_between(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    range: (i64, i64),
) -> Result<String, Error> {
    let select = visible_between(conn, scope, project_id, range).order_by_asc(Column::Seq);
    plan_of(conn, select.build(conn.get_database_backend())).await
}

/// The number of the newest change above `after` up to `up_to` that may concern the caller.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn last_between(
    conn: &Connection,
    scope: &VisibilityScope,
    project_id: ProjectId,
    (after, up_to): (i64, i64),
) -> Result<Option<i64>, Error> {
    visible_between(conn, scope, project_id, (after, up_to))
        .select_only()
        .column(Column::Seq)
        .order_by_desc(Column::Seq)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await
}

/// What tells the life of a project from another one that began as its copy: the last event up to a number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn stamp(conn: &Connection, project_id: ProjectId, seq: i64) -> Result<EventId, Error> {
    use events::Column as C;
    let last: Option<EventId> = events::Entity::find()
        .select_only()
        .column(C::Id)
        .filter(C::ProjectId.eq(project_id))
        .filter(C::Seq.lte(seq))
        .order_by_desc(C::Seq)
        .order_by_asc(C::Id)
        .limit(1)
        .into_tuple()
        .one(conn)
        .await?;
    Ok(last.unwrap_or_default())
}

/// Those of the objects that were there to be seen at a number already: defects since they were logged, photos since
/// they were declared for staff, and since they are ready for owners.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn visible_before(conn: &Connection, ids: &[Uuid], seq: i64, by_staff: bool) -> Result<Vec<Uuid>, Error> {
    use events::Column as C;
    let photo = if by_staff { EventName::PhotoDeclared } else { EventName::PhotoReady };
    events::Entity::find()
        .select_only()
        .column(C::ObjectId)
        .filter(id_in(conn, C::ObjectId, ids))
        .filter(C::Seq.lte(seq))
        .filter(C::Name.is_in([EventName::DefectLogged, photo].map(EventName::as_str)))
        .into_tuple()
        .all(conn)
        .await
}
