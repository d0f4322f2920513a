//! Rows of which only some columns were read.
//!
//! A list reads the columns that its request needs. The other columns of such a row have no value, and a default in
//! their place would be a wrong answer. So a partly read row is a type of its own: an accessor of a column that was not
//! read fails, and only the columns that are always read have accessors that cannot fail.

use domain::Party;
use domain::defect::{Category, DefectStatus, Severity};
use domain::id::{
    AttemptId, ChecklistItemId, CompanyId, DefectId, DeviceId, InspectionId, PersonId, PhotoId, PlanId, ProjectId,
    RoomId, RoundId, UnitId,
};
use domain::photo::{PhotoRejection, PhotoStage, PhotoState, PhotoType};
use sea_orm::DbErr;
use serde_json::Value;
use uuid::Uuid;

use crate::columns::{ByOrdinal, Columns, PartlyRead};
use crate::entity::{defects, people, photos, projects};

/// A row of which some columns were read; `M` is the whole row.
#[derive(Debug, Clone)]
pub struct Partial<M> {
    /// Columns that were not read hold defaults, which no accessor gives out.
    row: M,
    columns: Columns,
}

/// The error of an accessor whose column was not read: a fault of the program, which selected too few columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the column {column} of {table} is needed but was not selected")]
pub struct NotRead {
    table: &'static str,
    column: &'static str,
}

impl From<NotRead> for DbErr {
    fn from(error: NotRead) -> Self {
        Self::Custom(error.to_string())
    }
}

impl<M> Partial<M> {
    /// A row with the columns that were read.
    pub(crate) const fn new(row: M, columns: Columns) -> Self {
        Self { row, columns }
    }

    /// A whole row as a partly read one: no accessor fails.
    pub const fn whole(row: M) -> Self {
        Self { row, columns: Columns::ALL }
    }

    /// Changes the row, for its redaction: the columns that were not read stay unread. `change` may decide by the
    /// columns that are always read, and by the present value of the column that it changes.
    pub fn change(&mut self, change: impl FnOnce(&mut M)) {
        change(&mut self.row);
    }
}

impl Partial<projects::Model> {
    /// A project of which no more is known than its id.
    #[must_use]
    pub fn of_id(id: ProjectId) -> Self {
        let (code, name, time_zone) = (String::new(), String::new(), String::new());
        let (policy, epoch) = (Value::Null, Uuid::nil());
        let row = projects::Model { id, code, name, time_zone, policy, epoch, version: 0, created_at: 0 };
        Self::new(row, projects::Model::ALWAYS)
    }
}

