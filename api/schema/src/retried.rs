//! Commands that the database has broken off are done again, in one place for all of them.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Error, ObjectType, OutputType, Positioned, ServerError, ServerResult,
    Value,
};

use super::error::ApiError;
use super::payload::LATER;

/// The root of commands, each of which is done again while it is broken off: a payload says so only of a command of
/// which nothing was committed ([`ApiError::BrokenOff`]).
pub struct Retried<M>(pub M);

impl<M: ObjectType> OutputType for Retried<M> {
    fn type_name() -> Cow<'static, str> {
        M::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        M::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

impl<M: ObjectType> ContainerType for Retried<M> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let done = app::retry_if(|| self.0.resolve_field(ctx), is_broken_off).await;
        done.map_err(|error| if is_broken_off(&error) { too_busy(ctx, &error) } else { error })
    }
}

impl<M: ObjectType> ObjectType for Retried<M> {}

fn is_broken_off(error: &ServerError) -> bool {
    matches!(ApiError::of(error), Some(ApiError::BrokenOff(_)))
}

/// The database could not do it beside everything else: no fault of the command's.
fn too_busy(ctx: &Context<'_>, error: &ServerError) -> ServerError {
    if let Some(ApiError::BrokenOff(source)) = ApiError::of(error) {
        tracing::warn!(error = %source, "a command was broken off again and again");
    }
    let busy: Error = ApiError::Overloaded(LATER).into();
    ctx.set_error_path(busy.into_server_error(ctx.item.pos))
}
