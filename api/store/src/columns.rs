//! Rows of the tables that lists are made of: only the columns that are wanted, read by their place. Codes are always
//! read, because no code stands for "not read".
//!
//! sea-orm reads whole rows, finds each column of each row by its name, and makes an error of each NULL before it
//! becomes a `None`: for rows of forty columns that took longer than everything else between the database and the
//! answer (`tests/src/bin/benchmark`).

use std::ops::BitOr;
use std::str::FromStr;

use domain::UnknownCode;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Iterable, QueryResult, QuerySelect, QueryTrait, Select, Statement};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Decode, Row, Type};

use crate::Error;
use crate::db::Connection;
use crate::entity::{changes, defects, people, photos, projects, rooms};

/// Which columns of a table are read; in a row, the others are empty. Columns that hold a code are always read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Columns(u64);

impl Columns {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// Whole rows.
    pub const ALL: Self = Self(u64::MAX);

    /// These columns of one table.
    pub fn of<C: Into<Self>>(columns: impl IntoIterator<Item = C>) -> Self {
        columns.into_iter().map(Into::into).fold(Self::NONE, Self::bitor)
    }

    /// Without these of one table.
    #[must_use]
    pub fn without<C: Into<Self>>(self, columns: impl IntoIterator<Item = C>) -> Self {
        Self(self.0 & !Self::of(columns).0)
    }

