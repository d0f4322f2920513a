//! The context of a request: what every use case that changes something works with.

use domain::Caller;
use domain::id::ProjectId;
use store::boxed;

use crate::App;
use crate::error::Result;
use crate::operation::OperationContext;
use crate::unit_of_work::UnitOfWork;

/// Who does something, and by which operation of a device.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The database, the object store, the clock.
    pub app: &'a App,
    /// The person who does it.
    pub caller: &'a Caller,
    /// The operation that does it; none for a single mutation.
    pub operation: Option<&'a OperationContext>,
}

impl<'a> Context<'a> {
    /// The context of a person who does something by a single mutation.
    #[must_use]
    pub const fn new(app: &'a App, caller: &'a Caller) -> Self {
        Self { app, caller, operation: None }
    }

    /// The same context for an operation: each change committed in it answers the operation.
    #[must_use]
    pub const fn with_operation(self, operation: &'a OperationContext) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Begins a unit of work for the caller.
    ///
    /// # Errors
    /// When the database cannot be reached.
    #[boxed]
    pub async fn begin(&self) -> Result<UnitOfWork> {
        let mut work = UnitOfWork::begin(self.app, Some(self.caller.person_id), self.operation).await?;
        work.only_unit = self.caller.only_unit;
        Ok(work)
    }
}

impl App {
    /// Begins a unit of work of the server itself in a project: its events name no person.
    ///
    /// # Errors
    /// When the database cannot be reached.
    #[boxed]
    pub async fn begin_by_server(&self, project_id: ProjectId) -> Result<UnitOfWork> {
        let mut work = UnitOfWork::begin(self, None, None).await?;
        work.act_as_system(project_id);
        Ok(work)
    }
}
