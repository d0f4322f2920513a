//! The inputs of invitations and passwords.

use async_graphql::InputObject;
use domain::id::{CompanyId, OneTimeLinkId, PersonId, ProjectId, UnitId};
use domain::unit::OwnerKind;
use domain::{Language, Role};

use crate::scalars::{Day, Uid};

/// The person to invite, and the position to give: a role for a company, or units to own.
#[derive(InputObject)]
pub struct MemberInviteInput {
    /// The invitation's id, a UUID of version 7 made by the client. Sent twice it is one invitation.
    pub invitation_id: Uid<OneTimeLinkId>,
    /// The project.
    pub project_id: Uid<ProjectId>,
    /// The login: letters a to z, digits and `. _ - @ +`, at most 100 characters. Case does not matter.
    pub login: String,
    /// The person's name, at most 200 characters; a person who is there already keeps the own one. Only an
    /// administrator invites to a role under the name of another person who has one in the project, or under one script
    /// of a name in two.
    pub name: String,
    /// The person's phone, at most 40 characters; a person who is there already keeps the own one.
    pub phone: Option<String>,
    /// The person's e-mail address, at most 254 characters; a person who is there already keeps the own one. The
    /// invitation is sent to it, or to the phone.
    pub email: Option<String>,
    /// The language of messages to the person; English if left out, the own one of a person who is there already.
    pub language: Option<Language>,
    /// Of staff, the company. Left out for owners.
    pub company_id: Option<Uid<CompanyId>>,
    /// Of staff, the role; one that fits the company's kind. Left out for owners.
    pub role: Option<Role>,
    /// Of owners, the units, 1 to 50. Left out for staff.
    pub owned_units: Option<Vec<InvitedUnitInput>>,
}

/// A unit that the invited person will own.
#[derive(InputObject)]
pub struct InvitedUnitInput {
    /// The unit, a home of the project.
    pub unit_id: Uid<UnitId>,
    /// Owner, co-owner or proxy.
    pub kind: OwnerKind,
    /// The last day of a proxy's power in the project's time zone, which counts whole; at most ten years ahead. Left
    /// out for a power without end, and for owners and co-owners.
    pub until: Option<Day>,
}

/// Which invitation to withdraw.
#[derive(InputObject)]
pub struct InvitationRevokeInput {
    /// The invitation.
    pub invitation_id: Uid<OneTimeLinkId>,
}

/// The link's token, and the password of a new person.
#[derive(InputObject)]
pub struct InvitationAcceptInput {
    /// The token behind the `#` of the link.
    #[graphql(secret)]
    pub token: String,
    /// The password that a new person chooses: 10 to 128 characters, not one of the most used ones, not the login. Left
    /// out by a person who is signed in as the invited login.
    #[graphql(secret)]
    pub password: Option<String>,
}

/// The current and the new password.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The password of now.
    #[graphql(secret)]
    pub current_password: String,
    /// The new one: 10 to 128 characters, not one of the most used ones, not the login.
    #[graphql(secret)]
    pub new_password: String,
}

/// Whose password shall be set anew.
#[derive(InputObject)]
pub struct PasswordResetCreateInput {
    /// The person.
    pub person_id: Uid<PersonId>,
}

/// Which reset link to withdraw.
#[derive(InputObject)]
pub struct PasswordResetRevokeInput {
    /// The id that `passwordResetCreate` answered.
    pub reset_id: Uid<OneTimeLinkId>,
}

/// The link's token and the new password.
#[derive(InputObject)]
pub struct PasswordResetInput {
    /// The token behind the `#` of the link.
    #[graphql(secret)]
    pub token: String,
    /// The new password: 10 to 128 characters, not one of the most used ones, not the login.
    #[graphql(secret)]
    pub password: String,
}
