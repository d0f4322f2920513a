//! The application behind the transport: who holds a token, what resolvers find in their context, what must work.

use std::net::IpAddr;
use std::sync::Arc;

use app::App;
use async_graphql::Request;
use axum::Router;
use domain::{Caller, Language};
use futures::FutureExt;
use uuid::Uuid;

use crate::graphql::ask::SignIn;
use crate::graphql::error::BoxError;
use crate::graphql::loaders::Loaders;
use crate::graphql::loading::BatchQueue;
use crate::http::{self, AccessToken, Check, Hooks, SchemaError, Settings, Transport};

/// The application as the transport asks for it.
struct Backend {
    app: App,
}

/// The whole server, beside `pages`. Put together here, for whoever names the schema's type compiles all of it again.
///
/// # Errors
/// When the schema's own text cannot be read.
pub fn transport(app: App, settings: Settings, pages: Router) -> Result<Transport, SchemaError> {
    let schema = settings.schema(crate::graphql::schema()).finish();
    http::router(schema, Arc::new(Backend { app }), settings, pages)
}

impl Hooks for Backend {
    type Caller = Caller;

    async fn authenticate(&self, token: &AccessToken, address: IpAddr) -> Result<Option<Arc<Caller>>, BoxError> {
        Ok(app::session::authenticate::authenticate(&self.app, token.secret(), address).await?)
    }

    fn outlive(&self, token: &AccessToken) -> impl Future<Output = ()> + Send + 'static {
        app::live::outlive(self.app.clone(), token.secret().to_owned())
    }

    fn person(&self, caller: &Caller) -> Uuid {
        caller.person_id
    }

    fn language(&self, caller: &Caller) -> Language {
        caller.language
    }

    fn prepare(&self, mut request: Request, caller: Option<Arc<Caller>>, queue: &BatchQueue) -> Request {
        crate::graphql::sync::readable::make_readable(&mut request);
        let loaders = Loaders::new(&self.app, caller.clone(), queue);
        let request = request.data(self.app.clone()).data(loaders).data(queue.clone()).data(SignIn::default());
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
