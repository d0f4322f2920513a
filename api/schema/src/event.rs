//! Events: what happened, with both clocks.

use app::people::read::event_reason;
use async_graphql::{Context, Object};
use domain::event::EventName;
use domain::object_kind::ObjectKind;
use domain::{Party, Role};
use store::entity::events;

use super::context::ContextExt;
use super::error::ApiResult;
use super::project::types::{Company, Person, row_type};
use super::scalars::{DateTime, Uid};

row_type! {
    /// What happened to an object. Events are never changed or deleted.
    Event(events::Model);
}

#[Object(use_type_description)]
impl Event {
    /// The event's id.
    async fn id(&self) -> Uid {
        Uid(self.0.id)
    }

    /// What happened.
    async fn name(&self) -> EventName {
        self.0.name
    }

    /// The kind of object.
    async fn object_kind(&self) -> ObjectKind {
        self.0.object_kind
    }

    /// The object.
    async fn object_id(&self) -> Uid {
        Uid(self.0.object_id)
    }

    /// The status before. Staff only.
    async fn from(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.from_status.as_deref().filter(|_| ctx.is_staff_of(self.0.project_id))
    }

    /// The status afterwards. Staff only.
    async fn to(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.to_status.as_deref().filter(|_| ctx.is_staff_of(self.0.project_id))
    }

    /// Who did it; for owners only themselves.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load_optional(self.0.person_id).await
    }

    /// For which company. Staff only.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load_optional(self.0.company_id).await
    }

    /// In which role.
    async fn role(&self) -> Option<Role> {
        self.0.role
    }

    /// Of which party.
    async fn party(&self) -> Option<Party> {
        self.0.party
    }

    /// Why. Staff only, and whoever did it; why a role ended only for the person and for those who may end such a role.
    async fn reason(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        Ok(event_reason(ctx.caller()?, &self.0))
    }

    /// Whatever else is worth knowing, as JSON. Staff only.
    async fn data(&self, ctx: &Context<'_>) -> Option<async_graphql::Json<serde_json::Value>> {
        let shown = ctx.is_staff_of(self.0.project_id) && !self.0.data.is_null();
        shown.then(|| async_graphql::Json(self.0.data.clone()))
    }

    /// When it happened, by the device's clock.
    async fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// Whether the device's clock showed a time that cannot be, or none that can be read: `occurredAt` is then the
    /// server's.
    async fn time_doubted(&self) -> bool {
        self.0.time_doubted
    }

    /// When the server got it.
    async fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// The change number: events of a project are in the order of their commits.
    async fn seq(&self) -> i64 {
        self.0.seq
    }
}
