//! Companies, people, and their positions in a project.

use app::people::read::end_reason;
use async_graphql::{Context, Object};
use domain::id::{CompanyId, PersonId};
use domain::{Party, Role, Timestamp};
use store::columns::Columns;
use store::entity::{companies, memberships, people};
use store::partial::Partial;

use super::types::row_type;
use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::loaders::{BatchLoader, Loaders};
use crate::plan::{ById, ToOne, by_id, planned};
use crate::scalars::{DateTime, Uid};

row_type! {
    /// A company that takes part in a project.
    Company(companies::Model);
    /// A person.
    Person(Partial<people::Model>);
    /// A person with a role in the project. Staff only.
    Member(memberships::Model);
}

impl From<people::Model> for Person {
    fn from(row: people::Model) -> Self {
        Partial::whole(row).into()
    }
}

#[Object(use_type_description)]
impl Company {
    /// The company's id.
    pub async fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The company's code, unique in the project.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// The company's name.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// Which party it is.
    fn kind(&self) -> Party {
        self.0.kind
    }
}

#[Object(use_type_description)]
impl Person {
    /// The person's id.
    pub async fn id(&self) -> Uid {
        self.0.id().into()
    }

    /// The person's name.
    fn name(&self) -> ApiResult<&str> {
        Ok(self.0.name()?)
    }

    /// The phone, if one is known, as it was written.
    fn phone(&self) -> ApiResult<Option<&str>> {
        Ok(self.0.phone()?.as_deref())
    }
}

#[Object(use_type_description)]
impl Member {
    /// The membership's id. Another role or company is another membership.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// Who it is.
    fn person(&self) -> ToOne<Person> {
        ToOne::by(self.0.person_id)
    }

    /// The company for which the role is held.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// What the person does in the project.
    fn role(&self) -> Role {
        self.0.role
    }

    /// When the role was given; null for roles that are older than this record.
    fn since(&self) -> Option<DateTime> {
        self.0.added_at.map(moment)
    }

    /// When the role ended; null while it counts.
    fn until(&self) -> Option<DateTime> {
        self.0.ended_at.map(moment)
    }

    /// Why the role ended, for the person and for those who may end such a role; null for everybody else, and while it
    /// counts.
    fn end_reason(&self, ctx: &Context<'_>) -> ApiResult<Option<&str>> {
        Ok(end_reason(ctx.caller()?, &self.0))
    }
}

fn moment(micros: i64) -> DateTime {
    DateTime(Timestamp(micros))
}

by_id! {
    Company: CompanyId = project.companies;
}

impl ById for Person {
    type Id = PersonId;

    /// The right to read a phone number is checked only if the phone is selected.
    fn loader(loaders: &Loaders, columns: Columns) -> &BatchLoader<PersonId, Self> {
        if columns.contains(people::Column::Phone) { &loaders.project.people } else { &loaders.project.named_people }
    }
}

planned! {
    Company {
        "id" => value(|object| Uid::from(object.0.id));
        "code" => leaf(code);
        "name" => leaf(name);
        "kind" => leaf(kind);
    }
}

planned! {
    Person [people: Id] {
        "id" => value(|object| Uid::from(object.0.id()));
        "name" => leaf(name) [Name];
        "phone" => leaf(phone) [Phone];
    }
}

planned! {
    Member {
        "id" => leaf(id);
        "person" => one(person);
        "company" => one(company);
        "role" => leaf(role);
        "since" => leaf(since);
        "until" => leaf(until);
        "endReason" => leaf(end_reason);
    }
}
