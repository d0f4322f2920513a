//! Logging, changing, assigning, repairing and judging defects.

use app::command::{Command, CommandResult};
use app::defect::PinInput;
use app::defect::assign::Assign;
use app::defect::comment::Comment;
use app::defect::log::LogDefect;
use app::defect::report_fixed::ReportFixed;
use app::defect::update::UpdateDefect;
use app::defect::verify::Verify;
use app::redacted::Redacted;
use async_graphql::{Context, InputObject, MaybeUndefined, Object, SimpleObject};
use domain::defect::{CommentVisibility, Severity};
use domain::id::{
    AttemptId, ChecklistItemId, CommentId, CompanyId, DefectId, InspectionId, PersonId, PhotoId, PlanId, RoomId,
    UnitId, VerdictId,
};

use super::command::{Answer, DefectCommandResult, defect_and_errors, defect_input, defect_payloads, run_for_each};
use super::types::Defect;
use crate::command::{header, into_command, run};
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{CommandNote, UserError, patch, split};
use crate::scalars::{DateTime, Uid, ids};

/// Logging, changing, assigning, repairing and judging defects.
#[derive(Default)]
pub struct DefectMutation;

/// A position on the unit type's plan.
#[derive(InputObject, Clone, Copy)]
pub struct PinPosition {
    /// From the left, 0 to 1.
    pub x: f64,
    /// From the top, 0 to 1.
    pub y: f64,
    /// The version of the plan; left out = the newest.
    pub plan_id: Option<Uid<PlanId>>,
}

impl From<PinPosition> for PinInput {
    fn from(pin: PinPosition) -> Self {
        Self { x: pin.x, y: pin.y, plan_id: pin.plan_id.map(|id| id.0) }
    }
}

