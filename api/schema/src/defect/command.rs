//! What the commands on defects share: one or many at once, an answer for each.

use app::command::{Command, CommandResult, run};
use app::defect::DefectRow;
use app::input::CommandHeader;
use app::redacted::Redacted;
use async_graphql::{Context, SimpleObject};
use domain::id::DefectId;
use domain::{Refusal, RefusalCode};

use super::types::Defect;
use crate::command::header;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::payload::{UserError, split};
use crate::scalars::{DateTime, Uid};

/// Most defects in one command.
const MOST: usize = 100;

/// What a command did to one of several defects.
#[derive(SimpleObject)]
pub struct DefectCommandResult {
    /// The defect that was named.
    pub defect_id: Uid,
    /// The defect as it is now, done or refused; null when there is none that the viewer may see.
    pub defect: Option<Defect>,
    /// Validation and permission errors. Empty on success. `TRY_AGAIN`: nothing was done to this defect, send it again.
    pub user_errors: Vec<UserError>,
}

/// Which defects a command is for.
pub(super) struct Targets {
    pub(super) defect_id: Option<Uid<DefectId>>,
    pub(super) defect_ids: Option<Vec<Uid<DefectId>>>,
    pub(super) expected_version: Option<i32>,
    pub(super) occurred_at: Option<DateTime>,
}

/// The answer of a command for one or many.
pub(super) struct Answer {
    pub(super) defect: Option<Defect>,
    pub(super) results: Vec<DefectCommandResult>,
    pub(super) user_errors: Vec<UserError>,
}

/// Runs one command for each target, each in a transaction of its own: one that is refused stops none, nor does one
/// that the database cannot do now.
pub(super) async fn run_for_each(
    ctx: &Context<'_>,
    targets: Targets,
    command: impl Fn(CommandHeader<DefectId>) -> Command + Send + Sync,
) -> ApiResult<Answer> {
    let acting = ctx.acting()?;
    let ids: Vec<Uid<DefectId>> = match (&targets.defect_id, &targets.defect_ids) {
        (Some(id), None) => vec![*id],
        (None, Some(ids)) if ids.len() <= MOST => ids.clone(),
        (None, Some(_)) => return Ok(refused(ctx, Refusal::at(RefusalCode::TooMany, "defectIds").with("limit", MOST))),
        (Some(_), Some(_)) | (None, None) => {
            let why = Refusal::at(RefusalCode::InvalidValue, "defectId");
            return Ok(refused(
                ctx,
                why.because("name one defect, or a list of defects, not both", "请指定一个问题或问题清单，二者选一"),
            ));
        }
    };
    let mut results = Vec::with_capacity(ids.len());
    for id in ids {
        let header = header(id, targets.expected_version, targets.occurred_at);
        // Here and not at the root, where the defects before this one would be done again, too.
        let done = app::retry(|| run(acting, command(header))).await;
        let done = if targets.defect_ids.is_some() { done.map_err(within_list) } else { done };
        let (defect, user_errors) = defect_and_errors(ctx, id, done.and_then(CommandResult::into_defect)).await?;
        results.push(DefectCommandResult { defect_id: id.0.into(), defect, user_errors });
    }
    // The command for one answers at the top; the command for many leaves each answer with its defect.
    let single = targets.defect_id.and_then(|_| results.first());
    Ok(Answer {
        defect: single.and_then(|result| result.defect.clone()),
        user_errors: single.map(|result| result.user_errors.clone()).unwrap_or_default(),
        results,
    })
}

/// A defect of a list that the database cannot deal with now is answered for itself. An error would be the answer to
/// the whole list: the root, or the client, would do the defects before it again.
fn within_list(error: app::Error) -> app::Error {
    if !error.passes_by_itself() {
        return error;
    }
    tracing::warn!(error = error.chain(), "a command on a defect of a list could not be done now");
    RefusalCode::TryAgain.into()
}

