//! Change numbers: the objects that changed in a project since a number, so that a client that pages by them misses no
//! change.
//!
//! Numbers come from the project's row in `project_clock`, whose lock lasts until the commit: so numbers are committed
//! in their order, without gaps. Taking them is the last thing before the rows that carry them; taken earlier, all
//! writers of the project would wait for the whole work.

use std::borrow::Cow;

use domain::Timestamp;
use domain::change::{ChangeAudience, FewReaders, row_kind};
use domain::id::{DefectId, ProjectId, UnitId};
use domain::object_kind::ObjectKind;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ConnectionTrait, Statement, Value};
use uuid::Uuid;

use crate::Error;
use crate::boxed;
use crate::db::WriteTx;

mod contractor;
mod filter;
mod lost;
mod owner;
mod read;
mod visibility;

pub use filter::PlaceFilter;
pub use read::{ChangeRow, Newest, between, last_between, newest, newest_of, plan_between, stamp, visible_before};
pub(crate) use visibility::exists;

/// Rows in one statement: SQLite takes 32,766 values, a row has 7.
const ROWS: usize = 2_000;

/// The columns that name an object, and those that its newest change replaces.
const KEY: [&str; 3] = ["project_id", "object_kind", "object_id"];
const NEWS: [&str; 4] = ["seq", "unit_id", "deleted", "recorded_at"];

/// An object that looks different now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedObject {
    /// The kind of the object.
    pub kind: ObjectKind,
    /// Which one.
    pub object_id: Uuid,
    /// The unit that it belongs to.
    pub unit_id: Option<UnitId>,
    /// It is no more.
    pub deleted: bool,
    /// The readers for whom the object changed.
    pub audience: ChangeAudience,
    /// The only readers, if they are not an audience.
    pub few: Option<FewReaders>,
}

impl ChangedObject {
    /// The kind under which the change is stored.
    fn row_kind(&self) -> Cow<'static, str> {
        match self.few {
            Some(few) => few.row_kind(self.kind),
            None => Cow::Borrowed(row_kind(self.kind, self.audience)),
        }
    }

    /// The id under which the change is stored: the object's, or that of the one reader.
    const fn row_id(&self) -> Uuid {
        match self.few {
            Some(FewReaders::OfProject(reader_id)) => reader_id,
            Some(_) | None => self.object_id,
        }
    }
}

/// Takes `count` change numbers and answers the first; gives `numbered_defect` the project's next
/// defect number. Other writers of the project wait from here until the commit.
///
/// # Errors
/// When the database fails, or the project has no clock.
#[boxed]
pub async fn allocate_numbers(
    tx: &WriteTx,
    project_id: ProjectId,
    count: usize,
    numbered_defect: Option<DefectId>,
) -> Result<i64, Error> {
    let taken = i64::try_from(count).map_err(|_| Error::Custom("too many changes".to_owned()))?;
    let defects = i64::from(numbered_defect.is_some());
    let sql = "UPDATE project_clock SET seq = seq + $1, defect_no = defect_no + $2 \
               WHERE project_id = $3 RETURNING seq, defect_no";
    let values: [Value; 3] = [taken.into(), defects.into(), project_id.into()];
    let clock = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    let row = tx.query_one_raw(clock).await?.ok_or_else(|| Error::RecordNotFound("project_clock".to_owned()))?;
    if let Some(defect_id) = numbered_defect {
        number_defect(tx, defect_id, row.try_get_by_index(1)?).await?;
    }
    Ok(row.try_get_by_index::<i64>(0)? - taken + 1)
}

/// The number can be searched, too.
async fn number_defect(tx: &WriteTx, defect_id: DefectId, number: i64) -> Result<(), Error> {
    let sql = "UPDATE defects SET number = $1, search = search || $2 WHERE id = $3";
    let values: [Value; 3] = [number.into(), format!(" d-{number:06}").into(), defect_id.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(statement).await.map(drop)
}

/// Writes that the objects carry the numbers from `first` on, in their order. Each object may be
/// there once.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn insert_changes(
    tx: &WriteTx,
    project_id: ProjectId,
    first: i64,
    changes: &[ChangedObject],
    now: Timestamp,
) -> Result<(), Error> {
    for (chunk, start) in changes.chunks(ROWS).zip((first..).step_by(ROWS)) {
        let mut insert = Query::insert();
        insert.into_table("changes").columns(KEY.into_iter().chain(NEWS));
        for (change, seq) in chunk.iter().zip(start..) {
            let row: [Expr; 7] = [
                project_id.into(),
                change.row_kind().into_owned().into(),
                change.row_id().into(),
                seq.into(),
                change.unit_id.into(),
                change.deleted.into(),
                now.0.into(),
            ];
            insert.values(row).map_err(|error| Error::Custom(error.to_string()))?;
        }
        insert.on_conflict(OnConflict::columns(KEY).update_columns(NEWS).to_owned());
        tx.execute(&insert).await?;
    }
    Ok(())
}