/// A new defect.
#[derive(InputObject, Clone)]
pub struct DefectLogInput {
    /// The defect's id, a UUID of version 7 made by the client. The same again with the same content is no second
    /// defect.
    pub defect_id: Uid<DefectId>,
    /// The unit.
    pub unit_id: Uid<UnitId>,
    /// The room; left out for the unit as a whole.
    pub room_id: Option<Uid<RoomId>>,
    /// A code of the project's `defectTypes`; part, trade, category and usual severity come with it.
    #[graphql(name = "type")]
    pub type_code: String,
    /// In words, at most 4,000 characters.
    pub description: Option<String>,
    /// Another severity than the type's usual one. Ignored for owners.
    pub severity: Option<Severity>,
    /// Another trade than the type's. Ignored for owners.
    pub trade: Option<String>,
    /// Where on the plan.
    pub pin: Option<PinPosition>,
    /// The unit inspection in which it was found. If that was submitted meanwhile, or its round was closed, the defect
    /// is taken for the unit and marked by `lateFor`.
    pub inspection_id: Option<Uid<InspectionId>>,
    /// The checklist item that failed.
    pub check_item_id: Option<Uid<ChecklistItemId>>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// The logged defect, and those that it may repeat.
#[derive(SimpleObject)]
pub struct DefectLogPayload {
    /// The defect, routed to a company where the project's rules name one; null when refused.
    pub defect: Option<Defect>,
    /// Likely duplicates: offer them for `defectMerge`.
    pub possible_duplicates: Vec<Defect>,
    /// What the person should know: a part that rooms of this type do not have.
    pub notes: Vec<CommandNote>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

/// What changes on a defect: left out = unchanged, null = cleared.
#[derive(InputObject, Clone)]
pub struct DefectUpdateInput {
    /// The defect.
    pub defect_id: Uid<DefectId>,
    /// The version that the viewer knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
    /// In words, at most 4,000 characters.
    pub description: MaybeUndefined<String>,
    /// A code of the project's `defectTypes`; part, category and trade follow it.
    #[graphql(name = "type")]
    pub type_code: Option<String>,
    /// The unit, for a defect that was logged in a wrong one: it moves to the room of the same code there, or to
    /// `roomId`. Not out of a submitted inspection, and not with defects that were merged into it.
    pub unit_id: Option<Uid<UnitId>>,
    /// The room.
    pub room_id: MaybeUndefined<Uid<RoomId>>,
    /// The severity. Staff only.
    pub severity: Option<Severity>,
    /// The trade. Staff only.
    pub trade: Option<String>,
    /// Where on the plan.
    pub pin: MaybeUndefined<PinPosition>,
}

defect_input! {
    /// Who is to repair.
    DefectAssignInput {
        /// The contractor that becomes responsible; left out, only the person changes (by the company's lead).
        company_id: Option<Uid<CompanyId>>,
        /// The person of the responsible company; null takes the person off.
        assignee_id: MaybeUndefined<Uid<PersonId>>,
        /// Another due time than the policy's, at most 10 years ahead; together with a company.
        due_at: Option<DateTime>,
        /// In words.
        note: Option<String>,
    },
    |input, header| Command::DefectAssign(Assign {
        header,
        company_id: input.company_id.map(|id| id.0),
        assignee_id: patch(input.assignee_id.map_value(|id| id.0)),
        due_at: input.due_at.map(|moment| moment.0),
        note: input.note.clone(),
    })
}

defect_input! {
    /// Which repair begins.
    DefectStartInput {},
    |_input, header| Command::DefectStart(header)
}

/// A reported repair.
#[derive(InputObject, Clone)]
pub struct DefectReportFixedInput {
    /// The defect.
    pub defect_id: Uid<DefectId>,
    /// The attempt's id, a UUID of version 7 made by the client.
    pub attempt_id: Uid<AttemptId>,
    /// After-photos, declared for this defect by `photoUploadCreate` before; their bytes may come later. At most 50.
    #[graphql(default)]
    pub photo_ids: Vec<Uid<PhotoId>>,
    /// The description of the repair, at most 4,000 characters.
    pub note: Option<String>,
    /// The version that the viewer knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// A verdict on the latest repair attempt.
#[derive(InputObject, Clone)]
pub struct DefectVerifyInput {
    /// The defect.
    pub defect_id: Uid<DefectId>,
    /// The verdict's id, a UUID of version 7 made by the client.
    pub verdict_id: Uid<VerdictId>,
    /// Pass or fail.
    pub passed: bool,
    /// Why; required for a fail. At most 4,000 characters.
    pub note: Option<String>,
    /// The version that the viewer knew; left out = any.
    pub expected_version: Option<i32>,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// A comment.
#[derive(InputObject, Clone)]
pub struct DefectCommentInput {
    /// The defect.
    pub defect_id: Uid<DefectId>,
    /// The comment's id, a UUID of version 7 made by the client.
    pub comment_id: Uid<CommentId>,
    /// The text, at most 4,000 characters.
    pub body: String,
    /// Who reads it. Owners always write `OWNER`.
    pub visibility: CommentVisibility,
    /// The device's time; left out = the server's.
    pub occurred_at: Option<DateTime>,
}

/// What the change did.
#[derive(SimpleObject)]
pub struct DefectUpdatePayload {
    /// The defect as it is now, done or refused.
    pub defect: Option<Defect>,
    /// One answer for the defect.
    pub results: Vec<DefectCommandResult>,
    /// The effect of the change on the due time, the company that the responsibility rules name for it now, and a part
    /// that rooms of this type do not have.
    pub notes: Vec<CommandNote>,
    /// Validation and permission errors. Empty on success.
    pub user_errors: Vec<UserError>,
}

defect_payloads!(
    DefectAssignPayload,
    DefectStartPayload,
    DefectReportFixedPayload,
    DefectVerifyPayload,
    DefectCommentPayload,
);

into_command! {
    DefectLogInput => |input| Command::DefectLog(input.into());
    DefectUpdateInput => |input| Command::DefectUpdate(input.into());
    DefectReportFixedInput => |input| Command::DefectReportFixed(input.into());
    DefectVerifyInput => |input| Command::DefectVerify(input.into());
    DefectCommentInput => |input| Command::DefectComment(input.into());
}

impl From<DefectLogInput> for LogDefect {
    fn from(input: DefectLogInput) -> Self {
        Self {
            defect_id: input.defect_id.0,
            unit_id: input.unit_id.0,
            room_id: input.room_id.map(|id| id.0),
            type_code: input.type_code,
            description: input.description,
            severity: input.severity,
            trade: input.trade,
            pin: input.pin.map(Into::into),
            inspection_id: input.inspection_id.map(|id| id.0),
            check_item_id: input.check_item_id.map(|id| id.0),
            occurred_at: input.occurred_at.map(|moment| moment.0),
        }
    }
}

impl From<DefectUpdateInput> for UpdateDefect {
    fn from(input: DefectUpdateInput) -> Self {
        Self {
            header: header(input.defect_id, input.expected_version, input.occurred_at),
            description: patch(input.description),
            type_code: input.type_code,
            unit_id: input.unit_id.map(|id| id.0),
            room_id: patch(input.room_id.map_value(|id| id.0)),
            severity: input.severity,
            trade: input.trade,
            pin: patch(input.pin),
        }
    }
}

impl From<DefectReportFixedInput> for ReportFixed {
    fn from(input: DefectReportFixedInput) -> Self {
        Self {
            header: header(input.defect_id, input.expected_version, input.occurred_at),
            attempt_id: input.attempt_id.0,
            note: input.note,
            photo_ids: ids(input.photo_ids),
        }
    }
}

impl From<DefectVerifyInput> for Verify {
    fn from(input: DefectVerifyInput) -> Self {
        Self {
            header: header(input.defect_id, input.expected_version, input.occurred_at),
            verdict_id: input.verdict_id.0,
            passed: input.passed,
            note: input.note,
        }
    }
}

impl From<DefectCommentInput> for Comment {
    fn from(input: DefectCommentInput) -> Self {
        Self {
            header: header(input.defect_id, None, input.occurred_at),
            comment_id: input.comment_id.0,
            visibility: input.visibility,
            body: input.body,
        }
    }
}

#[Object]
impl DefectMutation {
    /// Logs a defect. The project's responsibility rules assign it at once; nothing matching leaves it `OPEN`.
    async fn defect_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new defect: its id, place, type and description.")] input: DefectLogInput,
    ) -> ApiResult<DefectLogPayload> {
        let logged = run(ctx, input).await?.and_then(CommandResult::into_logged);
        let (logged, user_errors) = split(logged, ctx.language())?;
        let (defect, others, notes) = match logged {
            Some(logged) => (Some(logged.defect), logged.possible_duplicates, logged.notes),
            None => (None, Vec::new(), Vec::new()),
        };
        Ok(DefectLogPayload {
            defect: defect.map(Defect::from),
            possible_duplicates: others.into_iter().map(Defect::from).collect(),
            notes: CommandNote::all(&notes, ctx.language()),
            user_errors,
        })
    }

