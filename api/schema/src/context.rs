//! Access to the request's data in a resolver: the app, the caller, the loaders.

use std::net::Ipv4Addr;
use std::sync::{Arc, OnceLock};

use app::App;
use app::session::Client;
use async_graphql::{Context, ContextBase};
use domain::id::ProjectId;
use domain::{Caller, Language};

use super::error::{ApiError, ApiResult};
use super::loaders::Loaders;

/// Accessors of the request's data.
pub trait ContextExt {
    /// The application: database, object store, clock.
    fn app(&self) -> &App;
    /// The signed-in person.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` if no person is signed in.
    fn caller(&self) -> ApiResult<&Arc<Caller>>;
    /// The context of a use case: the app and the signed-in person.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` if no person is signed in.
    fn acting(&self) -> ApiResult<app::Context<'_>>;
    /// The network client that sent the request.
    fn client(&self) -> Client;
    /// The signed-in person, if there is one.
    fn maybe_caller(&self) -> Option<&Arc<Caller>>;
    /// The language of messages: the person's, or before the sign-in the one that the client prefers.
    fn language(&self) -> Language;
    /// Whether the caller is staff of the project, not an owner in it.
    fn is_staff_of(&self, project_id: ProjectId) -> bool;
    /// The request's loaders.
    fn loaders(&self) -> &Loaders;
}

/// The person who signs in by the request itself; later fields of the request run as this person.
#[derive(Default)]
pub struct RequestSession(OnceLock<(Arc<Caller>, Loaders)>);

impl RequestSession {
    /// Continues as this person; false if another person has signed in before in the same request.
    pub fn sign_in_as(ctx: &Context<'_>, caller: &Arc<Caller>) -> bool {
        let begin = || (Arc::clone(caller), Loaders::new(ctx.app(), Some(Arc::clone(caller)), ctx.data_unchecked()));
        ctx.data_unchecked::<Self>().0.get_or_init(begin).0.person_id == caller.person_id
    }

    fn of<'c, I>(ctx: &'c ContextBase<'_, I>) -> Option<&'c (Arc<Caller>, Loaders)> {
        ctx.data_unchecked::<Self>().0.get()
    }
}

fn current_caller<'c, I>(ctx: &'c ContextBase<'_, I>) -> Option<&'c Arc<Caller>> {
    RequestSession::of(ctx).map(|(caller, _)| caller).or_else(|| ctx.data_opt::<Arc<Caller>>())
}

impl<I> ContextExt for ContextBase<'_, I> {
    fn app(&self) -> &App {
        self.data_unchecked::<App>()
    }

    fn caller(&self) -> ApiResult<&Arc<Caller>> {
        current_caller(self).ok_or(ApiError::Unauthenticated)
    }

    fn acting(&self) -> ApiResult<app::Context<'_>> {
        Ok(app::Context::new(self.app(), self.caller()?))
    }

    fn client(&self) -> Client {
        match self.data_opt::<transport::Client>() {
            Some(client) => Client { gone: client.gone.clone(), ..Client::new(client.address) },
            // A schema that is asked without a transport.
            None => Client::new(Ipv4Addr::UNSPECIFIED.into()),
        }
    }

    fn maybe_caller(&self) -> Option<&Arc<Caller>> {
        current_caller(self)
    }

    fn language(&self) -> Language {
        let preferred = || self.data_opt::<transport::Client>().map_or(Language::En, |client| client.language);
        current_caller(self).map_or_else(preferred, |caller| caller.language)
    }

    fn is_staff_of(&self, project_id: ProjectId) -> bool {
        current_caller(self).is_some_and(|caller| caller.is_staff_of(project_id))
    }

    fn loaders(&self) -> &Loaders {
        RequestSession::of(self).map_or_else(|| self.data_unchecked::<Loaders>(), |(_, loaders)| loaders)
    }
}
