//! Rows of the tables that lists are made of: only the selected columns, read by their place.
//!
//! A row with a fixed selection is a type of its own ([`all`]). A row whose selection follows from a request is a
//! [`Partial`] of the whole row ([`some`]).
//!
//! sea-orm reads whole rows, finds each column of each row by its name, and makes an error of each NULL before it
//! becomes a `None`: for rows of forty columns that took longer than everything else between the database and the
//! answer (`tests/src/bin/benchmark`).

use std::ops::BitOr;
use std::str::FromStr;

use domain::UnknownCode;
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, IdenStatic, Iterable, QueryResult, QuerySelect, QueryTrait, Select, Statement,
};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Decode, Row, Type};
use uuid::Uuid;

use crate::Error;
use crate::changes::ChangeRow;
use crate::db::Connection;
use crate::entity::{changes, defects, people, photos, rooms};
use crate::partial::Partial;
use crate::projects::ListedPerson;

/// The selected columns of a table. The columns in [`PartlyRead::ALWAYS`] are read in addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Columns(u64);

impl Columns {
    /// No column.
    pub const NONE: Self = Self(0);
    /// Whole rows.
    pub const ALL: Self = Self(u64::MAX);

    /// These columns of one table.
    pub fn of<C: Into<Self>>(columns: impl IntoIterator<Item = C>) -> Self {
        columns.into_iter().map(Into::into).fold(Self::NONE, Self::bitor)
    }

    /// Without these columns of one table.
    #[must_use]
    pub fn without<C: Into<Self>>(self, columns: impl IntoIterator<Item = C>) -> Self {
        Self(self.0 & !Self::of(columns).0)
    }

    /// The columns at which `picked` is true, in the table's order.
    const fn at(picked: &[bool]) -> Self {
        let (mut bits, mut place) = (0, 0);
        while place < picked.len() {
            if picked[place] {
                bits |= 1 << place;
            }
            place += 1;
        }
        Self(bits)
    }

    /// Whether the column at a place in the table is selected.
    pub(crate) const fn has(self, place: u32) -> bool {
        self.0 >> place & 1 == 1
    }
}

impl BitOr for Columns {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A row that is read by the place of its columns, in the order of the entity's own.
pub(crate) trait ByOrdinal: Sized {
    /// The table.
    type Entity: EntityTrait;

    /// The columns in the order in which they are read.
    const COLUMNS: &'static [&'static str];

