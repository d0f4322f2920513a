//! Where a defect is and of what type: checked against the unit, its rooms, its plan and the project's vocabulary.

use domain::id::{PlanId, ProjectId, RoomId, UnitId};
use domain::taxonomy::TermKind;
use domain::text::folded;
use domain::{Caller, Note, NoteCode, Refusal, RefusalCode};
use store::entity::{defect_types, rooms, units};

use super::DefectRow;
use crate::error::{Error, Result};
use crate::unit_of_work::UnitOfWork;

/// A pin on the unit type's plan.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct PinInput {
    /// From the left, 0 to 1.
    #[serde(rename = "x")]
    pub x: f64,
    /// From the top, 0 to 1.
    #[serde(rename = "y")]
    pub y: f64,
    /// The version of the plan; left out = the current one.
    #[serde(rename = "plan_id")]
    pub plan_id: Option<PlanId>,
}

/// The unit, if the caller may see it.
pub(super) async fn unit(work: &UnitOfWork, caller: &Caller, unit_id: UnitId) -> Result<units::Model> {
    store::units::find(&work.tx, &caller.visibility(), unit_id).await?.ok_or_else(|| Error::not_found("unitId"))
}

/// The room, if it is of the unit.
pub(super) async fn room(work: &UnitOfWork, unit: &units::Model, room_id: RoomId) -> Result<rooms::Model> {
    let room = store::units::room(&work.tx, unit.id, room_id).await?;
    room.ok_or_else(|| Refusal::at(RefusalCode::RoomNotInUnit, "roomId").into())
}

/// The defect type, if the project's vocabulary has it.
pub(super) async fn defect_type(work: &UnitOfWork, project_id: ProjectId, code: &str) -> Result<defect_types::Model> {
    let found = store::projects::defect_type(&work.tx, project_id, code).await?;
    let shown: String = code.chars().take(80).collect();
    found.ok_or_else(|| {
        Refusal::at(RefusalCode::InvalidCode, "type")
            .with("value", shown)
            .expecting("a code of the project's defect types", "项目问题类型中的代码")
            .into()
    })
}

/// A note where rooms of this type do not have the part: work that was done offline is taken all the same.
pub(super) async fn part_note(work: &UnitOfWork, defect: &DefectRow) -> Result<Option<Note>> {
    let Some(room_id) = defect.room_id else { return Ok(None) };
    let Some(room) = store::units::room(&work.tx, defect.unit_id, room_id).await? else { return Ok(None) };
    let part = store::projects::term(&work.tx, defect.project_id, TermKind::Part, &defect.part).await?;
    let Some(part) = part else { return Ok(None) };
    let listed = part.data.get("room_types").and_then(serde_json::Value::as_array);
    let missing = listed.is_some_and(|types| types.iter().all(|known| known.as_str() != Some(&room.room_type)));
    Ok(missing.then(|| Note::new(NoteCode::PartNotInRoom).with_words("part", part.en, part.zh)))
}

/// The pin with its plan, if it lies on a plan of the unit's type.
pub(super) async fn pin(work: &UnitOfWork, unit: &units::Model, pin: PinInput) -> Result<(f64, f64, Option<PlanId>)> {
    let inside = |value: f64| (0.0..=1.0).contains(&value);
    if !inside(pin.x) || !inside(pin.y) {
        return Err(Refusal::at(RefusalCode::PinOutside, "pin").into());
    }
    let missing = || Refusal::at(RefusalCode::PlanMissing, "pin.planId");
    let unit_type_id = unit.unit_type_id.ok_or_else(missing)?;
    let plan = store::places::plan(&work.tx, unit_type_id, pin.plan_id).await?.ok_or_else(missing)?;
    Ok((pin.x, pin.y, Some(plan.id)))
}

/// What a search by text looks at: the description, the type's code and names, the unit's number, the defect's own.
pub(super) fn search_text(
    description: &str,
    kind: &defect_types::Model,
    unit: &units::Model,
    number: Option<i64>,
) -> String {
    let number = number.map(domain::defect::number_text).unwrap_or_default();
    folded(&format!("{description} {} {} {} {} {number}", kind.code, kind.en, kind.zh, unit.code))
}
