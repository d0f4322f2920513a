//! Invitations that wait, and what the holder of a link may know of it.

use app::credentials::LinkKind as Kind;
use app::credentials::invitation::{Invited, InvitedUnit as Owned};
use app::credentials::read::OpenLink;
use async_graphql::{Context, Enum, Object};
use domain::id::ProjectId;
use domain::unit::OwnerKind;
use domain::{Language, Role, Timestamp};
use store::entity::one_time_links;

use crate::context::ContextExt;
use crate::error::ApiResult;
use crate::page::{Connection, Paging, connection};
use crate::plan::{ToOne, planned};
use crate::project::types::{Company, Person, row_type};
use crate::scalars::{DateTime, Day, Uid};
use crate::unit::types::Unit;

row_type! {
    /// An invitation to a project that has not been accepted, withdrawn or run out. Only for those who may withdraw it.
    Invitation(one_time_links::Model);
}

#[Object(use_type_description)]
impl Invitation {
    /// The invitation's id, for `invitationRevoke`.
    fn id(&self) -> Uid {
        self.0.id.into()
    }

    /// The login that is invited, in lower case. Nothing says whether a person has it already.
    fn login(&self) -> &str {
        self.0.login.as_deref().unwrap_or_default()
    }

    /// The name that the inviter gave; a person who is there already keeps the own one.
    fn name(&self) -> &str {
        self.0.name.as_deref().unwrap_or_default()
    }

    /// The phone that the inviter gave, as it was written; null without one.
    fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The e-mail address that the inviter gave; null without one.
    fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// The language of messages to the person, if the person is new.
    fn language(&self) -> Language {
        self.0.language.unwrap_or(Language::En)
    }

    /// The role that begins at the acceptance, `OWNER` for owners of units.
    fn role(&self) -> Role {
        self.0.role.unwrap_or(Role::Owner)
    }

    /// The company for which the role will be held; null for owners.
    fn company(&self) -> ToOne<Company> {
        ToOne::by(self.0.company_id)
    }

    /// The units that the person will own; empty for staff.
    fn owned_units(&self) -> ApiResult<Vec<InvitedUnit>> {
        let units = match Invited::of(&self.0)? {
            Invited::Owner { units } => units,
            Invited::Member { .. } => Vec::new(),
        };
        Ok(units.into_iter().map(InvitedUnit).collect())
    }

    /// Who made the invitation; null for the command line.
    fn invited_by(&self) -> ToOne<Person> {
        ToOne::by(self.0.made_by)
    }

    /// When it was made.
    fn created_at(&self) -> DateTime {
        DateTime(Timestamp(self.0.created_at))
    }

    /// When it runs out: 7 days after it was made.
    fn expires_at(&self) -> DateTime {
        DateTime(Timestamp(self.0.expires_at))
    }
}

/// A unit that an invited person will own.
#[derive(async_graphql::Description, Clone)]
pub struct InvitedUnit(Owned);

#[Object(use_type_description)]
impl InvitedUnit {
    /// The unit.
    fn unit(&self) -> ToOne<Unit> {
        ToOne::by(self.0.unit_id)
    }

    /// Owner, co-owner or proxy.
    fn kind(&self) -> OwnerKind {
        self.0.kind
    }

    /// The last day of a proxy's power; null for a power without end, and for owners.
    fn until(&self) -> Option<Day> {
        self.0.until.map(Day)
    }
}

/// The open invitations of a project that the viewer may withdraw.
///
/// # Errors
/// `BAD_PAGE`, `BAD_CURSOR`, or an internal error.
pub async fn invitations(
    ctx: &Context<'_>,
    project_id: ProjectId,
    paging: &Paging,
) -> ApiResult<Connection<Invitation>> {
    const LIST: &str = "invitations";
    let request = paging.request(LIST)?;
    let page = app::credentials::invitations::list(ctx.app(), ctx.caller()?, project_id, &request).await?;
    Ok(connection(page, LIST))
}

/// The purpose of a link that works once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LinkKind {
    /// To join a project, by `invitationAccept`.
    Invitation,
    /// To set a new password, by `passwordReset`.
    PasswordReset,
}

impl From<Kind> for LinkKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Invitation => Self::Invitation,
            Kind::PasswordReset => Self::PasswordReset,
        }
    }
}

/// A link that can still be used.
pub struct OneTimeLink(pub OpenLink);

/// A link that can still be used, for the page that opens it: everybody who holds the token may read this.
#[Object]
impl OneTimeLink {
    /// The purpose of the link.
    fn kind(&self) -> LinkKind {
        self.0.kind.into()
    }

    /// The login that it is for. Nothing says whether a person has it already.
    fn login(&self) -> &str {
        &self.0.login
    }

    /// When it runs out.
    fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// The name of the project to join; null for a password reset.
    fn project_name(&self) -> Option<&str> {
        self.0.project.as_deref()
    }

    /// The name of the company for which the role will be held; null for owners and for a password reset.
    fn company_name(&self) -> Option<&str> {
        self.0.company.as_deref()
    }

    /// The role in the project, `OWNER` for owners of units; null for a password reset.
    fn role(&self) -> Option<Role> {
        self.0.role
    }

    /// The codes of the units that the person will own; empty for staff and for a password reset.
    fn unit_codes(&self) -> &[String] {
        &self.0.units
    }
}

planned! {
    Invitation {
        "id" => leaf(id);
        "login" => leaf(login);
        "name" => leaf(name);
        "phone" => leaf(phone);
        "email" => leaf(email);
        "language" => leaf(language);
        "role" => leaf(role);
        "company" => one(company);
        "ownedUnits" => part(owned_units);
        "invitedBy" => one(invited_by);
        "createdAt" => leaf(created_at);
        "expiresAt" => leaf(expires_at);
    }
}

planned! {
    InvitedUnit {
        "unit" => one(unit);
        "kind" => leaf(kind);
        "until" => leaf(until);
    }
}