    /// Reads a row of PostgreSQL.
    fn of_postgres(row: Reader<'_, PgRow>) -> sqlx::Result<Self>;

    /// Reads a row of SQLite.
    fn of_sqlite(row: Reader<'_, SqliteRow>) -> sqlx::Result<Self>;
}

/// A whole row of a table of which a part can be read.
pub(crate) trait PartlyRead: ByOrdinal<Entity: EntityTrait<Model = Self>> {
    /// The columns that are always read: the codes, because no code stands for "not read", and the columns on which
    /// loaders and the redaction depend.
    const ALWAYS: Columns;
}

/// A selection of the columns of a type of row.
pub(crate) fn select_row<R: ByOrdinal>(select: Select<R::Entity>) -> Select<R::Entity> {
    let columns = <R::Entity as EntityTrait>::Column::iter().filter(|column| R::COLUMNS.contains(&column.as_str()));
    select.select_only().columns(columns)
}

/// A selection of these columns only.
pub(crate) fn select_columns<E: EntityTrait<Model: PartlyRead>>(select: Select<E>, columns: Columns) -> Select<E> {
    let columns = columns | E::Model::ALWAYS;
    let wanted = (0..).zip(E::Column::iter()).filter(|(place, _)| columns.has(*place)).map(|(_, column)| column);
    select.select_only().columns(wanted)
}

/// All rows of a selection, with the columns of the type of row.
pub(crate) async fn all<R: ByOrdinal>(conn: &Connection, select: Select<R::Entity>) -> Result<Vec<R>, Error> {
    rows(conn, select_row::<R>(select).build(conn.get_database_backend())).await
}

/// All rows of a statement that selects the columns of the type of row.
pub(crate) async fn rows<R: ByOrdinal>(conn: &Connection, statement: Statement) -> Result<Vec<R>, Error> {
    conn.query_all_raw(statement).await?.iter().map(|found| row(found, Columns::ALL)).collect()
}

/// All rows of a selection, with these columns only.
pub(crate) async fn some<E: EntityTrait<Model: PartlyRead>>(
    conn: &Connection,
    select: Select<E>,
    columns: Columns,
) -> Result<Vec<Partial<E::Model>>, Error> {
    some_rows(conn, select_columns(select, columns).build(conn.get_database_backend()), columns).await
}

/// All rows of a statement that selects these columns first ([`select_columns`]).
pub(crate) async fn some_rows<M: PartlyRead>(
    conn: &Connection,
    statement: Statement,
    columns: Columns,
) -> Result<Vec<Partial<M>>, Error> {
    let columns = columns | M::ALWAYS;
    let found = conn.query_all_raw(statement).await?;
    found.iter().map(|found| Ok(Partial::new(row(found, columns)?, columns))).collect()
}

fn row<R: ByOrdinal>(found: &QueryResult, columns: Columns) -> Result<R, Error> {
    let read = match (found.try_as_pg_row(), found.try_as_sqlite_row()) {
        (Some(row), _) => R::of_postgres(Reader { row, columns, place: 0, index: 0 }),
        (_, Some(row)) => R::of_sqlite(Reader { row, columns, place: 0, index: 0 }),
        _ => return Err(DbErr::Type("a row of neither PostgreSQL nor SQLite".to_owned())),
    };
    read.map_err(|error| DbErr::Query(sea_orm::RuntimeErr::SqlxError(error.into())))
}

/// Reads a row column by column.
pub(crate) struct Reader<'r, R> {
    row: &'r R,
    columns: Columns,
    /// The place of the next column in the type of row.
    place: u32,
    /// The place of the next selected column in the row.
    index: usize,
}

impl<'r, R: Row> Reader<'r, R>
where
    usize: ColumnIndex<R>,
{
    /// A column, or its default if it is not selected. [`Partial`] gives out no such default.
    fn next<T>(&mut self) -> sqlx::Result<T>
    where
        T: Decode<'r, R::Database> + Type<R::Database> + Default,
    {
        let wanted = self.columns.has(self.place);
        self.place += 1;
        if !wanted {
            return Ok(T::default());
        }
        self.index += 1;
        self.row.try_get(self.index - 1)
    }

    /// An id, or the nil id if it is not selected.
    fn id<T: From<Uuid>>(&mut self) -> sqlx::Result<T>
    where
        Uuid: Decode<'r, R::Database> + Type<R::Database>,
    {
        self.next::<Uuid>().map(T::from)
    }

    /// An id that may be missing, or none if it is not selected.
    fn optional_id<T: From<Uuid>>(&mut self) -> sqlx::Result<Option<T>>
    where
        Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
    {
        Ok(self.next::<Option<Uuid>>()?.map(T::from))
    }

    /// An id that is read always.
    fn known_id<T: From<Uuid>>(&mut self) -> sqlx::Result<T>
    where
        Uuid: Decode<'r, R::Database> + Type<R::Database>,
    {
        self.always::<Uuid>().map(T::from)
    }

    /// An id that may be missing; it is read always.
    fn known_optional_id<T: From<Uuid>>(&mut self) -> sqlx::Result<Option<T>>
    where
        Option<Uuid>: Decode<'r, R::Database> + Type<R::Database>,
    {
        Ok(self.always::<Option<Uuid>>()?.map(T::from))
    }

    /// A code, which is read always.
    fn code<T>(&mut self) -> sqlx::Result<T>
    where
        T: FromStr<Err = UnknownCode>,
        &'r str: Decode<'r, R::Database> + Type<R::Database>,
    {
        let text = self.always::<&'r str>()?;
        text.parse().map_err(|unknown| self.unknown(unknown))
    }

    /// A code that may be missing; it is read always.
    fn optional_code<T>(&mut self) -> sqlx::Result<Option<T>>
    where
        T: FromStr<Err = UnknownCode>,
        Option<&'r str>: Decode<'r, R::Database> + Type<R::Database>,
    {
        let text = self.always::<Option<&'r str>>()?;
        text.map(str::parse).transpose().map_err(|unknown| self.unknown(unknown))
    }

    /// A column that is read always.
    fn always<T: Decode<'r, R::Database> + Type<R::Database>>(&mut self) -> sqlx::Result<T> {
        self.place += 1;
        self.index += 1;
        self.row.try_get(self.index - 1)
    }

    /// The error of a text in the last read column that is no code.
    fn unknown(&self, unknown: UnknownCode) -> sqlx::Error {
        sqlx::Error::ColumnDecode { index: (self.index - 1).to_string(), source: Box::new(unknown) }
    }
}

/// Whether a column is always read, by how it is read.
macro_rules! is_always {
    () => {
        false
    };
    (id) => {
        false
    };
    (optional_id) => {
        false
    };
    ($how:ident) => {
        true
    };
}

