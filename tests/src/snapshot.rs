//! A fingerprint over all tables, which shows whether anything changed.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use store::db::Db;

/// Tables that reads and sign-ins may change.
const RESTLESS: [&str; 3] = ["sessions", "sign_in_attempts", "seaql_migrations"];
/// Columns that grow with each change of a row.
const GROWING: [&str; 2] = ["version", "seq"];

/// The number of rows and the sums of versions and change numbers, by table. Equal before and after a refusal.
pub type Fingerprint = BTreeMap<String, (i64, i64)>;

/// The fingerprint of all tables except sessions.
///
/// # Panics
/// When the database fails.
pub async fn fingerprint(db: &Db) -> Fingerprint {
    let backend = db.read().get_database_backend();
    let selects: Vec<String> = tables(db)
        .await
        .into_iter()
        .map(|(table, growing)| {
            let sum = growing.map_or("0".to_owned(), |column| format!("CAST(COALESCE(SUM({column}), 0) AS BIGINT)"));
            format!("SELECT '{table}' AS name, COUNT(*) AS rows, {sum} AS total FROM {table}")
        })
        .collect();
    let statement = Statement::from_string(backend, selects.join(" UNION ALL "));
    let rows = db.read().query_all_raw(statement).await.expect("the tables are counted");
    rows.iter()
        .map(|row| {
            let name: String = row.try_get_by_index(0).expect("a name");
            (name, (row.try_get_by_index(1).expect("a count"), row.try_get_by_index(2).expect("a sum")))
        })
        .collect()
}

/// The tables, each with its growing column if it has one.
async fn tables(db: &Db) -> BTreeMap<String, Option<String>> {
    let backend = db.read().get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => {
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        _ => {
            "SELECT CAST(table_name AS text), CAST(column_name AS text) FROM information_schema.columns \
             WHERE table_schema = current_schema()"
        }
    };
    let rows = db.read().query_all_raw(Statement::from_string(backend, sql)).await.expect("the tables' names");
    let mut tables: BTreeMap<String, Option<String>> = BTreeMap::new();
    for row in rows {
        let table: String = row.try_get_by_index(0).expect("a table");
        let column: String = row.try_get_by_index(1).expect("a column");
        if !RESTLESS.contains(&table.as_str()) {
            let growing = tables.entry(table).or_default();
            if GROWING.contains(&column.as_str()) {
                *growing = Some(column);
            }
        }
    }
    tables
}
