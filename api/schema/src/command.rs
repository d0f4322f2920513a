//! Inputs of mutations as commands of the app.

use app::command::{Command, CommandResult};
use app::input::CommandHeader;
use async_graphql::Context;
use domain::Refusal;

use super::context::ContextExt;
use super::error::ApiResult;
use super::scalars::{DateTime, Uid};

/// An input that asks for one command.
pub trait IntoCommand {
    /// The command.
    ///
    /// # Errors
    /// `INVALID_VALUE` for an input that names several objects: it asks for several commands.
    fn into_command(self) -> Result<Command, Refusal>;
}

/// Declares how inputs that name one object become commands.
macro_rules! into_command {
    ($($input:ident => |$it:ident| $command:expr;)+) => {
        $(
            impl $crate::command::IntoCommand for $input {
                fn into_command(self) -> Result<app::command::Command, domain::Refusal> {
                    let $it = self;
                    Ok($command)
                }
            }
        )+
    };
}
pub(super) use into_command;

/// Runs the command of a single mutation for the signed-in person.
///
/// # Errors
/// `UNAUTHENTICATED`.
pub(super) async fn run(ctx: &Context<'_>, input: impl IntoCommand) -> ApiResult<app::Result<CommandResult>> {
    let acting = ctx.acting()?;
    Ok(match input.into_command() {
        Ok(command) => app::command::run(acting, command).await,
        Err(refusal) => Err(refusal.into()),
    })
}

/// What every command on one object names.
pub(super) fn header<I>(
    target: Uid<I>,
    expected_version: Option<i32>,
    occurred_at: Option<DateTime>,
) -> CommandHeader<I> {
    CommandHeader { target: target.0, expected_version, occurred_at: occurred_at.map(|moment| moment.0) }
}
