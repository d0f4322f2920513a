//! What an import reads and writes: whole tables of one project, many rows at a time.

use std::collections::HashSet;

use domain::id::{ChecklistVersionId, PersonId, ProjectId, UnitId};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, IntoActiveModel, Iterable, QueryFilter,
    QuerySelect,
};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::{RowLock, WriteTx};
use crate::entity::{
    buildings, checklist_items, checklist_versions, checklists, companies, defect_types, measurement_rules,
    memberships, people, project_clock, projects, responsibility_rules, rooms, terms, unit_owners, unit_type_plans,
    unit_type_rooms, unit_types, units,
};

/// Values in one statement: SQLite takes 32,766, and PostgreSQL breaks a slow one off.
const VALUES: usize = 12_000;
/// Ids or logins asked for in one statement.
const ASKED: usize = 5_000;

/// A table with an `id` and the `project_id` of its rows.
pub trait OfProject: EntityTrait {
    /// The column of the project.
    fn project() -> Self::Column;
}

macro_rules! of_project {
    ($($table:ident),+ $(,)?) => {
        $(impl OfProject for $table::Entity {
            fn project() -> Self::Column {
                $table::Column::ProjectId
            }
        })+
    };
}

of_project!(
    buildings,
    checklist_items,
    checklist_versions,
    checklists,
    companies,
    defect_types,
    measurement_rules,
    memberships,
    responsibility_rules,
    rooms,
    terms,
    unit_owners,
    unit_type_plans,
    unit_type_rooms,
    unit_types,
    units,
);

/// All rows of a project, locked until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn load<E: OfProject>(tx: &WriteTx, project_id: ProjectId) -> Result<Vec<E::Model>, Error> {
    E::find().filter(E::project().eq(project_id)).for_update().all(tx).await
}

/// Inserts rows; those whose id is there already are replaced.
///
/// # Errors
/// When the database fails.
pub async fn save<E>(tx: &WriteTx, rows: Vec<E::Model>) -> Result<(), Error>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    let columns: Vec<E::Column> = E::Column::iter().collect();
    let rest = columns.iter().copied().filter(|column| column.as_str() != "id");
    let replace = OnConflict::column("id").update_columns(rest).to_owned();
    let mut rows = rows.into_iter();
    loop {
        let chunk: Vec<E::ActiveModel> =
            rows.by_ref().take(VALUES / columns.len()).map(IntoActiveModel::into_active_model).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        E::insert_many(chunk).on_conflict(replace.clone()).exec_without_returning(tx).await?;
    }
}

/// The project with this code.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn project_by_code(conn: &Connection, code: &str) -> Result<Option<projects::Model>, Error> {
    projects::Entity::find().filter(projects::Column::Code.eq(code)).one(conn).await
}

/// Locks the project until the transaction ends, so that two imports of one project run one after the other.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_project_for_update(tx: &WriteTx, code: &str) -> Result<Option<projects::Model>, Error> {
    projects::Entity::find().filter(projects::Column::Code.eq(code)).for_update().one(tx).await
}

/// Inserts a project with its counters; false when another import was faster.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn create_project(tx: &WriteTx, row: projects::Model) -> Result<bool, Error> {
    let project_id = row.id;
    let taken = OnConflict::column(projects::Column::Code).do_nothing().to_owned();
    let insert = projects::Entity::insert(row.into_active_model()).on_conflict(taken);
    if insert.exec_without_returning(tx).await? == 0 {
        return Ok(false);
    }
    let clock = project_clock::Model { project_id, seq: 0, defect_no: 0 };
    project_clock::Entity::insert(clock.into_active_model()).exec_without_returning(tx).await?;
    Ok(true)
}

/// The people with these logins, locked until the transaction ends, if there is one.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn people_by_login(conn: &Connection, logins: &[&str]) -> Result<Vec<people::Model>, Error> {
    let mut found = Vec::new();
    for chunk in logins.chunks(ASKED) {
        let asked = people::Entity::find().filter(people::Column::Login.is_in(chunk.iter().copied()));
        found.extend(asked.all(conn).await?);
    }
    Ok(found)
}

/// The logins of people.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn logins(conn: &Connection, ids: &[PersonId]) -> Result<Vec<(PersonId, String)>, Error> {
    let mut found = Vec::new();
    for chunk in ids.chunks(ASKED) {
        let asked = people::Entity::find()
            .select_only()
            .columns([people::Column::Id, people::Column::Login])
            .filter(people::Column::Id.is_in(chunk.iter().copied()));
        found.extend(asked.into_tuple().all(conn).await?);
    }
    Ok(found)
}

/// Which of these people have something to do with another project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn elsewhere(conn: &Connection, ids: &[PersonId], project_id: ProjectId) -> Result<HashSet<PersonId>, Error> {
    let mut found = HashSet::new();
    for chunk in ids.chunks(ASKED) {
        let staff = memberships::Entity::find()
            .select_only()
            .column(memberships::Column::PersonId)
            .filter(memberships::Column::PersonId.is_in(chunk.iter().copied()))
            .filter(memberships::Column::ProjectId.ne(project_id));
        found.extend(staff.into_tuple::<PersonId>().all(conn).await?);
        let owners = unit_owners::Entity::find()
            .select_only()
            .column(unit_owners::Column::PersonId)
            .filter(unit_owners::Column::PersonId.is_in(chunk.iter().copied()))
            .filter(unit_owners::Column::ProjectId.ne(project_id));
        found.extend(owners.into_tuple::<PersonId>().all(conn).await?);
    }
    Ok(found)
}

/// The hashes of all plans of a project.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn plan_hashes(conn: &Connection, project_id: ProjectId) -> Result<HashSet<Vec<u8>>, Error> {
    let asked = unit_type_plans::Entity::find()
        .select_only()
        .column(unit_type_plans::Column::Sha256)
        .filter(unit_type_plans::Column::ProjectId.eq(project_id))
        .filter(unit_type_plans::Column::Sha256.is_not_null());
    Ok(asked.into_tuple::<Vec<u8>>().all(conn).await?.into_iter().collect())
}

/// The items of these versions of checklists.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn items_of(
    conn: &Connection,
    version_ids: &[ChecklistVersionId],
) -> Result<Vec<checklist_items::Model>, Error> {
    let of = checklist_items::Column::ChecklistVersionId.is_in(version_ids.iter().copied());
    checklist_items::Entity::find().filter(of).all(conn).await
}

/// Brings the places that the defects of these units carry along up to date.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn move_defects(tx: &WriteTx, unit_ids: &[UnitId]) -> Result<(), Error> {
    let of_unit = |column: &'static str| {
        Query::select()
            .column(("units", column))
            .from("units")
            .and_where(Expr::col(("units", "id")).equals(("defects", "unit_id")))
            .to_owned()
    };
    for chunk in unit_ids.chunks(ASKED) {
        let mut update = Query::update();
        update
            .table("defects")
            .value("place_order", of_unit("place_order"))
            .value("building_id", of_unit("building_id"))
            .and_where(Expr::col("unit_id").is_in(chunk.iter().copied()));
        tx.execute(&update).await?;
    }
    Ok(())
}
