//! The tables of the migrations equal those of the entities: the same names, columns, types, optional columns and
//! primary keys.

use std::collections::BTreeSet;

use sea_orm::sea_query::ColumnType;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IdenStatic, Iterable, QueryResult, Statement};
use store::db::Backend;
use store::entity::*;
use tests::database::TestDb;
use tests::on_both_databases;

/// Runs `$visit::<Entity>(…)` for every entity and collects the answers.
macro_rules! of_every_entity {
    ($visit:ident($($argument:expr),*) $($after:tt)*) => {
        of_every_entity!(@each [$visit($($argument),*) $($after)*]
            address_codes buildings changes check_results checklist_items checklist_versions checklists client_ids companies condemned_objects confirmed_addresses
            defect_comments defect_companies defect_fields defect_types defects demo_projects devices disputes escalations events inbox_entries jobs
            lineage_entries measurement_rules measurements memberships message_attempts message_channels message_preferences message_switches
            one_time_links operations pending_edits people photos project_clock projects quota_usage readiness_waivers repair_attempts
            responsibility_rules rooms round_units rounds sessions sign_in_attempts sign_in_codes signatures signed_contents storage_probes terms
            unit_inspections unit_links unit_owners unit_reviews unit_type_plans unit_type_rooms unit_types units unsubscribe_links verdicts)
    };
    (@each $call:tt $($table:ident)+) => { [$(of_every_entity!(@one $call $table)),+] };
    (@one [$visit:ident($($argument:expr),*) $($after:tt)*] $table:ident) => {
        $visit::<$table::Entity>($($argument),*) $($after)*
    };
}

/// `defects.due_at bigint optional`, one line a column.
fn line(table: &str, column: &str, kind: &str, optional: bool, key: bool) -> String {
    let optional = if optional { " optional" } else { "" };
    let key = if key { " key" } else { "" };
    format!("{table}.{column} {kind}{optional}{key}")
}

fn columns_of_entity<E: EntityTrait>() -> Vec<String> {
    let table = E::default().table_name().to_owned();
    let keys: Vec<&str> = E::PrimaryKey::iter().map(|key| key.as_str()).collect();
    E::Column::iter()
        .map(|column| {
            let definition = column.def();
            let kind = kind_of_entity(definition.get_column_type());
            line(&table, column.as_str(), kind, definition.is_null(), keys.contains(&column.as_str()))
        })
        .collect()
}

fn kind_of_entity(kind: &ColumnType) -> &'static str {
    match kind {
        ColumnType::Uuid => "uuid",
        ColumnType::String(_) | ColumnType::Text => "text",
        ColumnType::BigInteger => "bigint",
        ColumnType::Integer => "integer",
        ColumnType::Boolean => "boolean",
        ColumnType::Double => "double",
        ColumnType::JsonBinary => "json",
        ColumnType::Blob | ColumnType::VarBinary(_) | ColumnType::Binary(_) => "bytes",
        other => panic!("a type that no table has: {other:?}"),
    }
}

fn kind_of_table(kind: &str) -> &str {
    match kind {
        "uuid_text" => "uuid",
        "double precision" => "double",
        "jsonb" | "jsonb_text" => "json",
        "blob" | "bytea" => "bytes",
        same => same,
    }
}

const SQLITE_COLUMNS: &str = r#"SELECT t.name AS "table", c.name AS "column", lower(c.type) AS kind,
       c."notnull" = 0 AS optional, c.pk > 0 AS "key"
  FROM sqlite_schema t, pragma_table_info(t.name) c
 WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'seaql_migrations'"#;

const POSTGRES_COLUMNS: &str = r#"SELECT t.relname::text AS "table", c.attname::text AS "column",
       format_type(c.atttypid, c.atttypmod) AS kind, NOT c.attnotnull AS optional,
       EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary AND c.attnum = ANY (i.indkey)) AS "key"
  FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
 WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND t.relname <> 'seaql_migrations'"#;

const SQLITE_WITHOUT_PROJECT_INDEX: &str = "SELECT t.name
  FROM sqlite_schema t, pragma_table_info(t.name) c
 WHERE t.type = 'table' AND c.name = 'project_id' AND NOT EXISTS (
       SELECT 1 FROM pragma_index_list(t.name) i, pragma_index_info(i.name) k
        WHERE i.partial = 0 AND k.seqno = 0 AND k.name = 'project_id')";

const POSTGRES_WITHOUT_PROJECT_INDEX: &str = "SELECT t.relname::text
  FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attname = 'project_id' AND c.attnum > 0
 WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND NOT EXISTS (
       SELECT 1 FROM pg_index i WHERE i.indrelid = t.oid AND i.indpred IS NULL AND i.indkey[0] = c.attnum)";

async fn columns_of_tables(db: &TestDb) -> BTreeSet<String> {
    let sql = match db.backend() {
        Backend::Sqlite => SQLITE_COLUMNS,
        Backend::Postgres => POSTGRES_COLUMNS,
    };
    let statement = Statement::from_string(db.read().get_database_backend(), sql);
    let rows = db.read().query_all_raw(statement).await.expect("the columns");
    rows.iter().map(|row| table_line(row).expect("a column")).collect()
}

fn table_line(row: &QueryResult) -> Result<String, DbErr> {
    let kind: String = row.try_get("", "kind")?;
    let (table, column): (String, String) = (row.try_get("", "table")?, row.try_get("", "column")?);
    Ok(line(&table, &column, kind_of_table(&kind), row.try_get("", "optional")?, row.try_get("", "key")?))
}

async fn read_one<E: EntityTrait>(db: &TestDb) {
    let table = E::default().table_name().to_owned();
    E::find().one(db.read()).await.unwrap_or_else(|error| panic!("{table}: {error}"));
}

on_both_databases! {
    async fn tables_and_entities_agree(db: TestDb) {
        let mut entities: BTreeSet<String> = of_every_entity!(columns_of_entity()).into_iter().flatten().collect();
        if db.backend() == Backend::Sqlite {
            // SQLite has one type for whole numbers; their width is compared on PostgreSQL.
            entities = entities.iter().map(|column| column.replace(" bigint", " integer")).collect();
        }
        let tables = columns_of_tables(&db).await;
        let only_entities: Vec<_> = entities.difference(&tables).collect();
        let only_tables: Vec<_> = tables.difference(&entities).collect();
        assert!(
            only_entities.is_empty() && only_tables.is_empty(),
            "only in entities: {only_entities:#?}\nonly in tables: {only_tables:#?}"
        );
    }

    async fn every_entity_is_read(db: TestDb) {
        of_every_entity!(read_one(&db).await);
    }

    /// Lists are filtered by project first.
    async fn every_table_of_a_project_is_indexed_by_it(db: TestDb) {
        let sql = match db.backend() {
            Backend::Sqlite => SQLITE_WITHOUT_PROJECT_INDEX,
            Backend::Postgres => POSTGRES_WITHOUT_PROJECT_INDEX,
        };
        let statement = Statement::from_string(db.read().get_database_backend(), sql);
        let rows = db.read().query_all_raw(statement).await.expect("the tables");
        let names: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).expect("a name")).collect();
        assert_eq!(names, Vec::<String>::new());
    }
}
