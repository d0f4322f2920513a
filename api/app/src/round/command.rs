//! The frame of a command on a round: load and lock it, ask the rule, save, tell.

use domain::Timestamp;
use domain::object_kind::ObjectKind;
use domain::round::{RoundCommand, RoundStatus, permit};
use serde_json::Value;

use super::RoundRow;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input::{CommandHeader, check_version, occurred};
use crate::work::{Happening, Work};

/// A permitted command at work on one locked round.
pub(super) struct Case {
    pub(super) work: Work,
    pub(super) round: RoundRow,
    pub(super) occurred_at: Timestamp,
    from: RoundStatus,
    command: RoundCommand,
}

/// No command on the round was given before the last one that moved it on.
fn earliest(round: &RoundRow) -> Timestamp {
    let moved = [round.opened_at, round.closed_at].into_iter().flatten().max();
    Timestamp(moved.unwrap_or(round.created_at))
}

impl Case {
    /// Loads and locks the round, if the caller may see it, and asks the rule.
    pub(super) async fn open(ctx: Context<'_>, header: CommandHeader, command: RoundCommand) -> Result<Self> {
        let mut work = ctx.begin().await?;
        let said = occurred(header.occurred_at, work.now)?;
        let round = store::rounds::find_for_change(&work.tx, &ctx.caller.sight(), header.target).await?;
        let round = round.ok_or_else(|| Error::not_found("roundId"))?;
        let actor = work.enter_at(ctx.caller, round.project_id, said).await?;
        let from = round.status.parse()?;
        permit(from, actor.role(), command)?;
        check_version(header.expected_version, round.version)?;
        let occurred_at = work.plausible(said, earliest(&round));
        Ok(Self { work, round, occurred_at, from, command })
    }

    /// Moves the round on, tells what happened and commits.
    pub(super) async fn finish(self, data: Value) -> Result<RoundRow> {
        self.finish_because(None, data).await
    }

    /// The same for a reason.
    pub(super) async fn finish_because(mut self, reason: Option<String>, data: Value) -> Result<RoundRow> {
        self.round.status = self.command.to(self.from).as_str().to_owned();
        store::rounds::save(&self.work.tx, &mut self.round).await?;
        self.tell(reason, data);
        self.work.commit().await?;
        Ok(self.round)
    }

    /// Where the round stood before the command.
    pub(super) const fn from(&self) -> RoundStatus {
        self.from
    }

    /// Tells what happened.
    pub(super) fn tell(&mut self, reason: Option<String>, data: Value) {
        self.work.event(Happening {
            from: Some(self.from.as_str()),
            to: Some(self.command.to(self.from).as_str()),
            reason,
            data,
            ..Happening::new(self.command.into(), ObjectKind::Round, self.round.id, self.occurred_at)
        });
    }
}