    /// Whether a column is among them.
    pub fn contains(self, column: impl Into<Self>) -> bool {
        let wanted = column.into().0;
        self.0 & wanted == wanted
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

    const fn has(self, place: u32) -> bool {
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
    /// The columns in the order in which they are read.
    #[cfg(test)]
    const COLUMNS: &'static [&'static str];

    /// The columns that hold a code.
    const CODES: Columns;

    /// Reads a row of PostgreSQL.
    fn of_postgres(row: Reader<'_, PgRow>) -> sqlx::Result<Self>;

    /// Reads a row of SQLite.
    fn of_sqlite(row: Reader<'_, SqliteRow>) -> sqlx::Result<Self>;
}

/// A selection of these columns only.
pub(crate) fn select_columns<E: EntityTrait<Model: ByOrdinal>>(select: Select<E>, columns: Columns) -> Select<E> {
    select.select_only().columns(wanted::<E>(columns))
}

/// These columns and those that hold a code, in the order in which they are read.
pub(crate) fn wanted<E: EntityTrait<Model: ByOrdinal>>(columns: Columns) -> impl Iterator<Item = E::Column> {
    let columns = columns | E::Model::CODES;
    (0..).zip(E::Column::iter()).filter(move |(place, _)| columns.has(*place)).map(|(_, column)| column)
}

/// All rows of a selection, with these columns only.
pub(crate) async fn all<E: EntityTrait<Model: ByOrdinal>>(
    conn: &Connection,
    select: Select<E>,
    columns: Columns,
) -> Result<Vec<E::Model>, Error> {
    rows(conn, select_columns(select, columns).build(conn.get_database_backend()), columns).await
}

/// All rows of a statement that selects these columns first.
pub(crate) async fn rows<M: ByOrdinal>(
    conn: &Connection,
    statement: Statement,
    columns: Columns,
) -> Result<Vec<M>, Error> {
    conn.query_all_raw(statement).await?.iter().map(|found| row(found, columns)).collect()
}

fn row<M: ByOrdinal>(found: &QueryResult, columns: Columns) -> Result<M, Error> {
    let columns = columns | M::CODES;
    let read = match (found.try_as_pg_row(), found.try_as_sqlite_row()) {
        (Some(row), _) => M::of_postgres(Reader { row, columns, place: 0, index: 0 }),
        (_, Some(row)) => M::of_sqlite(Reader { row, columns, place: 0, index: 0 }),
        _ => return Err(DbErr::Type("a row of neither PostgreSQL nor SQLite".to_owned())),
    };
    read.map_err(|error| DbErr::Query(sea_orm::RuntimeErr::SqlxError(error.into())))
}

/// Reads a row column by column.
pub(crate) struct Reader<'r, R> {
    row: &'r R,
    columns: Columns,
    /// Of the next column in the table.
    place: u32,
    /// Of the next wanted column in the row.
    index: usize,
}

impl<'r, R: Row> Reader<'r, R>
where
    usize: ColumnIndex<R>,
{
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

    fn always<T: Decode<'r, R::Database> + Type<R::Database>>(&mut self) -> sqlx::Result<T> {
        self.place += 1;
        self.index += 1;
        self.row.try_get(self.index - 1)
    }

    /// The error of a text in the column read last that is no code.
    fn unknown(&self, unknown: UnknownCode) -> sqlx::Error {
        sqlx::Error::ColumnDecode { index: (self.index - 1).to_string(), source: Box::new(unknown) }
    }
}

/// Whether a column holds a code, by how it is read.
macro_rules! is_code {
    () => {
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

macro_rules! by_ordinal {
    ($($table:ident { $($column:ident $(: $how:ident)?)+ })+) => { $(
        impl From<$table::Column> for Columns {
            fn from(column: $table::Column) -> Self {
                Self(1 << column as u32)
            }
        }

        impl ByOrdinal for $table::Model {
            #[cfg(test)]
            const COLUMNS: &'static [&'static str] = &[$(stringify!($column)),+];

            const CODES: Columns = Columns::at(&[$(is_code!($($how)?)),+]);

            fn of_postgres(mut row: Reader<'_, PgRow>) -> sqlx::Result<Self> {
                Ok(Self { $($column: read!(row $($how)?)),+ })
            }

            fn of_sqlite(mut row: Reader<'_, SqliteRow>) -> sqlx::Result<Self> {
                Ok(Self { $($column: read!(row $($how)?)),+ })
            }
        }
    )+ };
}

by_ordinal! {
    changes { project_id object_kind object_id seq unit_id deleted recorded_at }
    defects {
        id project_id number unit_id building_id room_id part type_code description severity: code severity_rank
        category: code trade status: code pin_x pin_y plan_id round_id inspection_id check_item_id raised_by raised_company_id raised_party: code
        owner_finding responsible_company_id assignee_id assigned_at due_at due_order clock_stopped_at hold_reason
        held_since attempt_count failed_count reopened_count first_attempt_passed fixed_at closed_at void_reason: optional_code
        duplicate_of named_duplicate_of status_before_void: optional_code place_order search occurred_at recorded_at updated_at version
        late_for_id escalated_at search_version shown_updated_at
    }
    photos {
        id project_id unit_id subject_kind: code defect_id attempt_id stage: code sha256 byte_size content_type: code
        state: code rejection: optional_code
        staging_key object_key thumb_key large_key width height person_id company_id party: code visible_to_owner
        occurred_at declared_at received_at ready_at version device_id device_name multipart_id written_off_at
        written_off_by write_off_reason taken_local taken_offset camera orientation placeholder duration_ms webp_at
        markup markup_by markup_at marked_key removed_at stripped_key damaged reader_version withdrawn_at
        withdrawn_by withdraw_reason drawn_in drawn_by drawn_device moved_in moved_by moved_device moved_at
    }
    people { id login name phone password_hash language: code administrator created_at demo }
    projects { id code name time_zone policy epoch version created_at }
    rooms { id project_id unit_id unit_type_room_id code name room_type sort }
}

#[cfg(test)]
mod tests {
    use sea_orm::IdenStatic;

    use super::*;

    fn selected<E: EntityTrait>() -> Vec<&'static str> {
        E::Column::iter().map(|column| column.as_str()).collect()
    }

    #[test]
    fn columns_are_read_in_the_order_in_which_they_are_selected() {
        assert_eq!(selected::<changes::Entity>(), changes::Model::COLUMNS);
        assert_eq!(selected::<defects::Entity>(), defects::Model::COLUMNS);
        assert_eq!(selected::<photos::Entity>(), photos::Model::COLUMNS);
        assert_eq!(selected::<people::Entity>(), people::Model::COLUMNS);
        assert_eq!(selected::<projects::Entity>(), projects::Model::COLUMNS);
        assert_eq!(selected::<rooms::Entity>(), rooms::Model::COLUMNS);
    }
}
