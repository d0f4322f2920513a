//! The schema as the transport runs it.

use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response};
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use super::Schema;
use super::plan::PlainReads;

/// Runs operations on the schema.
///
/// Its futures are boxed by functions without type parameters, so that the resolvers are compiled in this package once,
/// and not again in each package that runs operations.
#[derive(Clone)]
pub struct SchemaExecutor {
    schema: Schema,
    /// Whether reads are planned (see [`super::plan`]).
    plans: bool,
}

impl SchemaExecutor {
    /// Runs operations on this schema.
    #[must_use]
    pub const fn new(schema: Schema) -> Self {
        Self { schema, plans: true }
    }

    /// Runs operations on this schema as async-graphql does, without plans: the reference for tests.
    #[must_use]
    pub const fn without_plans(schema: Schema) -> Self {
        Self { schema, plans: false }
    }

    fn prepare(&self, request: Request) -> Request {
        if self.plans { request } else { request.data(PlainReads) }
    }
}

impl Executor for SchemaExecutor {
    fn execute(&self, request: Request) -> impl Future<Output = Response> + Send {
        execute(self.schema.clone(), self.prepare(request))
    }

    fn execute_stream(&self, request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        self.schema.execute_stream_with_session_data(self.prepare(request), session_data.unwrap_or_default())
    }
}

#[inline(never)]
fn execute(schema: Schema, request: Request) -> BoxFuture<'static, Response> {
    Box::pin(async move { schema.execute(request).await })
}
