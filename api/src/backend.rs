//! The application behind the transport: who holds a token, what resolvers find in their context, what must work.

use std::sync::Arc;

use app::App;
use async_graphql::Request;
use domain::Caller;
use futures::FutureExt;
use uuid::Uuid;

use crate::graphql::error::BoxError;
use crate::graphql::loaders::Loaders;
use crate::graphql::loading::BatchQueue;
use crate::http::{AccessToken, Check, Hooks};

/// The application as the transport asks for it.
pub struct Backend {
    app: App,
}

impl Backend {
    /// Behind the transport.
    #[must_use]
    pub const fn new(app: App) -> Self {
        Self { app }
    }
}

impl Hooks for Backend {
    type Caller = Caller;

    async fn authenticate(&self, token: &AccessToken) -> Result<Option<Arc<Caller>>, BoxError> {
        Ok(app::session::authenticate::authenticate(&self.app, token.secret()).await?)
    }

    fn person(&self, caller: &Caller) -> Uuid {
        caller.person_id
    }

    fn prepare(&self, request: Request, caller: Option<Arc<Caller>>, queue: &BatchQueue) -> Request {
        let loaders = Loaders::new(&self.app, caller.clone(), queue);
        let request = request.data(self.app.clone()).data(loaders);
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
