//! Who may bring people into a project, change their position in it, end it, or make a link that resets a password:
//! the one rule that commands, imports, invitations and password resets ask.

use crate::actor::{Actor, Caller};
use crate::id::{CompanyId, PersonId, ProjectId};
use crate::party::{Party, Role};
use crate::refusal::{Refusal, RefusalCode};

string_enum! {
    /// Why an ownership ended.
    pub enum OwnershipEndReason {
        /// The unit was sold to another person.
        Sold = "SOLD",
        /// The register now names another person by agreement, for example a spouse.
        NameChange = "NAME_CHANGE",
        /// The unit was inherited.
        Inherited = "INHERITED",
        /// A court or another authority decided so.
        Court = "COURT",
        /// The ownership was entered in error.
        Error = "ERROR",
        /// The power of a proxy was revoked, or ended before its last day.
        PowerEnded = "POWER_ENDED",
    }
}

/// A position in a project, one that a person holds or one that a person is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// A role for a company.
    Member {
        /// The company.
        company_id: CompanyId,
        /// The company's kind.
        company_kind: Party,
        /// Whether another person holds the place of the first one in the company, or, unless it is a contractor, in a
        /// company of its kind in the project.
        company_is_staffed: bool,
        /// The role.
        role: Role,
    },
    /// Owner, co-owner or proxy of a unit.
    Owner,
}

impl Position {
    /// The role of the position, [`Role::Owner`] for customers.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::Member { role, .. } => *role,
            Self::Owner => Role::Owner,
        }
    }

    /// Whether the role belongs to the kind of the company.
    fn is_sound(&self) -> bool {
        match self {
            Self::Member { company_kind, role, .. } => *role != Role::Owner && role.party() == *company_kind,
            Self::Owner => true,
        }
    }
}

/// A position that a person holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The project.
    pub project_id: ProjectId,
    /// The person.
    pub person_id: PersonId,
    /// The position.
    pub position: Position,
    /// How many delivery managers the project keeps without this person: those who can sign in, or all of them if this
    /// person cannot sign in either.
    pub other_managers: u64,
}

impl Held {
    /// Whether the project has no delivery manager without this position.
    fn is_last_manager(&self) -> bool {
        self.position.role() == Role::DeliveryManager && self.other_managers == 0
    }
}

/// What separates the login in a placeholder from its project: no login has this sign.
const PLACEHOLDER_MARK: char = '~';

/// The stored login of a placeholder: a person named by a delivery manager's import. Such an import neither reads nor
/// reveals whether the login exists outside the project. The placeholder can hold a role, own a unit and be assigned
/// defects, but cannot sign in. When the login's person accepts an invitation, the placeholder's positions pass on.
#[must_use]
pub fn placeholder_login(login: &str, project_id: ProjectId) -> String {
    format!("{login}{PLACEHOLDER_MARK}{}", project_id.uuid().as_simple())
}

/// The stored login of a person who has none: an owner who was entered with a name and a phone, and signs in by a link.
/// As every placeholder it is no login with which somebody could sign in.
#[must_use]
pub fn login_of_nobody(person_id: PersonId) -> String {
    format!("{PLACEHOLDER_MARK}{}", person_id.uuid().as_simple())
}

/// The login as people know it, of a placeholder too; empty for a person who has none.
#[must_use]
pub fn shown_login(login: &str) -> &str {
    login.split_once(PLACEHOLDER_MARK).map_or(login, |(login, _)| login)
}

/// Whether a stored login is that of a placeholder, which cannot sign in.
#[must_use]
pub fn is_placeholder(login: &str) -> bool {
    login.contains(PLACEHOLDER_MARK)
}

/// Whether the caller may bring a person into the project for this position: by invitation, by import, or by adding an
/// owner.
///
/// # Errors
/// `ROLE_NOT_OF_COMPANY`, `ROLE_NOT_ALLOWED`, `NOT_YOUR_COMPANY`, or `NOT_FOUND` for a caller without a position.
pub fn permit_invite(caller: &Caller, project_id: ProjectId, wanted: &Position) -> Result<(), Refusal> {
    check_right(caller, project_id, wanted)?;
    check_sound(wanted)
}

/// Whether the caller may give a position to a person who holds, or held, roles for these parties in the project. Four
/// eyes are of two parties, so only an administrator brings a person from one party to another.
///
/// # Errors
/// `ROLE_NOT_ALLOWED`.
pub fn permit_party(caller: &Caller, before: &[Party], wanted: &Position) -> Result<(), Refusal> {
    let party = wanted.role().party();
    let changes = |earlier: &Party| *earlier != Party::Customer && party != Party::Customer && *earlier != party;
    if !caller.administrator && before.iter().any(changes) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    Ok(())
}

