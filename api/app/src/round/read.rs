//! Reading rounds: one, a page, the parties that sign, what the caller may do.

use domain::id::{CompanyId, ProjectId, RoundId};
use domain::round::{RoundCommand, permit};
use domain::{Caller, Party, Refusal};
use store::boxed;
use store::page::{Page, PageRequest};

use super::RoundRow;
use crate::App;
use crate::error::Result;

/// The parties that sign each unit inspection of a round.
///
/// # Errors
/// When the stored list is none of parties.
pub fn required_parties(round: &RoundRow) -> Result<Vec<Party>> {
    let codes: Vec<String> = serde_json::from_value(round.required_parties.clone())?;
    codes.iter().map(|code| Ok(code.parse()?)).collect()
}

/// The contractors that sign each unit inspection of a round, each for itself; none named = any one of them.
///
/// # Errors
/// When the stored list is none of ids.
pub fn required_contractors(round: &RoundRow) -> Result<Vec<CompanyId>> {
    Ok(round.required_contractors.clone().map(serde_json::from_value).transpose()?.unwrap_or_default())
}

/// One round.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn find_round(app: &App, caller: &Caller, id: RoundId) -> Result<Option<RoundRow>> {
    Ok(store::rounds::find(app.db.read(), &caller.visibility(), id).await?)
}

/// A page of a project's rounds by number.
///
/// # Errors
/// When the database fails.
#[boxed]
pub async fn list_rounds(
    app: &App,
    caller: &Caller,
    project_id: ProjectId,
    descending: bool,
    request: &PageRequest,
) -> Result<Page<RoundRow>> {
    Ok(store::rounds::page(app.db.read(), &caller.visibility(), project_id, descending, request).await?)
}

/// Every command on a round with the refusal that it would answer now.
///
/// # Errors
/// When the stored status is unknown.
pub fn allowed_commands_of(caller: &Caller, round: &RoundRow) -> Result<Vec<(RoundCommand, Option<Refusal>)>> {
    let Some(actor) = caller.actor_in(round.project_id) else { return Ok(Vec::new()) };
    Ok(RoundCommand::ALL.iter().map(|&command| (command, permit(round.status, actor.role(), command).err())).collect())
}
