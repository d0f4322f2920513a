//! A small DSL for tables, so that a migration reads as the list of its columns.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// The column by which every list is filtered first.
const PROJECT: &str = "project_id";

/// A table to create, with its keys, foreign keys and indexes.
pub(crate) struct Table {
    name: &'static str,
    create: TableCreateStatement,
    keys: Vec<Vec<&'static str>>,
    indexes: Vec<TableIndex>,
}

/// An index on a table.
struct TableIndex {
    columns: Vec<&'static str>,
    unique: bool,
    /// The condition of a partial index; without it the index has all rows.
    only: Option<&'static str>,
}

/// Declares a column type twice: mandatory and optional.
macro_rules! columns {
    ($($name:ident / $maybe:ident : $kind:ident;)+) => {
        $(
            pub(crate) fn $name(self, column: &'static str) -> Self {
                self.column(ColumnDef::new(Alias::new(column)).$kind().not_null())
            }

            columns!(@maybe $maybe $kind);
        )+
    };
    (@maybe none $kind:ident) => {};
    (@maybe $maybe:ident $kind:ident) => {
        pub(crate) fn $maybe(self, column: &'static str) -> Self {
            self.column(ColumnDef::new(Alias::new(column)).$kind().null())
        }
    };
}

impl Table {
    pub(crate) fn new(name: &'static str) -> Self {
        let create = sea_orm_migration::prelude::Table::create().table(Alias::new(name)).to_owned();
        Self { name, create, keys: Vec::new(), indexes: Vec::new() }
    }

    fn column(mut self, column: &mut ColumnDef) -> Self {
        self.create.col(column);
        self
    }

    /// The primary key `id`; the client makes it for everything that a client creates.
    pub(crate) fn id(self) -> Self {
        self.column(ColumnDef::new(Alias::new("id")).uuid().not_null().primary_key())
    }

    columns! {
        text / maybe_text: text;
        // Microseconds since 1970 in UTC, because SQLite sorts times as text incorrectly.
        micros / maybe_micros: big_integer;
        big / maybe_big: big_integer;
        int / maybe_int: integer;
        flag / maybe_flag: boolean;
        json / none: json_binary;
        uuid / maybe_uuid: uuid;
        bytes / maybe_bytes: blob;
    }

    pub(crate) fn maybe_double(self, column: &'static str) -> Self {
        self.column(ColumnDef::new(Alias::new(column)).double().null())
    }

    /// A mandatory reference to another table's `id`.
    pub(crate) fn refers(self, column: &'static str, table: &'static str) -> Self {
        self.uuid(column).foreign(column, table)
    }

    /// An optional reference to another table's `id`.
    pub(crate) fn maybe_refers(self, column: &'static str, table: &'static str) -> Self {
        self.maybe_uuid(column).foreign(column, table)
    }

    fn foreign(mut self, column: &'static str, table: &'static str) -> Self {
        let mut key = ForeignKey::create();
        key.name(format!("fk_{}_{column}", self.name))
            .from(Alias::new(self.name), Alias::new(column))
            .to(Alias::new(table), Alias::new("id"));
        self.create.foreign_key(&mut key);
        self
    }

    /// A primary key of several columns, or of one that is not `id`.
    pub(crate) fn key(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        for column in columns {
            index.col(Alias::new(*column));
        }
        self.create.primary_key(&mut index);
        self.keys.push(columns.to_vec());
        self
    }

