//! The application behind the transport: authentication, the context of resolvers, and readiness.

use std::net::IpAddr;
use std::sync::Arc;

use app::App;
use async_graphql::Request;
use axum::Router;
use domain::{Caller, Language};
use futures::FutureExt;
use schema::context::RequestSession;
use schema::error::ApiError;
use schema::executor::SchemaExecutor;
use schema::info::ApiLimits;
use schema::loaders::Loaders;
use schema::profile::PROFILE;
use transport::batch::BatchQueue;
use transport::limits::{BODY_BYTES_PER_POINT, DOCUMENT_BYTES_PER_POINT};
use transport::{AccessToken, Application, BoxError, Check, Fault, SchemaError, Settings, Transport};
use uuid::Uuid;

/// The application as the transport uses it.
struct HandoverApplication {
    app: App,
}

/// The whole server, together with `pages`.
///
/// # Errors
/// When the schema's SDL cannot be parsed.
pub fn transport(app: App, settings: Settings, pages: Router) -> Result<Transport, SchemaError> {
    let schema = settings.schema(schema::schema()).data(api_limits(&settings)).finish();
    let (sdl, executor) = (schema.sdl(), SchemaExecutor::new(schema));
    transport::router(executor, &sdl, &PROFILE, Arc::new(HandoverApplication { app }), settings, pages)
}

impl Application for HandoverApplication {
    type Caller = Caller;

    async fn authenticate(&self, token: &AccessToken, address: IpAddr) -> Result<Option<Arc<Caller>>, Fault> {
        let found = app::session::authenticate::authenticate(&self.app, token.secret(), address).await;
        found.map_err(|error| ApiError::from(error).into())
    }

    fn session_ended(&self, token: &AccessToken) -> impl Future<Output = ()> + Send + 'static {
        app::live::session_ended(self.app.clone(), token.secret().to_owned())
    }

    fn person(&self, caller: &Caller) -> Uuid {
        caller.person_id.uuid()
    }

    fn language(&self, caller: &Caller) -> Language {
        caller.language
    }

    fn add_request_data(&self, mut request: Request, caller: Option<Arc<Caller>>, queue: &BatchQueue) -> Request {
        schema::sync::readable::make_readable(&mut request);
        let loaders = Loaders::new(&self.app, caller.clone(), queue);
        let request = request.data(self.app.clone()).data(loaders).data(queue.clone()).data(RequestSession::default());
        match caller {
            Some(caller) => request.data(caller),
            None => request,
        }
    }

    fn checks(&self) -> Vec<Check<'_>> {
        let database = async { self.app.db.check().await.map_err(BoxError::from) }.boxed();
        let objects = async { self.app.objects.ready().await.map_err(BoxError::from) }.boxed();
        vec![Check { part: "database", probe: database }, Check { part: "store", probe: objects }]
    }
}

/// The part of the schema that the transport's limits need.
fn api_limits(settings: &Settings) -> ApiLimits {
    let limits = &settings.limits;
    ApiLimits {
        body_bytes: settings.body_bytes as u64,
        anonymous_body_bytes: settings.anonymous_body_bytes as u64,
        document_bytes: limits.document_bytes as u64,
        depth: limits.depth,
        cost: limits.cost,
        root_fields: limits.root_fields,
        aliases: limits.aliases,
        query_seconds: settings.query_timeout.as_secs(),
        answer_objects: limits.answer.objects,
        answer_bytes: limits.answer.bytes,
        points: settings.rate.map(|rate| rate.points as u64),
        points_per_second: settings.rate.map(|rate| rate.per_second as u64),
        document_bytes_per_point: DOCUMENT_BYTES_PER_POINT as u64,
        body_bytes_per_point: BODY_BYTES_PER_POINT as u64,
    }
}