    /// Changes what a defect says. Developer and supervisor change any; others what their company, or they, raised.
    async fn defect_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defect, and its new values.")] input: DefectUpdateInput,
    ) -> ApiResult<DefectUpdatePayload> {
        let id = input.defect_id;
        let updated = run(ctx, input).await?.and_then(CommandResult::into_updated);
        let notes =
            updated.as_ref().map(|updated| CommandNote::all(&updated.notes, ctx.language())).unwrap_or_default();
        let Answer { defect, results, user_errors } = single(ctx, id, updated.map(|updated| updated.defect)).await?;
        Ok(DefectUpdatePayload { defect, results, notes, user_errors })
    }

    /// Makes a company responsible (developer, supervisor), or sets the person inside it (its lead). The clock starts.
    async fn defect_assign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects, and the new company, person or due time.")] input: DefectAssignInput,
    ) -> ApiResult<DefectAssignPayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// The responsible contractor begins the repair. A worker who begins a defect without an assignee becomes the
    /// assignee; the event says so.
    async fn defect_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defects.")] input: DefectStartInput,
    ) -> ApiResult<DefectStartPayload> {
        Ok(run_for_each(ctx, input.targets(), |header| input.command(header)).await?.into())
    }

    /// The responsible contractor reports repair attempt n, with after-photos. The clock stops until it is judged.
    async fn defect_report_fixed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defect, and the repair attempt with its photos.")] input: DefectReportFixedInput,
    ) -> ApiResult<DefectReportFixedPayload> {
        let id = input.defect_id;
        let answer = run(ctx, input).await?.and_then(CommandResult::into_defect);
        single(ctx, id, answer).await
    }

    /// Judges the attempt: a fail sends the defect back, the passes that the policy asks for close it. No person of the
    /// responsible company ever verifies. Owners confirm or reject their own findings.
    async fn defect_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defect to verify, and the verdict.")] input: DefectVerifyInput,
    ) -> ApiResult<DefectVerifyPayload> {
        let id = input.defect_id;
        let answer = run(ctx, input).await?.and_then(CommandResult::into_defect);
        single(ctx, id, answer).await
    }

    /// Comments on a defect: for the own company, for all staff who see it, or for the owner too.
    async fn defect_comment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which defect, and the comment with its readers.")] input: DefectCommentInput,
    ) -> ApiResult<DefectCommentPayload> {
        let id = input.defect_id;
        let answer = run(ctx, input).await?.and_then(CommandResult::into_defect);
        single(ctx, id, answer).await
    }
}

async fn single<P: From<super::command::Answer>>(
    ctx: &Context<'_>,
    id: Uid<DefectId>,
    answer: app::Result<Redacted<app::defect::DefectRow>>,
) -> ApiResult<P> {
    let (defect, user_errors) = defect_and_errors(ctx, id, answer).await?;
    let results = vec![super::command::DefectCommandResult {
        defect_id: id.0.into(),
        defect: defect.clone(),
        user_errors: user_errors.clone(),
    }];
    Ok(super::command::Answer { defect, results, user_errors }.into())
}