/// Whether the caller may change a person's role or company. Both positions must be within the caller's right, and of
/// one party ([`permit_party`]).
///
/// # Errors
/// As [`permit_invite`]; `OWN_ROLE`; `LAST_MANAGER`.
pub fn permit_set(caller: &Caller, held: &Held, wanted: &Position) -> Result<(), Refusal> {
    check_right(caller, held.project_id, &held.position)?;
    check_right(caller, held.project_id, wanted)?;
    check_not_own(caller, held)?;
    check_sound(wanted)?;
    permit_party(caller, &[held.position.role().party()], wanted)?;
    if held.is_last_manager() && wanted.role() != Role::DeliveryManager {
        return Err(RefusalCode::LastManager.into());
    }
    Ok(())
}

/// Whether the caller may end a person's role or ownership.
///
/// # Errors
/// `ROLE_NOT_ALLOWED`, `NOT_YOUR_COMPANY`, `OWN_ROLE`, `LAST_MANAGER`, or `NOT_FOUND` for a caller without a position.
pub fn permit_end(caller: &Caller, held: &Held) -> Result<(), Refusal> {
    check_right(caller, held.project_id, &held.position)?;
    check_not_own(caller, held)?;
    if held.is_last_manager() { Err(RefusalCode::LastManager.into()) } else { Ok(()) }
}

/// Whether the caller may read why a person's role for a company ended. It may be a dismissal, so it is for the person
/// and for those who may end such a role.
#[must_use]
pub fn reads_end_reason(caller: &Caller, project_id: ProjectId, company_id: CompanyId, person_id: PersonId) -> bool {
    caller.person_id == person_id || check_company(caller, project_id, company_id, true).is_ok()
}

/// Whether the caller may make a link with which a person sets a new password. A password opens every project, so the
/// caller needs the right over each position that the person holds in any project; an administrator's password is reset
/// by administrators only. A person changes the own password with the old one.
///
/// # Errors
/// `ROLE_NOT_ALLOWED`, whatever the reason is, so that the answer says nothing of other projects.
pub fn permit_password_reset(
    caller: &Caller,
    person_id: PersonId,
    person_is_administrator: bool,
    positions: &[(ProjectId, Position)],
) -> Result<(), Refusal> {
    if caller.administrator {
        return Ok(());
    }
    let all_within =
        || positions.iter().all(|(project_id, position)| check_right(caller, *project_id, position).is_ok());
    let may = caller.person_id != person_id && !person_is_administrator && !positions.is_empty() && all_within();
    if may { Ok(()) } else { Err(RefusalCode::RoleNotAllowed.into()) }
}

/// Whether the position is within the caller's right: an administrator every one; a delivery manager those of the own
/// company, and that of the first person of another one; the lead of each other party those of the own company;
/// delivery manager and customer relations owners.
fn check_right(caller: &Caller, project_id: ProjectId, position: &Position) -> Result<(), Refusal> {
    match position {
        Position::Member { company_id, company_is_staffed, .. } => {
            check_company(caller, project_id, *company_id, *company_is_staffed)
        }
        Position::Owner => check_owners(caller, project_id),
    }
}

fn check_owners(caller: &Caller, project_id: ProjectId) -> Result<(), Refusal> {
    if caller.administrator {
        return Ok(());
    }
    let deals_with_owners =
        matches!(actor_of(caller, project_id)?.role(), Role::DeliveryManager | Role::CustomerRelations);
    if deals_with_owners { Ok(()) } else { Err(RefusalCode::RoleNotAllowed.into()) }
}

fn check_company(
    caller: &Caller,
    project_id: ProjectId,
    company_id: CompanyId,
    company_is_staffed: bool,
) -> Result<(), Refusal> {
    if caller.administrator {
        return Ok(());
    }
    let actor = actor_of(caller, project_id)?;
    let own = actor.company_id() == Some(company_id);
    match actor.role() {
        Role::DeliveryManager if own || !company_is_staffed => Ok(()),
        Role::RectificationLead | Role::SupervisingEngineer | Role::PropertyManager if own => Ok(()),
        Role::DeliveryManager | Role::RectificationLead | Role::SupervisingEngineer | Role::PropertyManager => {
            Err(RefusalCode::NotYourCompany.into())
        }
        Role::SiteEngineer | Role::CustomerRelations | Role::Worker | Role::EscortInspector | Role::Owner => {
            Err(RefusalCode::RoleNotAllowed.into())
        }
    }
}

fn actor_of(caller: &Caller, project_id: ProjectId) -> Result<Actor, Refusal> {
    caller.actor_in(project_id).ok_or_else(|| Refusal::at(RefusalCode::NotFound, "projectId"))
}

fn check_sound(position: &Position) -> Result<(), Refusal> {
    if position.is_sound() { Ok(()) } else { Err(Refusal::at(RefusalCode::RoleNotOfCompany, "role")) }
}

fn check_not_own(caller: &Caller, held: &Held) -> Result<(), Refusal> {
    if caller.person_id == held.person_id { Err(RefusalCode::OwnRole.into()) } else { Ok(()) }
}

#[cfg(test)]
#[path = "membership_tests.rs"]
mod tests;
