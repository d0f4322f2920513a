//! Change what a defect says: description, type, place, severity, trade, pin.

use domain::defect::{DefectCommand, Severity};
use domain::event::EventName;
use domain::text::{NOTE_LIMIT, optional};
use domain::{Caller, Party, Refusal, RefusalCode};
use serde_json::Value;
use uuid::Uuid;

use super::DefectRow;
use super::case::{Case, Head};
use super::fields;
use super::place::{self, PinInput};
use crate::App;
use crate::error::Result;
use crate::input::Patch;

/// What changes; the rest stays.
#[derive(Debug, Clone)]
pub struct UpdateDefect {
    /// The defect.
    pub head: Head,
    /// In words.
    pub description: Patch<String>,
    /// A code of the project's defect types.
    pub type_code: Option<String>,
    /// The room.
    pub room_id: Patch<Uuid>,
    /// The severity. Staff only.
    pub severity: Option<Severity>,
    /// The trade. Staff only.
    pub trade: Option<String>,
    /// The pin.
    pub pin: Patch<PinInput>,
}

/// Changes a defect's fields. The event keeps each field as it was and as it is.
///
/// # Errors
/// The rule's refusal, a refusal of a field, or a fault of ours.
pub async fn update(app: &App, caller: &Caller, input: UpdateDefect) -> Result<DefectRow> {
    let mut case = Case::open(app, caller, input.head).await?;
    case.permit(DefectCommand::Update)?;
    if case.actor.party() == Party::Customer && (input.severity.is_some() || input.trade.is_some()) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    let before = case.defect.clone();
    case.update_words(&input)?;
    case.update_kind(&input).await?;
    case.update_place(&input).await?;
    case.leave_to_others(&before);
    case.update_search().await?;
    let changed = fields::differences(&before, &case.defect);
    if changed.is_empty() {
        // Nothing to save, so no version and no event: doing it again is no change either.
        return Ok(super::seen_by(caller, before));
    }
    case.finish(EventName::DefectUpdated, None, Value::Object(changed)).await
}

impl Case {
    fn update_words(&mut self, input: &UpdateDefect) -> Result<()> {
        match &input.description {
            Patch::Unchanged => {}
            Patch::Clear => self.defect.description.clear(),
            Patch::Set(text) => {
                self.defect.description = optional(Some(text), NOTE_LIMIT, "description")?.unwrap_or_default();
            }
        }
        if let Some(severity) = input.severity {
            self.defect.severity = severity.as_str().to_owned();
            self.defect.severity_rank = severity.rank();
        }
        Ok(())
    }

    async fn update_kind(&mut self, input: &UpdateDefect) -> Result<()> {
        if let Some(code) = &input.type_code {
            let kind = place::defect_type(&self.work, self.defect.project_id, code).await?;
            self.defect.part = kind.part;
            self.defect.category = kind.category;
            self.defect.trade = kind.trade;
            self.defect.type_code = kind.code;
        }
        if let Some(trade) = &input.trade {
            if !store::projects::has_term(&self.work.tx, self.defect.project_id, "TRADE", trade).await? {
                let shown: String = trade.chars().take(80).collect();
                let unknown = Refusal::at(RefusalCode::InvalidCode, "trade").with("value", shown);
                return Err(unknown.with("expected", "a code of the project's trades").into());
            }
            self.defect.trade.clone_from(trade);
        }
        Ok(())
    }

    async fn update_place(&mut self, input: &UpdateDefect) -> Result<()> {
        let unit = place::unit(&self.work, &self.caller, self.defect.unit_id).await?;
        match input.room_id {
            Patch::Unchanged => {}
            Patch::Clear => self.defect.room_id = None,
            Patch::Set(room_id) => self.defect.room_id = Some(place::room(&self.work, &unit, room_id).await?.id),
        }
        match input.pin {
            Patch::Unchanged => {}
            Patch::Clear => (self.defect.pin_x, self.defect.pin_y, self.defect.plan_id) = (None, None, None),
            Patch::Set(pin) => {
                let (x, y, plan_id) = place::pin(&self.work, &unit, pin).await?;
                (self.defect.pin_x, self.defect.pin_y, self.defect.plan_id) = (Some(x), Some(y), plan_id);
            }
        }
        Ok(())
    }

    /// What others have changed meanwhile stays; the device's values are kept for a person to settle.
    fn leave_to_others(&mut self, before: &DefectRow) {
        let conflicts = fields::take_back_conflicts(before, &mut self.defect, &self.news);
        if let (false, Some(pushed)) = (conflicts.is_empty(), &self.work.pushed) {
            pushed.conflict(conflicts);
        }
    }

    async fn update_search(&mut self) -> Result<()> {
        let unit = place::unit(&self.work, &self.caller, self.defect.unit_id).await?;
        let kind = place::defect_type(&self.work, self.defect.project_id, &self.defect.type_code).await?;
        self.defect.search = place::search_text(&self.defect.description, &kind, &unit, Some(self.defect.number));
        Ok(())
    }
}
