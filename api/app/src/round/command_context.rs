//! The context of a command on a round: loads and locks it in the caller's visibility scope, checks the rule, saves,
//! and adds the event.

use domain::Timestamp;
use domain::id::RoundId;
use domain::object_kind::ObjectKind;
use domain::round::{RoundCommand, RoundStatus, permit};
use serde_json::Value;

use super::RoundRow;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, check_version, occurred};
use crate::unit_of_work::{NewEvent, UnitOfWork};

/// A locked round with a permitted command.
pub(super) struct RoundCommandContext {
    pub(super) work: UnitOfWork,
    pub(super) round: RoundRow,
    pub(super) occurred_at: Timestamp,
    from: RoundStatus,
    command: RoundCommand,
}

/// The earliest plausible time of a command on the round: that of the last change of its status.
fn earliest(round: &RoundRow) -> Timestamp {
    let moved = [round.opened_at, round.closed_at].into_iter().flatten().max();
    Timestamp(moved.unwrap_or(round.created_at))
}

impl RoundCommandContext {
    /// Loads and locks the round, if the caller may see it, and asks the rule.
    pub(super) async fn open(ctx: Context<'_>, header: CommandHeader<RoundId>, command: RoundCommand) -> Result<Self> {
        let mut work = ctx.begin().await?;
        let said = occurred(header.occurred_at, work.now)?;
        let round = store::rounds::find_for_update(&work.tx, &ctx.caller.visibility(), header.target).await?;
        let round = round.ok_or_else(|| Error::not_found("roundId"))?;
        let actor = work.act_in_project_at(ctx.caller, round.project_id, said).await?;
        let from = round.status;
        permit(from, actor.role(), command)?;
        check_version(header.expected_version, round.version)?;
        let occurred_at = work.plausible_time(said, earliest(&round));
        Ok(Self { work, round, occurred_at, from, command })
    }

    /// Changes the status of the round, adds the event and commits.
    pub(super) async fn finish(self, data: Value) -> Result<RoundRow> {
        self.finish_because(None, data).await
    }

    /// The same with a reason.
    pub(super) async fn finish_because(mut self, reason: Option<String>, data: Value) -> Result<RoundRow> {
        self.round.status = self.command.to(self.from);
        store::rounds::save(&self.work.tx, &mut self.round).await?;
        self.add_event(reason, data);
        self.work.commit().await?;
        Ok(self.round)
    }

    /// Where the round stood before the command.
    pub(super) const fn from(&self) -> RoundStatus {
        self.from
    }

    /// Adds the event.
    pub(super) fn add_event(&mut self, reason: Option<String>, data: Value) {
        self.work.add_event(NewEvent {
            from: Some(self.from.as_str()),
            to: Some(self.command.to(self.from).as_str()),
            reason,
            data,
            ..NewEvent::new(self.command.into(), ObjectKind::Round, self.round.id, self.occurred_at)
        });
    }
}