/// The answer for one defect; a refusal comes with the defect as it stands.
pub(super) async fn defect_and_errors(
    ctx: &Context<'_>,
    id: Uid<DefectId>,
    answer: app::Result<Redacted<DefectRow>>,
) -> ApiResult<(Option<Defect>, Vec<UserError>)> {
    let (row, user_errors) = split(answer, ctx.language())?;
    let row = match row {
        Some(row) => Some(row),
        None => app::defect::read::find_defect(ctx.app(), ctx.caller()?, id.0).await?,
    };
    Ok((row.map(Defect::from), user_errors))
}

/// The header of a command for exactly one defect.
///
/// # Errors
/// `INVALID_VALUE` when several are named, or none.
pub(super) fn header_of_one(targets: &Targets) -> Result<CommandHeader<DefectId>, Refusal> {
    match (&targets.defect_id, &targets.defect_ids) {
        (Some(id), None) => Ok(header(*id, targets.expected_version, targets.occurred_at)),
        _ => {
            let wrong = Refusal::at(RefusalCode::InvalidValue, "defectIds");
            Err(wrong
                .because("an operation is for one defect, not for a list", "每个操作只针对一个问题，不能是问题清单"))
        }
    }
}

fn refused(ctx: &Context<'_>, refusal: Refusal) -> Answer {
    Answer { defect: None, results: Vec::new(), user_errors: vec![UserError::new(&refusal, ctx.language())] }
}

/// Declares payloads of commands for one or many defects.
macro_rules! defect_payloads {
    ($($name:ident),+ $(,)?) => {
        $(
            /// What the command did: at the top for `defectId`, one result each for `defectIds`.
            #[derive(async_graphql::SimpleObject)]
            pub struct $name {
                /// The defect as it is now, done or refused, when one was named by `defectId`.
                pub defect: Option<$crate::defect::types::Defect>,
                /// One answer for each defect, in the order of the input.
                pub results: Vec<$crate::defect::command::DefectCommandResult>,
                /// Validation and permission errors. Empty on success. Of `defectIds` each result has its own.
                pub user_errors: Vec<$crate::payload::UserError>,
            }

            impl From<$crate::defect::command::Answer> for $name {
                fn from(answer: $crate::defect::command::Answer) -> Self {
                    Self { defect: answer.defect, results: answer.results, user_errors: answer.user_errors }
                }
            }
        )+
    };
}
pub(super) use defect_payloads;

/// Declares the input of a command for one or many defects, with its own fields, and the command on each of them.
macro_rules! defect_input {
    ($(#[$meta:meta])* $name:ident { $($(#[$fmeta:meta])* $field:ident : $kind:ty),* $(,)? },
        |$it:ident, $header:ident| $command:expr) => {
        $(#[$meta])*
        #[derive(async_graphql::InputObject, Clone)]
        pub struct $name {
            /// The defect; give this or `defectIds`.
            pub defect_id: Option<$crate::scalars::Uid<domain::id::DefectId>>,
            /// Several defects at once, at most 100, each done or refused for itself.
            pub defect_ids: Option<Vec<$crate::scalars::Uid<domain::id::DefectId>>>,
            /// The version that the viewer knew; another one is refused as `STALE_VERSION`. Left out = any.
            pub expected_version: Option<i32>,
            /// The device's time; left out = the server's.
            pub occurred_at: Option<$crate::scalars::DateTime>,
            $($(#[$fmeta])* pub $field: $kind,)*
        }

        impl $name {
            /// The command on one of the defects.
            fn command(&self, $header: app::input::CommandHeader<domain::id::DefectId>) -> app::command::Command {
                let $it = self;
                $command
            }

            fn targets(&self) -> $crate::defect::command::Targets {
                $crate::defect::command::Targets {
                    defect_id: self.defect_id,
                    defect_ids: self.defect_ids.clone(),
                    expected_version: self.expected_version,
                    occurred_at: self.occurred_at,
                }
            }
        }

        impl $crate::command::IntoCommand for $name {
            fn into_command(self) -> Result<app::command::Command, domain::Refusal> {
                Ok(self.command($crate::defect::command::header_of_one(&self.targets())?))
            }
        }
    };
}
pub(super) use defect_input;
