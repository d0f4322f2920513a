//! One responsibility rule for each combination of trade, building and kind of unit. Of several existing rules of one
//! combination, the one that was set last stays; the others are removed as a person would remove them, with event and
//! tombstone.

use std::collections::HashSet;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};

/// Rules with the change number of their last change, the newest first.
const RULES: &str = "SELECT r.id, r.project_id, r.trade, r.building_id, r.unit_kind \
     FROM responsibility_rules r LEFT JOIN changes c ON c.project_id = r.project_id \
     AND c.object_kind = 'RESPONSIBILITY_RULE' AND c.object_id = r.id \
     ORDER BY COALESCE(c.seq, 0) DESC, r.id DESC";
const REASON: &str = "a newer rule is for the same trade, building and kind of unit";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (id, project_id) in superseded(manager).await? {
            remove(manager, id, project_id).await?;
        }
        let nobody = match manager.get_database_backend() {
            DbBackend::Postgres => "'00000000-0000-0000-0000-000000000000'::uuid",
            _ => "x''",
        };
        let index = format!(
            "CREATE UNIQUE INDEX ux_responsibility_rules_combination ON responsibility_rules \
             (project_id, COALESCE(trade, ''), COALESCE(building_id, {nobody}), COALESCE(unit_kind, ''))"
        );
        manager.get_connection().execute_unprepared(&index).await.map(drop)
    }
}

/// The combination that a rule covers.
type Combination = (Uuid, Option<String>, Option<Uuid>, Option<String>);

/// The rules that a newer rule of the same combination replaces, with their projects.
async fn superseded(manager: &SchemaManager<'_>) -> Result<Vec<(Uuid, Uuid)>, DbErr> {
    let connection = manager.get_connection();
    let rows = connection.query_all_raw(Statement::from_string(manager.get_database_backend(), RULES)).await?;
    let mut newest = HashSet::new();
    let mut older = Vec::new();
    for row in &rows {
        let combination = combination(row)?;
        let project_id = combination.0;
        if !newest.insert(combination) {
            older.push((row.try_get_by_index(0)?, project_id));
        }
    }
    Ok(older)
}

fn combination(row: &QueryResult) -> Result<Combination, DbErr> {
    Ok((row.try_get_by_index(1)?, row.try_get_by_index(2)?, row.try_get_by_index(3)?, row.try_get_by_index(4)?))
}

async fn remove(manager: &SchemaManager<'_>, id: Uuid, project_id: Uuid) -> Result<(), DbErr> {
    let (connection, backend) = (manager.get_connection(), manager.get_database_backend());
    let run = |sql: String, values: Vec<Value>| Statement::from_sql_and_values(backend, sql, values);
    let (now, none) = match backend {
        DbBackend::Postgres => ("(extract(epoch FROM now()) * 1000000)::bigint", "'null'::jsonb"),
        _ => ("CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)", "'null'"),
    };
    let clock = "UPDATE project_clock SET seq = seq + 1 WHERE project_id = $1 RETURNING seq".to_owned();
    let clock = connection.query_one_raw(run(clock, vec![project_id.into()])).await?;
    let seq: i64 = clock.ok_or_else(|| DbErr::RecordNotFound("project_clock".to_owned()))?.try_get_by_index(0)?;
    let kind = "object_kind = 'RESPONSIBILITY_RULE' AND object_id = $1";
    connection.execute_raw(run(format!("DELETE FROM changes WHERE {kind}"), vec![id.into()])).await?;
    let change = format!(
        "INSERT INTO changes (project_id, object_kind, object_id, seq, deleted, recorded_at) \
         VALUES ($1, 'RESPONSIBILITY_RULE', $2, $3, true, {now})"
    );
    connection.execute_raw(run(change, vec![project_id.into(), id.into(), seq.into()])).await?;
    let event = format!(
        "INSERT INTO events (id, project_id, seq, object_kind, object_id, name, visible_to, occurred_at, recorded_at, \
         reason, data) VALUES ($1, $2, $3, 'RESPONSIBILITY_RULE', $4, 'RESPONSIBILITY_RULE_REMOVED', 'STAFF', \
         {now}, {now}, $5, {none})"
    );
    // The id of the event is the rule's own id with its last byte inverted, because a migration has no generator of
    // ids.
    let mut event_id = *id.as_bytes();
    event_id[15] ^= 0xff;
    let values = vec![Uuid::from_bytes(event_id).into(), project_id.into(), seq.into(), id.into(), REASON.into()];
    connection.execute_raw(run(event, values)).await?;
    connection.execute_raw(run("DELETE FROM responsibility_rules WHERE id = $1".to_owned(), vec![id.into()])).await?;
    Ok(())
}