/// Reads the next column.
macro_rules! read {
    ($row:ident) => {
        $row.next()?
    };
    ($row:ident $how:ident) => {
        $row.$how()?
    };
}

/// Declares types of rows with all or some of the columns of a table, in the table's order.
macro_rules! by_ordinal {
    ($($table:ident as $row:ty { $($column:ident $(: $how:ident)?)+ })+) => { $(
        impl ByOrdinal for $row {
            type Entity = $table::Entity;

            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];

            fn of_postgres(mut row: Reader<'_, PgRow>) -> sqlx::Result<Self> {
                Ok(Self { $($column: read!(row $($how)?)),+ })
            }

            fn of_sqlite(mut row: Reader<'_, SqliteRow>) -> sqlx::Result<Self> {
                Ok(Self { $($column: read!(row $($how)?)),+ })
            }
        }
    )+ };
}

/// Declares the tables of which rows are partly read, with all columns.
macro_rules! partly_read {
    ($($table:ident { $($column:ident $(: $how:ident)?)+ })+) => { $(
        by_ordinal! { $table as $table::Model { $($column $(: $how)?)+ } }

        impl From<$table::Column> for Columns {
            fn from(column: $table::Column) -> Self {
                Self(1 << column as u32)
            }
        }

        impl PartlyRead for $table::Model {
            const ALWAYS: Columns = Columns::at(&[$(is_always!($($how)?)),+]);
        }
    )+ };
}

by_ordinal! {
    changes as ChangeRow { object_kind object_id seq unit_id: optional_id deleted }
    people as ListedPerson { id: id name phone email }
    rooms as rooms::Model { id: id project_id: id unit_id: id unit_type_room_id: optional_id code name room_type sort }
}

partly_read! {
    defects {
        id: known_id project_id: known_id number: always unit_id: known_id building_id: id room_id: known_optional_id
        part type_code description severity: code severity_rank category: code trade status: code pin_x pin_y
        plan_id: optional_id round_id: optional_id inspection_id: optional_id check_item_id: optional_id
        raised_by: known_id raised_company_id: optional_id raised_party: code owner_finding
        responsible_company_id: optional_id assignee_id: optional_id assigned_at due_at due_order clock_stopped_at
        hold_reason held_since attempt_count failed_count reopened_count first_attempt_passed fixed_at closed_at
        void_reason: optional_code duplicate_of: optional_id named_duplicate_of: optional_id
        status_before_void: optional_code place_order search occurred_at recorded_at updated_at version
        late_for_id: optional_id escalated_at search_version shown_updated_at: always shown_version: always
        shown_assigned_at: always shown_due_at: always shown_due_order: always shown_stopped_at shown_status: code
        shown_status_before_void: optional_code
    }
    photos {
        id: known_id project_id: known_id unit_id: optional_id subject_kind: code defect_id: known_optional_id
        attempt_id: optional_id stage: code sha256 byte_size content_type: code state: code rejection: optional_code
        staging_key object_key thumb_key large_key width height person_id: known_id company_id: optional_id party: code
        visible_to_owner occurred_at declared_at received_at ready_at version device_id: optional_id device_name
        multipart_id written_off_at written_off_by: optional_id write_off_reason taken_local taken_offset camera
        orientation placeholder duration_ms webp_at markup markup_by: optional_id markup_at marked_key removed_at
        stripped_key damaged reader_version withdrawn_at withdrawn_by: known_optional_id withdraw_reason drawn_in
        drawn_by: optional_id drawn_device: optional_id moved_in moved_by: optional_id moved_device: optional_id
        moved_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The columns of a type of row, in the order in which they are selected.
    fn selected<R: ByOrdinal>() -> Vec<&'static str> {
        let columns = <R::Entity as EntityTrait>::Column::iter().map(|column| column.as_str());
        columns.filter(|column| R::COLUMNS.contains(column)).collect()
    }

    #[test]
    fn columns_are_read_in_the_order_in_which_they_are_selected() {
        assert_eq!(selected::<ChangeRow>(), ChangeRow::COLUMNS);
        assert_eq!(selected::<ListedPerson>(), ListedPerson::COLUMNS);
        assert_eq!(selected::<rooms::Model>(), rooms::Model::COLUMNS);
        assert_eq!(selected::<defects::Model>(), defects::Model::COLUMNS);
        assert_eq!(selected::<photos::Model>(), photos::Model::COLUMNS);
    }

    #[test]
    fn partly_read_tables_name_all_columns() {
        assert_eq!(defects::Column::iter().count(), defects::Model::COLUMNS.len());
        assert_eq!(photos::Column::iter().count(), photos::Model::COLUMNS.len());
    }
}