/// The place of a column in its table.
const fn place_of(columns: &[&str], column: &str) -> u32 {
    let mut place = 0;
    while place < columns.len() {
        if is_same(columns[place].as_bytes(), column.as_bytes()) {
            return place as u32;
        }
        place += 1;
    }
    panic!("the table has no such column");
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Declares the accessors of partly read rows: of columns that are always read, which the compiler checks, of columns
/// that are given out by value, and of columns that are given out by reference.
macro_rules! accessors {
    ($(
        $table:ident {
            always { $($always:ident: $always_type:ty,)+ }
            values { $($value:ident: $value_type:ty,)* }
            references { $($reference:ident: $reference_type:ty,)* }
        }
    )+) => { $(
        impl Partial<$table::Model> {
            $(
                #[doc = concat!("`", stringify!($always), "`, which is always read.")]
                #[must_use]
                pub const fn $always(&self) -> $always_type {
                    const {
                        let place = place_of(<$table::Model as ByOrdinal>::COLUMNS, stringify!($always));
                        assert!(<$table::Model as PartlyRead>::ALWAYS.has(place), "the column is not always read");
                    }
                    self.row.$always
                }
            )+
            $(
                #[doc = concat!("`", stringify!($value), "`.")]
                ///
                /// # Errors
                /// When the column was not read.
                pub const fn $value(&self) -> Result<$value_type, NotRead> {
                    const PLACE: u32 = place_of(<$table::Model as ByOrdinal>::COLUMNS, stringify!($value));
                    if self.columns.has(PLACE) {
                        return Ok(self.row.$value);
                    }
                    Err(NotRead { table: stringify!($table), column: stringify!($value) })
                }
            )*
            $(
                #[doc = concat!("`", stringify!($reference), "`.")]
                ///
                /// # Errors
                /// When the column was not read.
                pub const fn $reference(&self) -> Result<&$reference_type, NotRead> {
                    const PLACE: u32 = place_of(<$table::Model as ByOrdinal>::COLUMNS, stringify!($reference));
                    if self.columns.has(PLACE) {
                        return Ok(&self.row.$reference);
                    }
                    Err(NotRead { table: stringify!($table), column: stringify!($reference) })
                }
            )*
        }
    )+ };
}

accessors! {
    defects {
        always {
            id: DefectId,
            project_id: ProjectId,
            number: i64,
            unit_id: UnitId,
            room_id: Option<RoomId>,
            severity: Severity,
            category: Category,
            status: DefectStatus,
            raised_by: PersonId,
            raised_party: Party,
            shown_due_order: i64,
        }
        values {
            severity_rank: i32,
            pin_x: Option<f64>,
            pin_y: Option<f64>,
            plan_id: Option<PlanId>,
            round_id: Option<RoundId>,
            inspection_id: Option<InspectionId>,
            check_item_id: Option<ChecklistItemId>,
            owner_finding: bool,
            responsible_company_id: Option<CompanyId>,
            assignee_id: Option<PersonId>,
            assigned_at: Option<i64>,
            due_at: Option<i64>,
            due_order: i64,
            clock_stopped_at: Option<i64>,
            held_since: Option<i64>,
            failed_count: i32,
            reopened_count: i32,
            fixed_at: Option<i64>,
            closed_at: Option<i64>,
            duplicate_of: Option<DefectId>,
            place_order: i64,
            occurred_at: i64,
            recorded_at: i64,
            updated_at: i64,
            version: i32,
            late_for_id: Option<InspectionId>,
            escalated_at: Option<i64>,
        }
        references {
            part: String,
            type_code: String,
            description: String,
            trade: String,
            hold_reason: Option<String>,
        }
    }
    photos {
        always {
            id: PhotoId,
            project_id: ProjectId,
            defect_id: Option<DefectId>,
            stage: PhotoStage,
            content_type: PhotoType,
            state: PhotoState,
            rejection: Option<PhotoRejection>,
            person_id: PersonId,
            withdrawn_by: Option<PersonId>,
        }
        values {
            attempt_id: Option<AttemptId>,
            byte_size: i64,
            width: Option<i32>,
            height: Option<i32>,
            company_id: Option<CompanyId>,
            occurred_at: i64,
            declared_at: i64,
            received_at: Option<i64>,
            ready_at: Option<i64>,
            version: i32,
            device_id: Option<DeviceId>,
            written_off_at: Option<i64>,
            written_off_by: Option<PersonId>,
            taken_offset: Option<i32>,
            orientation: Option<i32>,
            duration_ms: Option<i32>,
            webp_at: Option<i64>,
            markup_by: Option<PersonId>,
            markup_at: Option<i64>,
            damaged: bool,
            withdrawn_at: Option<i64>,
        }
        references {
            sha256: Vec<u8>,
            object_key: Option<String>,
            thumb_key: Option<String>,
            large_key: Option<String>,
            device_name: Option<String>,
            write_off_reason: Option<String>,
            taken_local: Option<String>,
            camera: Option<String>,
            placeholder: Option<Vec<u8>>,
            markup: Option<Value>,
            marked_key: Option<String>,
            stripped_key: Option<String>,
            withdraw_reason: Option<String>,
        }
    }
    people {
        always {
            id: PersonId,
        }
        values {}
        references {
            name: String,
            phone: Option<String>,
            email: Option<String>,
        }
    }
    projects {
        always {
            id: ProjectId,
        }
        values {
            version: i32,
        }
        references {
            code: String,
            name: String,
            time_zone: String,
            policy: Value,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::photo::Declared;
    use domain::{Actor, ProjectRole, Timestamp};

    use super::*;
    use crate::entity::photos::{Column, NewPhoto};

    /// A photo as a list holds it that read its size alone: no other column than those always read was selected.
    fn listed() -> Partial<photos::Model> {
        let actor = Actor {
            person_id: PersonId::from_u128(1),
            project_id: ProjectId::from_u128(2),
            project_role: ProjectRole::Owner { unit_ids: Vec::new() },
        };
        let photo = photos::Model::declared(NewPhoto {
            id: PhotoId::from_u128(3),
            actor: &actor,
            stage: PhotoStage::Before,
            bytes: Declared { sha256: [7; 32], byte_size: 500, content_type: PhotoType::Jpeg },
            defect: None,
            device_id: None,
            occurred_at: Timestamp(10),
            declared_at: Timestamp(11),
        });
        Partial::new(photo, photos::Model::ALWAYS | Columns::from(Column::ByteSize))
    }

    #[test]
    fn columns_that_were_read_have_their_value() {
        let photo = listed();
        assert_eq!((photo.id(), photo.stage()), (PhotoId::from_u128(3), PhotoStage::Before), "always read");
        assert_eq!(photo.byte_size(), Ok(500), "selected");
    }

    #[test]
    fn columns_that_were_not_read_are_errors_and_no_defaults() {
        let photo = listed();
        let not_read = |column| NotRead { table: "photos", column };
        assert_eq!(photo.damaged(), Err(not_read("damaged")));
        assert_eq!(photo.object_key(), Err(not_read("object_key")));
        assert_eq!(photo.occurred_at(), Err(not_read("occurred_at")));
        let text = not_read("damaged").to_string();
        assert_eq!(text, "the column damaged of photos is needed but was not selected");
    }

    #[test]
    fn a_redaction_makes_no_column_read() {
        let mut photo = listed();
        photo.change(|photo| (photo.camera, photo.byte_size) = (None, 0));
        assert_eq!(photo.byte_size(), Ok(0));
        assert!(photo.camera().is_err());
    }

    #[test]
    fn a_whole_row_has_all_columns() {
        let photo = Partial::whole(listed().row);
        assert_eq!((photo.camera(), photo.occurred_at()), (Ok(&None), Ok(10)));
    }
}
