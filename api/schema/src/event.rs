//! Events: what happened, with both clocks.

use app::people::read::event_reason;
use async_graphql::{Context, Json, Object};
use domain::event::EventName;
use domain::event::named::{hide_assignees, hide_defects, named_defects};
use domain::id::{CompanyId, DefectId};
use domain::object_kind::ObjectKind;
use domain::{Party, Role};
use futures::future::try_join_all;
use serde_json::Value;
use store::entity::events;

use super::context::ContextExt;
use super::error::ApiResult;
use super::project::types::{Company, Person, row_type};
use super::scalars::{DateTime, Uid};
use crate::plan::{ToOne, planned};

row_type! {
    /// A recorded change of an object. Events are never changed or deleted.
    Event(events::Model);
}

#[Object(use_type_description)]
impl Event {
    /// The event's id.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// What happened.
    fn name(&self) -> EventName {
        self.0.name
    }

    /// The kind of object.
    fn object_kind(&self) -> ObjectKind {
        self.0.object_kind
    }

    /// The object.
    fn object_id(&self) -> Uid {
        Uid(self.0.object_id)
    }

    /// The status before. Staff only.
    fn from(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.from_status.as_deref().filter(|_| ctx.is_staff_of(self.0.project_id))
    }

    /// The status afterwards. Staff only.
    fn to(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.to_status.as_deref().filter(|_| ctx.is_staff_of(self.0.project_id))
    }

    /// Who did it; for owners only themselves.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// For which company. Staff only.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// In which role.
    fn role(&self) -> Option<Role> {
        self.0.role
    }

    /// Of which party.
    fn party(&self) -> Option<Party> {
        self.0.party
    }

    /// The reason. Staff and the acting person only; the reason for the end of a role only for the person and for those
    /// who may end such a role.
    fn reason(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        Ok(event_reason(ctx.caller()?, &self.0))
    }

    /// Further data of the event, as JSON. Staff only. Null stands for the ids of defects that a contractor does not
    /// see, and for people whom another contractor named as assignees.
    async fn data(&self, ctx: &Context<'_>) -> ApiResult<Option<Json<Value>>> {
        if !ctx.is_staff_of(self.0.project_id) || self.0.data.is_null() {
            return Ok(None);
        }
        let actor = ctx.caller()?.actor_in(self.0.project_id);
        let contractor = actor.filter(|actor| actor.party() == Party::Contractor).and_then(|actor| actor.company_id());
        Ok(Some(Json(match contractor {
            Some(company_id) => self.data_for_contractor(ctx, company_id).await?,
            None => self.0.data.clone(),
        })))
    }

    /// When it happened, by the device's clock.
    fn occurred_at(&self) -> DateTime {
        self.0.occurred_at.into()
    }

    /// Whether the device's clock showed a time that cannot be, or none that can be read: `occurredAt` is then the
    /// server's.
    fn time_doubted(&self) -> bool {
        self.0.time_doubted
    }

    /// When the server got it.
    fn recorded_at(&self) -> DateTime {
        self.0.recorded_at.into()
    }

    /// The change number: events of a project are in the order of their commits.
    fn seq(&self) -> i64 {
        self.0.seq
    }
}

impl Event {
    /// The data without the ids that the contractor may not see.
    async fn data_for_contractor(&self, ctx: &Context<'_>, company_id: CompanyId) -> ApiResult<Value> {
        let (name, mut data) = (self.0.name, self.0.data.clone());
        let defects = &ctx.loaders().defect.defects;
        let found = try_join_all(named_defects(name, &data).into_iter().map(|id| defects.load(id))).await?;
        let seen: Vec<DefectId> = found.into_iter().flatten().map(|defect| defect.0.id()).collect();
        hide_defects(name, &mut data, &seen);
        hide_assignees(name, &mut data, self.0.company_id, company_id);
        Ok(data)
    }
}

planned! {
    Event {
        "id" => leaf(id);
        "name" => leaf(name);
        "objectKind" => leaf(object_kind);
        "objectId" => leaf(object_id);
        "from" => leaf(from);
        "to" => leaf(to);
        "person" => one(person);
        "company" => one(company);
        "role" => leaf(role);
        "party" => leaf(party);
        "reason" => leaf(reason);
        "data" => asked();
        "occurredAt" => leaf(occurred_at);
        "timeDoubted" => leaf(time_doubted);
        "recordedAt" => leaf(recorded_at);
        "seq" => leaf(seq);
    }
}
