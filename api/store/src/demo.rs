//! The demo: which project and which people it is, the password that they share, and its removal.

use std::collections::HashSet;

use domain::Timestamp;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::Connection;
use crate::db::WriteTx;
use crate::entity::{
    address_codes, buildings, changes, check_results, checklist_items, checklist_versions, checklists, client_ids,
    companies, confirmed_addresses, defect_comments, defect_companies, defect_fields, defect_types, defects,
    demo_projects, devices, disputes, escalations, events, inbox_entries, jobs, lineage_entries, measurement_rules,
    measurements, memberships, message_attempts, message_preferences, message_switches, one_time_links, operations,
    pending_edits, people, photos, project_clock, projects, quota_usage, readiness_waivers, repair_attempts,
    responsibility_rules, rooms, round_units, rounds, sessions, signatures, signed_contents, terms, unit_inspections,
    unit_owners, unit_reviews, unit_type_plans, unit_type_rooms, unit_types, units, unsubscribe_links, verdicts,
};

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
pub async fn is_demo(conn: &Connection, project_id: Uuid) -> Result<bool, Error> {
    Ok(demo_projects::Entity::find_by_id(project_id).one(conn).await?.is_some())
}

/// Marks a project as the demo, without a password yet.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn mark_as_demo(tx: &WriteTx, project_id: Uuid) -> Result<(), Error> {
    let row = demo_projects::Model { project_id, password: None, password_hash: None };
    demo_projects::Entity::insert(row.into_active_model()).exec_without_returning(tx).await.map(drop)
}

/// Stores the password that the people of the demo share.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn set_password(tx: &WriteTx, project_id: Uuid, password: &str, hash: &str) -> Result<(), Error> {
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
pub async fn people_without(conn: &Connection, logins: &[String], hash: &str) -> Result<Vec<Uuid>, Error> {
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
pub async fn give_hash(tx: &WriteTx, person_ids: &[Uuid], hash: &str) -> Result<(), Error> {
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
pub async fn name_project(tx: &WriteTx, id: Uuid, code: &str) -> Result<(), Error> {
    use projects::Column;
    let named = projects::Entity::update_many().col_expr(Column::Code, Expr::value(code)).filter(Column::Id.eq(id));
    named.exec(tx).await.map(drop)
}

/// Notes that people of a project have read what came into their inboxes before a moment.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn read_inboxes(tx: &WriteTx, project_id: Uuid, before: Timestamp) -> Result<(), Error> {
    use inbox_entries::Column;
    let read = inbox_entries::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::col(Column::CreatedAt))
        .col_expr(Column::DigestedAt, Expr::col(Column::CreatedAt))
        .filter(Column::ProjectId.eq(project_id))
        .filter(Column::CreatedAt.lt(before.0));
    read.exec(tx).await.map(drop)
}

/// Removes the demo project with everything that belongs to it, and the demo's people who belong to no other project;
/// those who do keep their row without a password, because records of the other project name them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn clear(tx: &WriteTx, project_id: Uuid) -> Result<(), Error> {
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
    clear!(pending_edits, operations, devices, one_time_links, message_attempts, inbox_entries);
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
    projects::Entity::delete_by_id(project_id).exec(tx).await?;
    clear_people(tx).await
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

/// Columns that name a person in a record: whoever stands in one that stays keeps the row.
pub const RECORDS_OF_PEOPLE: [(&str, &str); 22] = [
    ("memberships", "person_id"),
    ("units", "opened_by"),
    ("unit_owners", "person_id"),
    ("rounds", "created_by"),
    ("unit_inspections", "submitted_by"),
    ("check_results", "person_id"),
    ("measurements", "person_id"),
    ("signatures", "person_id"),
    ("defects", "raised_by"),
    ("defects", "assignee_id"),
    ("repair_attempts", "person_id"),
    ("verdicts", "person_id"),
    ("disputes", "person_id"),
    ("disputes", "resolved_by"),
    ("defect_comments", "person_id"),
    ("photos", "person_id"),
    ("readiness_waivers", "person_id"),
    ("unit_reviews", "person_id"),
    ("pending_edits", "person_id"),
    ("pending_edits", "settled_by"),
    ("devices", "person_id"),
    ("devices", "excused_by"),
];

async fn clear_people(tx: &WriteTx) -> Result<(), Error> {
    use one_time_links::Column as Link;
    let demo = people::Entity::find().select_only().column(people::Column::Id).filter(people::Column::Demo.eq(true));
    let demo: Vec<Uuid> = demo.into_tuple().all(tx).await?;
    let ids = || demo.iter().copied();
    let mut kept: HashSet<Uuid> = HashSet::new();
    for (table, column) in RECORDS_OF_PEOPLE {
        let column = Alias::new(column);
        let named = Query::select()
            .distinct()
            .column(column.clone())
            .from(Alias::new(table))
            .and_where(Expr::col(column).is_in(ids()))
            .to_owned();
        for row in tx.query_all(&named).await? {
            kept.insert(row.try_get_by_index(0)?);
        }
    }
    sessions::Entity::delete_many().filter(sessions::Column::PersonId.is_in(ids())).exec(tx).await?;
    let locked = people::Entity::update_many()
        .col_expr(people::Column::PasswordHash, Expr::value(None::<String>))
        .filter(people::Column::Id.is_in(kept.iter().copied()));
    locked.exec(tx).await?;
    // Whose password is gone has no way in; a link would be one, and one without a maker would be the operator's.
    let links = Condition::any().add(Link::PersonId.is_in(ids())).add(Link::MadeBy.is_in(ids()));
    one_time_links::Entity::delete_many().filter(links).exec(tx).await?;
    let gone: Vec<Uuid> = ids().filter(|id| !kept.contains(id)).collect();
    let gone = || gone.iter().copied();
    for column in [Link::UsedBy, Link::RevokedBy] {
        let forgotten = one_time_links::Entity::update_many()
            .col_expr(column, Expr::value(None::<Uuid>))
            .filter(column.is_in(gone()));
        forgotten.exec(tx).await?;
    }
    operations::Entity::delete_many().filter(operations::Column::PersonId.is_in(gone())).exec(tx).await?;
    client_ids::Entity::delete_many().filter(client_ids::Column::PersonId.is_in(gone())).exec(tx).await?;
    clear_messages(tx, &demo, gone().collect()).await?;
    people::Entity::delete_many().filter(people::Column::Id.is_in(gone())).exec(tx).await?;
    Ok(())
}

/// Removes how the demo's people are reached, and the messages to those of them who are removed.
async fn clear_messages(tx: &WriteTx, demo: &[Uuid], gone: Vec<Uuid>) -> Result<(), Error> {
    use message_attempts::Column as Message;
    let (demo, gone) = (|| demo.iter().copied(), || gone.iter().copied());
    macro_rules! clear {
        ($($table:ident),+) => {
            $($table::Entity::delete_many().filter($table::Column::PersonId.is_in(demo())).exec(tx).await?;)+
        };
    }
    clear!(confirmed_addresses, address_codes, message_preferences, message_switches, unsubscribe_links);
    message_attempts::Entity::delete_many().filter(Message::PersonId.is_in(gone())).exec(tx).await?;
    let forgotten = message_attempts::Entity::update_many()
        .col_expr(Message::ResolvedBy, Expr::value(None::<Uuid>))
        .filter(Message::ResolvedBy.is_in(gone()));
    forgotten.exec(tx).await.map(drop)
}
