//! The demo: which project and which people it is, the password that they share, and its removal.

mod removed_people;

use std::collections::HashSet;

use domain::Timestamp;
use domain::id::{PersonId, PhotoId, ProjectId};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::WriteTx;
use crate::entity::{
    buildings, changes, check_results, checklist_items, checklist_versions, checklists, companies, defect_comments,
    defect_companies, defect_fields, defect_types, defects, demo_projects, devices, disputes, escalations, events,
    inbox_entries, jobs, lineage_entries, measurement_rules, measurements, memberships, message_attempts,
    one_time_links, operations, pending_edits, people, photos, project_clock, projects, quota_usage, readiness_waivers,
    repair_attempts, responsibility_rules, rooms, round_units, rounds, sign_in_codes, signatures, signed_contents,
    terms, unit_inspections, unit_links, unit_owners, unit_reviews, unit_type_plans, unit_type_rooms, unit_types,
    units, verdicts,
};

pub use removed_people::RECORDS_OF_PEOPLE;

/// The demo, if there is one.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(conn: &Connection) -> Result<Option<demo_projects::Model>, Error> {
    demo_projects::Entity::find().order_by_asc(demo_projects::Column::ProjectId).one(conn).await
}

/// Whether a project is the demo.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_demo(conn: &Connection, project_id: ProjectId) -> Result<bool, Error> {
    Ok(demo_projects::Entity::find_by_id(project_id).one(conn).await?.is_some())
}

/// Marks a project as the demo, without a password yet.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn mark_as_demo(tx: &WriteTx, project_id: ProjectId) -> Result<(), Error> {
    let row = demo_projects::Model { project_id, password: None, password_hash: None };
    demo_projects::Entity::insert(row.into_active_model()).exec_without_returning(tx).await.map(drop)
}

/// Stores the password that the people of the demo share.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_password(tx: &WriteTx, project_id: ProjectId, password: &str, hash: &str) -> Result<(), Error> {
    use demo_projects::Column;
    let set = demo_projects::Entity::update_many()
        .col_expr(Column::Password, Expr::value(password))
        .col_expr(Column::PasswordHash, Expr::value(hash))
        .filter(Column::ProjectId.eq(project_id));
    set.exec(tx).await.map(drop)
}

/// Those of the demo's people with these logins who have another password than the shared one, or none.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn people_without(conn: &Connection, logins: &[String], hash: &str) -> Result<Vec<PersonId>, Error> {
    use people::Column;
    let other = Condition::any().add(Column::PasswordHash.is_null()).add(Column::PasswordHash.ne(hash));
    let ids = people::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Demo.eq(true))
        .filter(Column::Login.is_in(logins))
        .filter(other);
    ids.into_tuple().all(conn).await
}

/// Gives people a password by its hash.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn give_hash(tx: &WriteTx, person_ids: &[PersonId], hash: &str) -> Result<(), Error> {
    use people::Column;
    let given = people::Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(hash))
        .filter(Column::Id.is_in(person_ids.iter().copied()));
    given.exec(tx).await.map(drop)
}

/// How many people of the demo there are.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn count_people(conn: &Connection) -> Result<u64, Error> {
    people::Entity::find().filter(people::Column::Demo.eq(true)).count(conn).await
}

/// Whether there is no project at all.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn is_without_projects(conn: &Connection) -> Result<bool, Error> {
    Ok(projects::Entity::find().one(conn).await?.is_none())
}

/// Gives a project another code.
///
/// # Errors
/// When the database fails, or another project has the code.
#[boxed]
pub async fn name_project(tx: &WriteTx, id: ProjectId, code: &str) -> Result<(), Error> {
    use projects::Column;
    let named = projects::Entity::update_many().col_expr(Column::Code, Expr::value(code)).filter(Column::Id.eq(id));
    named.exec(tx).await.map(drop)
}

/// Notes that people of a project have read what came into their inboxes before a moment.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn read_inboxes(tx: &WriteTx, project_id: ProjectId, before: Timestamp) -> Result<(), Error> {
    use inbox_entries::Column;
    let read = inbox_entries::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::col(Column::CreatedAt))
        .col_expr(Column::DigestedAt, Expr::col(Column::CreatedAt))
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::CreatedAt.lt(before.0));
    read.exec(tx).await.map(drop)
}

