//! Running commands by their use cases.

use futures::FutureExt;
use futures::future::BoxFuture;

use super::{Command, CommandResult};
use crate::context::Context;
use crate::defect::assign::assign;
use crate::defect::comment::comment;
use crate::defect::dispute::{dispute, resolve};
use crate::defect::hold::{hold, resume};
use crate::defect::log::log;
use crate::defect::merge::{merge, unmerge};
use crate::defect::report_fixed::report_fixed;
use crate::defect::verify::verify;
use crate::defect::void::{restore, void, withdraw};
use crate::defect::{reopen, start, update};
use crate::error::Result;
use crate::inspection;
use crate::inspection::record::clear::clear;
use crate::inspection::record::record;
use crate::inspection::sign::sign;
use crate::inspection::submit::submit;
use crate::photo::declare::declare;
use crate::photo::mark::mark;
use crate::photo::slips;
use crate::unit::review::review;

/// Runs a command, for a single mutation as for an operation of a device.
///
/// The future is boxed here, so that callers in other packages do not compile the use cases again.
///
/// # Errors
/// The use case's own.
pub fn run(ctx: Context<'_>, command: Command) -> BoxFuture<'_, Result<CommandResult>> {
    let run = async move {
        Ok(match command {
            Command::UnitInspectionStart(header) => inspection::start(ctx, header).await?.into(),
            Command::CheckResultsRecord(input) => record(ctx, input).await?.into(),
            Command::CheckResultsClear(input) => clear(ctx, input).await?.into(),
            Command::UnitInspectionSubmit(header) => submit(ctx, header).await?.into(),
            Command::UnitInspectionSign(input) => sign(ctx, input).await?.into(),
            Command::UnitInspectionReopen(input) => inspection::reopen(ctx, input).await?.into(),
            Command::UnitInspectionMarkInaccessible(input) => inspection::mark_inaccessible(ctx, input).await?.into(),
            Command::DefectLog(input) => log(ctx, input).await?.into(),
            Command::DefectUpdate(input) => update::update(ctx, input).await?.into(),
            Command::DefectAssign(input) => assign(ctx, input).await?.into(),
            Command::DefectStart(header) => start::start(ctx, header).await?.into(),
            Command::DefectReportFixed(input) => report_fixed(ctx, input).await?.into(),
            Command::DefectVerify(input) => verify(ctx, input).await?.into(),
            Command::DefectDispute(input) => dispute(ctx, input).await?.into(),
            Command::DefectResolveDispute(input) => resolve(ctx, input).await?.into(),
            Command::DefectVoid(input) => void(ctx, input).await?.into(),
            Command::DefectWithdraw(input) => withdraw(ctx, input).await?.into(),
            Command::DefectRestore(input) => restore(ctx, input).await?.into(),
            Command::DefectReopen(input) => reopen::reopen(ctx, input).await?.into(),
            Command::DefectHold(input) => hold(ctx, input).await?.into(),
            Command::DefectResume(header) => resume(ctx, header).await?.into(),
            Command::DefectMerge(input) => merge(ctx, input).await?.into(),
            Command::DefectUnmerge(input) => unmerge(ctx, input).await?.into(),
            Command::DefectComment(input) => comment(ctx, input).await?.into(),
            Command::PhotoUploadCreate(input) => declare(ctx, input).await?.into(),
            Command::PhotoMark(input) => mark(ctx, input).await?.into(),
            Command::PhotoWithdraw(input) => slips::withdraw(ctx, input).await?.into(),
            Command::PhotoUpdate(input) => slips::update(ctx, input).await?.into(),
            Command::UnitReview(input) => review(ctx, input).await?.into(),
        })
    };
    run.boxed()
}
