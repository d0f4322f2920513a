//! The schema as the transport runs it.

use std::sync::Arc;

use async_graphql::{Data, Executor, Request, Response};
use futures::future::BoxFuture;
use futures::stream::BoxStream;

use super::Schema;

/// Runs operations on the schema.
///
/// Its futures are boxed by functions without type parameters, so that the resolvers are compiled in this package once,
/// and not again in each package that runs operations.
#[derive(Clone)]
pub struct SchemaExecutor(Schema);

impl SchemaExecutor {
    /// Runs operations on this schema.
    #[must_use]
    pub fn new(schema: Schema) -> Self {
        Self(schema)
    }
}

impl Executor for SchemaExecutor {
    fn execute(&self, request: Request) -> impl Future<Output = Response> + Send {
        execute(self.0.clone(), request)
    }

    fn execute_stream(&self, request: Request, session_data: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        self.0.execute_stream_with_session_data(request, session_data.unwrap_or_default())
    }
}

#[inline(never)]
fn execute(schema: Schema, request: Request) -> BoxFuture<'static, Response> {
    Box::pin(async move { schema.execute(request).await })
}