    pub(crate) fn unique(self, columns: &[&'static str]) -> Self {
        self.indexed(columns, true, None)
    }

    /// Unique among the rows for which the condition is true.
    pub(crate) fn unique_where(self, columns: &[&'static str], only: &'static str) -> Self {
        self.indexed(columns, true, Some(only))
    }

    pub(crate) fn index(self, columns: &[&'static str]) -> Self {
        self.indexed(columns, false, None)
    }

    fn indexed(mut self, columns: &[&'static str], unique: bool, only: Option<&'static str>) -> Self {
        self.indexes.push(TableIndex { columns: columns.to_vec(), unique, only });
        self
    }

    /// The declared indexes of the table, and one on its project if none begins with it.
    fn all_indexes(&self) -> impl Iterator<Item = IndexCreateStatement> {
        let has_project = self.create.get_columns().iter().any(|column| column.get_column_name() == PROJECT);
        let declared = self.indexes.iter().filter(|index| index.only.is_none()).map(|index| &index.columns);
        let covered = self.keys.iter().chain(declared).any(|columns| columns.first() == Some(&PROJECT));
        let missing = (has_project && !covered).then(|| index_statement(self.name, &[PROJECT], false, None));
        let declared = self.indexes.iter();
        declared.map(|index| index_statement(self.name, &index.columns, index.unique, index.only)).chain(missing)
    }

    /// A text of a closed set of codes.
    pub(crate) fn code(mut self, column: &'static str, codes: &[&'static str]) -> Self {
        self.create.check(Expr::col(Alias::new(column)).is_in(codes.iter().copied()));
        self.text(column)
    }

    /// A check constraint.
    pub(crate) fn check(mut self, condition: &'static str) -> Self {
        self.create.check(Expr::cust(condition));
        self
    }
}

fn index_statement(
    table: &str,
    columns: &[&'static str],
    unique: bool,
    only: Option<&'static str>,
) -> IndexCreateStatement {
    let mut index = Index::create();
    let kind = if unique { "ux" } else { "ix" };
    index.name(format!("{kind}_{table}_{}", columns.join("_"))).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    if unique {
        index.unique();
    }
    if let Some(only) = only {
        index.and_where(Expr::cust(only));
    }
    index
}

/// An index on an existing table.
pub(crate) fn index(table: &str, columns: &[&'static str]) -> IndexCreateStatement {
    index_statement(table, columns, false, None)
}

/// A unique index on an existing table, among the rows for which the condition is true.
pub(crate) fn unique_index_where(table: &str, columns: &[&'static str], only: &'static str) -> IndexCreateStatement {
    index_statement(table, columns, true, Some(only))
}

/// Creates tables with their indexes.
pub(crate) async fn create(
    manager: &SchemaManager<'_>,
    tables: impl IntoIterator<Item = Table> + Send,
) -> Result<(), DbErr> {
    let tables: Vec<Table> = tables.into_iter().collect();
    for table in tables {
        let indexes: Vec<_> = table.all_indexes().collect();
        manager.create_table(table.create).await?;
        for index in indexes {
            manager.create_index(index).await?;
        }
    }
    Ok(())
}

/// New columns of a table, optional except for flags and those with a default.
pub(crate) struct Columns {
    table: &'static str,
    columns: Vec<ColumnDef>,
}

impl Columns {
    pub(crate) fn of(table: &'static str) -> Self {
        Self { table, columns: Vec::new() }
    }

    fn column(mut self, column: &mut ColumnDef) -> Self {
        self.columns.push(column.null().take());
        self
    }

    pub(crate) fn text(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(Alias::new(name)).text())
    }

    /// Mandatory, with a default for existing rows.
    pub(crate) fn text_or(mut self, name: &'static str, default: &'static str) -> Self {
        self.columns.push(ColumnDef::new(Alias::new(name)).text().not_null().default(default).take());
        self
    }

    /// Mandatory, and false for existing rows.
    pub(crate) fn flag(mut self, name: &'static str) -> Self {
        self.columns.push(ColumnDef::new(Alias::new(name)).boolean().not_null().default(false).take());
        self
    }

    /// A flag that is unknown for existing rows.
    pub(crate) fn optional_flag(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(Alias::new(name)).boolean())
    }

    /// Mandatory, with a default for existing rows.
    pub(crate) fn int_or(mut self, name: &'static str, default: i32) -> Self {
        self.columns.push(ColumnDef::new(Alias::new(name)).integer().not_null().default(default).take());
        self
    }

    /// The same for 64-bit numbers.
    pub(crate) fn big_or(mut self, name: &'static str, default: i64) -> Self {
        self.columns.push(ColumnDef::new(Alias::new(name)).big_integer().not_null().default(default).take());
        self
    }

    /// Microseconds since 1970 in UTC.
    pub(crate) fn micros(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(Alias::new(name)).big_integer())
    }

    pub(crate) fn int(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(Alias::new(name)).integer())
    }

    pub(crate) fn json(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(Alias::new(name)).json_binary())
    }

    pub(crate) fn uuid(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(Alias::new(name)).uuid())
    }

    pub(crate) fn bytes(self, name: &'static str) -> Self {
        self.column(ColumnDef::new(Alias::new(name)).blob())
    }
}

/// Adds columns to a table, one statement each, because SQLite cannot add several at once.
pub(crate) async fn add(manager: &SchemaManager<'_>, columns: Columns) -> Result<(), DbErr> {
    for column in columns.columns {
        let alter =
            sea_orm_migration::prelude::Table::alter().table(Alias::new(columns.table)).add_column(column).to_owned();
        manager.alter_table(alter).await?;
    }
    Ok(())
}

/// Makes tables append-only: triggers refuse every update and delete of a row.
pub(crate) async fn append_only(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let postgres = manager.get_database_backend() == DbBackend::Postgres;
    if postgres {
        connection
            .execute_unprepared(
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ \
                 BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$ LANGUAGE plpgsql",
            )
            .await?;
    }
    for table in tables {
        for verb in ["UPDATE", "DELETE"] {
            let name = format!("{table}_no_{}", verb.to_lowercase());
            let statement = if postgres {
                format!("CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
            } else {
                format!(
                    "CREATE TRIGGER {name} BEFORE {verb} ON {table} \
                     BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed'); END"
                )
            };
            connection.execute_unprepared(&statement).await?;
        }
    }
    Ok(())
}
