//! Every unique constraint of the schema is mapped to a refusal, for two people who use the same value concurrently.

use std::collections::BTreeMap;

use app::constraints::refusal;
use sea_orm::{ConnectionTrait, Statement};
use store::db::{Backend, UniqueConstraint};
use tests::database::TestDb;
use tests::on_both_databases;

/// Every unique index with its table and columns, except the migrations' own.
const POSTGRES: &str = "SELECT CAST(i.relname AS text), CAST(t.relname AS text), CAST(a.attname AS text) \
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid \
     JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
     LEFT JOIN pg_attribute a ON a.attrelid = i.oid WHERE x.indisunique ORDER BY 1, a.attnum";
const SQLITE: &str = "SELECT x.name, m.name, COALESCE(c.name, '') FROM sqlite_master m \
     JOIN pragma_index_list(m.name) x ON x.\"unique\" = 1 JOIN pragma_index_info(x.name) c \
     WHERE m.type = 'table' ORDER BY 1, c.seqno";

/// The constraints as the database names them when a write violates them.
async fn constraints(db: &TestDb) -> Vec<UniqueConstraint> {
    let sql = if db.backend() == Backend::Sqlite { SQLITE } else { POSTGRES };
    let reader = db.read();
    let rows = reader.query_all_raw(Statement::from_string(reader.get_database_backend(), sql)).await.expect("indexes");
    let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in rows {
        let text = |n: usize| row.try_get_by_index::<String>(n).expect("a name");
        found.entry((text(0), text(1))).or_default().push(text(2));
    }
    let own = found.into_iter().filter(|((_, table), _)| table != "seaql_migrations");
    own.map(|((name, table), columns)| match db.backend() {
        Backend::Sqlite if columns.iter().all(|column| !column.is_empty()) => UniqueConstraint::Columns(table, columns),
        Backend::Sqlite | Backend::Postgres => UniqueConstraint::Named(name),
    })
    .collect()
}

on_both_databases! {
    async fn every_unique_constraint_is_mapped_to_its_refusal(db: TestDb) {
        let all = constraints(&db).await;
        assert!(all.len() > 60, "{all:?}");
        let unmapped: Vec<&UniqueConstraint> = all.iter().filter(|constraint| refusal(constraint).is_none()).collect();
        assert!(unmapped.is_empty(), "name their refusals in app/src/constraints.rs: {unmapped:#?}");
    }

    async fn unlisted_constraint_is_found(db: TestDb) {
        db.write(async |tx| tx.execute_unprepared("CREATE UNIQUE INDEX ux_units_floor ON units (floor)").await)
            .await
            .expect("an index");
        let all = constraints(&db).await;
        assert_eq!(all.iter().filter(|constraint| refusal(constraint).is_none()).count(), 1);
    }
}