/// Removes the demo project with everything that belongs to it, and the people who belong to no other project. A person
/// of the demo whom records of another project name keeps the row without a password. Everybody else who belongs to
/// another project, and an administrator, stays as before.
///
/// Returns the ids of the project's photos, whose uploads are still in the object store.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn clear(tx: &WriteTx, project_id: ProjectId) -> Result<HashSet<PhotoId>, Error> {
    let people = removed_people::of_project(tx, project_id).await?;
    let photos = photos_of(tx, project_id).await?;
    clear_project(tx, project_id).await?;
    removed_people::clear(tx, &people).await?;
    Ok(photos)
}

async fn photos_of(tx: &WriteTx, project_id: ProjectId) -> Result<HashSet<PhotoId>, Error> {
    use photos::Column;
    let ids = photos::Entity::find().select_only().column(Column::Id).filter(Column::ProjectId.eq(project_id));
    let ids: Vec<PhotoId> = ids.into_tuple().all(tx).await?;
    Ok(ids.into_iter().collect())
}

async fn clear_project(tx: &WriteTx, project_id: ProjectId) -> Result<(), Error> {
    // Rows of a defect or a round name no project of their own.
    macro_rules! ids_of {
        ($table:ident) => {
            Query::select()
                .column($table::Column::Id)
                .from($table::Entity)
                .and_where($table::Column::ProjectId.eq(project_id))
                .to_owned()
        };
    }
    let of_defects = defect_companies::Column::DefectId.in_subquery(ids_of!(defects));
    defect_companies::Entity::delete_many().filter(of_defects).exec(tx).await?;
    let of_fields = defect_fields::Column::DefectId.in_subquery(ids_of!(defects));
    defect_fields::Entity::delete_many().filter(of_fields).exec(tx).await?;
    let of_rounds = round_units::Column::RoundId.in_subquery(ids_of!(rounds));
    round_units::Entity::delete_many().filter(of_rounds).exec(tx).await?;
    let of_rounds = lineage_entries::Column::RoundId.in_subquery(ids_of!(rounds));
    lineage_entries::Entity::delete_many().filter(of_rounds).exec(tx).await?;
    // What refers to other tables goes first.
    macro_rules! clear {
        ($($table:ident),+ $(,)?) => {
            $($table::Entity::delete_many().filter($table::Column::ProjectId.eq(project_id)).exec(tx).await?;)+
        };
    }
    let guards = lift_guards(tx).await?;
    let of_links = sign_in_codes::Column::LinkId.in_subquery(ids_of!(unit_links));
    sign_in_codes::Entity::delete_many().filter(of_links).exec(tx).await?;
    clear!(pending_edits, operations, devices, one_time_links, unit_links, message_attempts, inbox_entries);
    clear!(jobs, events, changes, unit_reviews, readiness_waivers, photos, signatures, measurements, check_results);
    clear!(signed_contents, escalations);
    clear!(defect_comments, disputes, verdicts, repair_attempts, defects, unit_inspections, rounds);
    for guard in guards {
        tx.execute_unprepared(&guard).await?;
    }
    clear!(
        checklist_items,
        checklist_versions,
        checklists,
        responsibility_rules,
        measurement_rules,
        defect_types,
        terms
    );
    clear!(unit_owners, rooms, units, unit_type_rooms, unit_type_plans, unit_types, buildings);
    clear!(memberships, companies, project_clock, quota_usage, demo_projects);
    projects::Entity::delete_by_id(project_id).exec(tx).await.map(drop)
}

/// Lets the append-only tables be cleared, inside this transaction alone; returns what puts their guards back.
async fn lift_guards(tx: &WriteTx) -> Result<Vec<String>, Error> {
    let mut back = Vec::new();
    for (table, guard) in [
        ("events", "events_no_delete"),
        ("verdicts", "verdicts_no_delete"),
        ("signed_contents", "signed_contents_no_delete"),
    ] {
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(&format!("ALTER TABLE {table} DISABLE TRIGGER {guard}")).await?;
            back.push(format!("ALTER TABLE {table} ENABLE TRIGGER {guard}"));
        } else {
            let sql = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = $1";
            let asked = Statement::from_sql_and_values(DbBackend::Sqlite, sql, [guard.into()]);
            let row = tx.query_one_raw(asked).await?.ok_or_else(|| Error::RecordNotFound(guard.to_owned()))?;
            back.push(row.try_get_by_index(0)?);
            tx.execute_unprepared(&format!("DROP TRIGGER {guard}")).await?;
        }
    }
    Ok(back)
}
