//! What only the demo's seed needs: whether a database is fresh, and taking back a seed that was broken off.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement};
use uuid::Uuid;

use crate::Error;
use crate::db::WriteTx;
use crate::entity::{
    buildings, changes, check_results, checklist_items, checklist_versions, checklists, client_ids, companies,
    defect_comments, defect_companies, defect_types, defects, disputes, events, jobs, measurement_rules, measurements,
    memberships, people, photos, project_clock, projects, quota_usage, readiness_waivers, repair_attempts,
    responsibility_rules, rooms, round_units, rounds, sessions, signatures, terms, unit_inspections, unit_owners,
    unit_reviews, unit_type_plans, unit_type_rooms, unit_types, units, verdicts,
};

/// Whether there is no project at all.
///
/// # Errors
/// When the database fails.
pub async fn is_without_projects(conn: &impl ConnectionTrait) -> Result<bool, Error> {
    Ok(projects::Entity::find().one(conn).await?.is_none())
}

/// Gives a project another code.
///
/// # Errors
/// When the database fails, or another project has the code.
pub async fn name_project(tx: &WriteTx, id: Uuid, code: &str) -> Result<(), Error> {
    use projects::Column;
    let named = projects::Entity::update_many().col_expr(Column::Code, Expr::value(code)).filter(Column::Id.eq(id));
    named.exec(tx).await.map(drop)
}

/// Removes a project with everything that belongs to it, and the people who belong to no other.
///
/// # Errors
/// When the database fails.
pub async fn clear(tx: &WriteTx, project_id: Uuid) -> Result<(), Error> {
    let people = people_of(tx, project_id).await?;
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
    let of_rounds = round_units::Column::RoundId.in_subquery(ids_of!(rounds));
    round_units::Entity::delete_many().filter(of_rounds).exec(tx).await?;
    // What refers to other tables goes first.
    macro_rules! clear {
        ($($table:ident),+ $(,)?) => {
            $($table::Entity::delete_many().filter($table::Column::ProjectId.eq(project_id)).exec(tx).await?;)+
        };
    }
    let guards = lift_guards(tx).await?;
    clear!(jobs, events, changes, unit_reviews, readiness_waivers, photos, signatures, measurements, check_results);
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
    clear!(memberships, companies, project_clock, quota_usage);
    projects::Entity::delete_by_id(project_id).exec(tx).await?;
    clear_people(tx, people).await
}

/// Lets the append-only tables be cleared, inside this transaction alone; answers what puts their guards back.
async fn lift_guards(tx: &WriteTx) -> Result<Vec<String>, Error> {
    let mut back = Vec::new();
    for (table, guard) in [("events", "events_no_delete"), ("verdicts", "verdicts_no_delete")] {
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

/// The staff and owners of a project.
async fn people_of(tx: &WriteTx, project_id: Uuid) -> Result<Vec<Uuid>, Error> {
    let staff = memberships::Entity::find().filter(memberships::Column::ProjectId.eq(project_id)).all(tx).await?;
    let owners = unit_owners::Entity::find().filter(unit_owners::Column::ProjectId.eq(project_id)).all(tx).await?;
    Ok(staff.into_iter().map(|row| row.person_id).chain(owners.into_iter().map(|row| row.person_id)).collect())
}

async fn clear_people(tx: &WriteTx, mut gone: Vec<Uuid>) -> Result<(), Error> {
    use memberships::Column as Member;
    use unit_owners::Column as Owner;
    let staff = memberships::Entity::find().filter(Member::PersonId.is_in(gone.iter().copied())).all(tx).await?;
    let owners = unit_owners::Entity::find().filter(Owner::PersonId.is_in(gone.iter().copied())).all(tx).await?;
    let elsewhere: Vec<Uuid> =
        staff.into_iter().map(|row| row.person_id).chain(owners.into_iter().map(|row| row.person_id)).collect();
    gone.retain(|id| !elsewhere.contains(id));
    let of = |column: sessions::Column| column.is_in(gone.iter().copied());
    sessions::Entity::delete_many().filter(of(sessions::Column::PersonId)).exec(tx).await?;
    let claims = client_ids::Column::PersonId.is_in(gone.iter().copied());
    client_ids::Entity::delete_many().filter(claims).exec(tx).await?;
    people::Entity::delete_many().filter(people::Column::Id.is_in(gone)).exec(tx).await?;
    Ok(())
}
