//! What a resolver asks its context for: the app, the caller, the loaders.

use std::sync::Arc;

use app::App;
use async_graphql::Context;
use domain::{Caller, Language};
use uuid::Uuid;

use super::error::{ApiError, ApiResult};
use super::loaders::Loaders;

/// Short ways to what a request carries.
pub trait Ask {
    /// The use cases' world.
    fn app(&self) -> &App;
    /// The signed-in person.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` for nobody.
    fn caller(&self) -> ApiResult<&Arc<Caller>>;
    /// The language of messages.
    fn language(&self) -> Language;
    /// Whether the caller is staff of the project, not an owner in it.
    fn is_staff_of(&self, project_id: Uuid) -> bool;
    /// The request's loaders.
    fn loaders(&self) -> &Loaders;
}

impl Ask for Context<'_> {
    fn app(&self) -> &App {
        self.data_unchecked::<App>()
    }

    fn caller(&self) -> ApiResult<&Arc<Caller>> {
        self.data_opt::<Arc<Caller>>().ok_or(ApiError::Unauthenticated)
    }

    fn language(&self) -> Language {
        self.data_opt::<Arc<Caller>>().map_or(Language::En, |caller| caller.language)
    }

    fn is_staff_of(&self, project_id: Uuid) -> bool {
        self.data_opt::<Arc<Caller>>().is_some_and(|caller| caller.is_staff_of(project_id))
    }

    fn loaders(&self) -> &Loaders {
        self.data_unchecked::<Loaders>()
    }
}
