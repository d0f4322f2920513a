//! The schema as the transport runs it.

use std::any::TypeId;
use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response, ValidationMode};
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use transport::Validated;

use super::plan::PlainReads;
use super::{Builder, Schema};

/// Runs operations on the schema.
///
/// Its futures are boxed by functions without type parameters, so that the resolvers are compiled in this package once,
/// and not again in each package that runs operations.
#[derive(Clone)]
pub struct SchemaExecutor {
    schema: Schema,
    /// The same schema for requests that the transport has validated.
    trusting: Schema,
    /// Whether reads are planned (see [`super::plan`]).
    plans: bool,
}

impl SchemaExecutor {
    /// Runs operations on the schema that this makes.
    pub fn new(schema: impl Fn() -> Builder) -> Self {
        let (validating, trusting) = (schema(), schema().validation_mode(ValidationMode::Fast));
        Self { schema: validating.finish(), trusting: trusting.finish(), plans: true }
    }

    /// Runs them as async-graphql does, without plans: the reference for tests.
    #[must_use]
    pub fn without_plans(self) -> Self {
        Self { plans: false, ..self }
    }

    /// The schema's text.
    #[must_use]
    pub fn sdl(&self) -> String {
        self.schema.sdl()
    }

    fn prepare(&self, request: Request) -> Request {
        if self.plans { request } else { request.data(PlainReads) }
    }
}

impl Executor for SchemaExecutor {
    fn execute(&self, request: Request) -> impl Future<Output = Response> + Send {
        let is_validated = request.data.contains_key(&TypeId::of::<Validated>());
        let schema = if is_validated { &self.trusting } else { &self.schema };
        execute(schema.clone(), self.prepare(request))
    }

    fn execute_stream(&self, request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        self.schema.execute_stream_with_session_data(self.prepare(request), session_data.unwrap_or_default())
    }
}

#[inline(never)]
fn execute(schema: Schema, request: Request) -> BoxFuture<'static, Response> {
    Box::pin(async move { schema.execute(request).await })
}
