//! Change the plan of a round: all of a draft, of an open round its name and days.

use domain::id::{ChecklistId, CompanyId, RoundId};
use domain::round::{RoundCommand, RoundStatus, check_plan};
use domain::text::{NAME_LIMIT, required};
use domain::{Caller, Party, Refusal, RefusalCode};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::RoundRow;
use super::command_context::RoundCommandContext;
use super::create::{ScopeInput, check_contractors, check_stage, contractors_json, newest_version, units_of};
use super::read::{required_contractors, required_parties};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, Patch};

/// What changes; the rest stays.
#[derive(Debug, Clone)]
pub struct UpdateRound {
    /// The round.
    pub header: CommandHeader<RoundId>,
    /// Its name.
    pub name: Option<String>,
    /// The first planned day.
    pub planned_from: Patch<Date>,
    /// The last planned day.
    pub planned_to: Patch<Date>,
    /// Its number. Of a draft only, like all that follows.
    pub number: Option<i32>,
    /// A code of the project's stages.
    pub stage: Option<String>,
    /// The parties that sign.
    pub required_parties: Option<Vec<Party>>,
    /// The contractors that sign, each for itself.
    pub required_contractors: Option<Vec<CompanyId>>,
    /// Another checklist, of which the newest version is taken.
    pub checklist_id: Option<ChecklistId>,
    /// Other units.
    pub scope: Option<ScopeInput>,
}

impl UpdateRound {
    /// The given fields that are fixed once the round is open.
    fn fixed_fields(&self) -> Vec<&'static str> {
        let given = [
            (self.number.is_some(), "number"),
            (self.stage.is_some(), "stage"),
            (self.required_parties.is_some(), "requiredParties"),
            (self.required_contractors.is_some(), "requiredContractorIds"),
            (self.checklist_id.is_some(), "checklistId"),
            (self.scope.is_some(), "unitIds"),
        ];
        given.into_iter().filter_map(|(given, field)| given.then_some(field)).collect()
    }
}

/// Changes the plan. The event keeps each field as it was and as it is.
///
/// # Errors
/// The rule's refusal, `WRONG_STATE` at each field that is fixed by now, refusals of single fields, or an internal
/// error.
pub async fn update(ctx: Context<'_>, input: UpdateRound) -> Result<RoundRow> {
    let mut command = RoundCommandContext::open(ctx, input.header, RoundCommand::Update).await?;
    let fixed = input.fixed_fields();
    if command.from() != RoundStatus::Draft && !fixed.is_empty() {
        let wrong = |field: &&str| Refusal::at(RefusalCode::WrongState, field).with("status", command.from());
        return Err(Error::Refused(fixed.iter().map(wrong).collect()));
    }
    let before = command.round.clone();
    command.change_words(&input)?;
    command.change_draft(ctx.caller, &input).await?;
    let mut changed = differences(&before, &command.round);
    if let Some(scope) = &input.scope {
        let units = units_of(&command.work, command.round.project_id, scope).await?;
        let was = store::rounds::scope_of(&command.work.tx, command.round.id).await?;
        let (mut sorted, mut old) = (units.clone(), was.clone());
        sorted.sort_unstable();
        old.sort_unstable();
        if sorted != old {
            store::rounds::replace_scope(&command.work.tx, command.round.id, &units).await?;
            changed.insert("units".to_owned(), json!({ "from": was.len(), "to": units.len() }));
        }
    }
    if changed.is_empty() {
        // Nothing to save, so no version and no event.
        return Ok(before);
    }
    command.finish(Value::Object(changed)).await
}

impl RoundCommandContext {
    fn change_words(&mut self, input: &UpdateRound) -> Result<()> {
        if let Some(name) = &input.name {
            self.round.name = required(name, NAME_LIMIT, "name")?;
        }
        let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Date>().ok());
        let from = input.planned_from.clone().apply(day(&self.round.planned_from));
        let to = input.planned_to.clone().apply(day(&self.round.planned_to));
        let parties = input.required_parties.clone().map_or_else(|| required_parties(&self.round), Ok)?;
        let number = input.number.unwrap_or(self.round.number);
        check_plan(number, &parties, from, to).map_err(Error::Refused)?;
        self.round.planned_from = from.map(|day| day.to_string());
        self.round.planned_to = to.map(|day| day.to_string());
        self.round.number = number;
        self.round.required_parties = json!(parties);
        Ok(())
    }

    async fn change_draft(&mut self, caller: &Caller, input: &UpdateRound) -> Result<()> {
        let project_id = self.round.project_id;
        if let Some(stage) = &input.stage {
            check_stage(&self.work, project_id, stage).await?;
            self.round.stage.clone_from(stage);
        }
        if input.required_contractors.is_some() || input.required_parties.is_some() {
            let named = input.required_contractors.clone().map_or_else(|| required_contractors(&self.round), Ok)?;
            check_contractors(&self.work, project_id, &required_parties(&self.round)?, &named).await?;
            self.round.required_contractors = contractors_json(&named);
        }
        if let Some(checklist_id) = input.checklist_id {
            self.round.checklist_version_id = newest_version(&self.work, caller, project_id, checklist_id).await?;
        }
        Ok(())
    }
}

/// Each changed field with its value before and after.
fn differences(before: &RoundRow, after: &RoundRow) -> Map<String, Value> {
    let values = |round: &RoundRow| {
        [
            ("name", json!(round.name)),
            ("plannedFrom", json!(round.planned_from)),
            ("plannedTo", json!(round.planned_to)),
            ("number", json!(round.number)),
            ("stage", json!(round.stage)),
            ("requiredParties", round.required_parties.clone()),
            ("requiredContractorIds", json!(round.required_contractors)),
            ("checklistVersionId", json!(round.checklist_version_id)),
        ]
    };
    let pairs = values(before).into_iter().zip(values(after));
    let differing = pairs.filter(|((_, from), (_, to))| from != to);
    differing.map(|((name, from), (_, to))| (name.to_owned(), json!({ "from": from, "to": to }))).collect()
}
