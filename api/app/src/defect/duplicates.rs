//! Likely duplicates of a defect, offered before it is logged twice.

use domain::Caller;
use domain::defect::duplicate::{self, Likeness};
use domain::id::{DefectId, RoomId, UnitId};
use store::Connection;
use store::boxed;

use super::DefectRow;
use crate::App;
use crate::error::Result;
use crate::redacted::Redacted;

/// Where a defect would be, and of what type.
#[derive(Debug, Clone)]
pub struct Place {
    /// The unit.
    pub unit_id: UnitId,
    /// The room.
    pub room_id: Option<RoomId>,
    /// The part.
    pub part: String,
    /// The defect type.
    pub type_code: String,
    /// The pin.
    pub pin: Option<(f64, f64)>,
    /// The defect itself, which is none of its duplicates.
    pub except: Option<DefectId>,
}

impl Place {
    pub(super) fn of(defect: &DefectRow) -> Self {
        Self {
            unit_id: defect.unit_id,
            room_id: defect.room_id,
            part: defect.part.clone(),
            type_code: defect.type_code.clone(),
            pin: defect.pin_x.zip(defect.pin_y),
            except: Some(defect.id),
        }
    }
}

/// Defects that one at this place would likely repeat, as far as the caller may see them.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find(app: &App, caller: &Caller, place: &Place) -> Result<Vec<Redacted<DefectRow>>> {
    likely(app.db.read(), caller, place).await
}

pub(super) async fn likely(conn: &Connection, caller: &Caller, place: &Place) -> Result<Vec<Redacted<DefectRow>>> {
    let there =
        store::defects::alive_in_place(conn, &caller.visibility(), place.unit_id, place.room_id, &place.part).await?;
    let wanted = Likeness { type_code: &place.type_code, pin: place.pin };
    Ok(there
        .into_iter()
        .filter(|other| Some(other.id) != place.except)
        .filter(|other| {
            let other = Likeness { type_code: &other.type_code, pin: other.pin_x.zip(other.pin_y) };
            duplicate::likely(wanted, other)
        })
        .map(|other| Redacted::of(caller, other))
        .collect())
}
