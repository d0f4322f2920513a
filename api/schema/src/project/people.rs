//! Companies, people, and their positions in a project.

use app::people::addresses::number_of;
use app::people::read::end_reason;
use async_graphql::{Context, Object};
use domain::{Party, Role, Timestamp};
use store::entity::{companies, memberships, people};
use store::projects::ListedPerson;

use super::types::row_type;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::scalars::{DateTime, Uid};

row_type! {
    /// A company that takes part in a project.
    Company(companies::Model);
    /// A person.
    Person(ListedPerson);
    /// A person with a role in the project. Staff only.
    Member(memberships::Model);
}

impl From<people::Model> for Person {
    fn from(row: people::Model) -> Self {
        ListedPerson::from(row).into()
    }
}

#[Object(use_type_description)]
impl Company {
    /// The company's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The company's code, unique in the project.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// The company's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Which party it is.
    async fn kind(&self) -> Party {
        self.0.kind
    }
}

#[Object(use_type_description)]
impl Person {
    /// The person's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The person's name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The phone, if one is known, as it was written.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The phone as a number that messages are sent to, as E.164: `+8613812345678`. Null without a phone, and for one
    /// whose country cannot be known or that takes no messages.
    async fn phone_number(&self) -> Option<String> {
        number_of(self.0.phone.as_deref())
    }

    /// The e-mail address, if one is known.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }
}

#[Object(use_type_description)]
impl Member {
    /// The membership's id. Another role or company is another membership.
    async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Who it is.
    async fn person(&self, ctx: &Context<'_>) -> ApiResult<Option<Person>> {
        ctx.loaders().project.people.load(self.0.person_id).await
    }

    /// The company for which the role is held.
    async fn company(&self, ctx: &Context<'_>) -> ApiResult<Option<Company>> {
        ctx.loaders().project.companies.load(self.0.company_id).await
    }

    /// What the person does in the project.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// When the role was given; null for roles that are older than this record.
    async fn since(&self) -> Option<DateTime> {
        self.0.added_at.map(moment)
    }

    /// When the role ended; null while it counts.
    async fn until(&self) -> Option<DateTime> {
        self.0.ended_at.map(moment)
    }

    /// Why the role ended, for the person and for those who may end such a role; null for everybody else, and while it
    /// counts.
    async fn end_reason(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        Ok(end_reason(ctx.caller()?, &self.0))
    }
}

fn moment(micros: i64) -> DateTime {
    DateTime(Timestamp(micros))
}
