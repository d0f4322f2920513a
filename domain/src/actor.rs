//! The caller of a request: a person with a role in each project, and the person's visibility scope.

use crate::access::Action;
use crate::id::{CompanyId, PersonId, ProjectId, SessionId, UnitId};
use crate::party::{Language, Party, Role};
use crate::time::Timestamp;

/// A role that a person holds in a project, for a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The project.
    pub project_id: ProjectId,
    /// The company (companies are per project).
    pub company_id: CompanyId,
    /// The role; its party is the company's kind.
    pub role: Role,
    /// When it began; none for roles that are older than this record.
    pub since: Option<Timestamp>,
}

/// A unit that a person owns and that has been opened to its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnedUnit {
    /// The project.
    pub project_id: ProjectId,
    /// The unit.
    pub unit_id: UnitId,
}

/// A signed-in person with everything that decides what the person may see and do.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The person.
    pub person_id: PersonId,
    /// The session that the request came with; none for the command line.
    pub session_id: Option<SessionId>,
    /// The only unit of the session, of a person who signed in by an owner's link: nothing else is seen in it.
    pub only_unit: Option<UnitId>,
    /// The person's name.
    pub name: String,
    /// The language of messages to this person.
    pub language: Language,
    /// May create projects.
    pub administrator: bool,
    /// Active roles, at most one a project.
    pub memberships: Vec<Membership>,
    /// Own units that are opened.
    pub owned_units: Vec<OwnedUnit>,
}

/// A person's roles and rights in one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectRole {
    /// Staff of one of the companies.
    Staff {
        /// The company.
        company_id: CompanyId,
        /// The role.
        role: Role,
    },
    /// An owner, with the own opened units of the project.
    Owner {
        /// The own opened units.
        unit_ids: Vec<UnitId>,
    },
}

/// A caller inside one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub person_id: PersonId,
    /// The project.
    pub project_id: ProjectId,
    /// The role in the project.
    pub project_role: ProjectRole,
}

/// The rows that a caller may see, over all projects. Every finder takes one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VisibilityScope {
    /// The person.
    pub person_id: PersonId,
    /// Projects with full visibility, except for internal remarks of other companies.
    pub projects: Vec<ProjectId>,
    /// Projects with visibility of places; defects are visible through a contractor company only.
    pub contractor_projects: Vec<ProjectId>,
    /// Contractor companies whose defects are seen.
    pub contractor_companies: Vec<CompanyId>,
    /// Contractor companies whose devices and invitations are seen.
    pub led_companies: Vec<CompanyId>,
    /// All own companies: their internal remarks are seen.
    pub own_companies: Vec<CompanyId>,
    /// Projects in which the owners of units are seen.
    pub owner_projects: Vec<ProjectId>,
    /// Projects in which the person may resolve pending edits.
    pub resolve_projects: Vec<ProjectId>,
    /// Own units, opened to the owner.
    pub owned_units: Vec<UnitId>,
    /// The projects of the own units.
    pub owned_unit_projects: Vec<ProjectId>,
    /// The only unit of the session. Of the person's own rows, too, only those that hang on it are seen.
    pub only_unit: Option<UnitId>,
}

impl Caller {
    /// The operator of the server, on the command line: no person, may create projects.
    #[must_use]
    pub const fn operator() -> Self {
        Self {
            person_id: PersonId::nil(),
            session_id: None,
            only_unit: None,
            name: String::new(),
            language: Language::En,
            administrator: true,
            memberships: Vec::new(),
            owned_units: Vec::new(),
        }
    }

    /// The caller in one project; `None` without a role in it. Staff who also own a unit act as staff.
    #[must_use]
    pub fn actor_in(&self, project_id: ProjectId) -> Option<Actor> {
        let staff = self.memberships.iter().find(|m| m.project_id == project_id);
        let project_role = match staff {
            Some(m) => ProjectRole::Staff { company_id: m.company_id, role: m.role },
            None => {
                let unit_ids: Vec<UnitId> =
                    self.owned_units.iter().filter(|h| h.project_id == project_id).map(|h| h.unit_id).collect();
                if unit_ids.is_empty() {
                    return None;
                }
                ProjectRole::Owner { unit_ids }
            }
        };
        Some(Actor { person_id: self.person_id, project_id, project_role })
    }

    /// When the caller's role in the project began; none for an owner, and for roles that are older than this record.
    #[must_use]
    pub fn staff_since(&self, project_id: ProjectId) -> Option<Timestamp> {
        self.memberships.iter().find(|membership| membership.project_id == project_id)?.since
    }

    /// The same person in a session that sees nothing but one unit: without any role, and with that unit as the only
    /// own one. A person with a role in the unit's project acts there as staff, and so sees nothing in such a session.
    #[must_use]
    pub fn restricted_to(mut self, unit_id: UnitId) -> Self {
        let staff = std::mem::take(&mut self.memberships);
        let is_staff_of = |project_id: ProjectId| staff.iter().any(|membership| membership.project_id == project_id);
        self.owned_units.retain(|owned| owned.unit_id == unit_id && !is_staff_of(owned.project_id));
        Self { only_unit: Some(unit_id), administrator: false, ..self }
    }

    /// Whether work on a unit's object, or on an object of no unit, is none of the session's.
    #[must_use]
    pub fn is_kept_from(&self, unit_id: Option<UnitId>) -> bool {
        self.only_unit.is_some_and(|only| unit_id != Some(only))
    }

    /// Whether the caller is staff of the project, not an owner in it.
    #[must_use]
    pub fn is_staff_of(&self, project_id: ProjectId) -> bool {
        self.memberships.iter().any(|membership| membership.project_id == project_id)
    }

    /// The rows that the caller may see.
    #[must_use]
    pub fn visibility(&self) -> VisibilityScope {
        let mut scope =
            VisibilityScope { person_id: self.person_id, only_unit: self.only_unit, ..VisibilityScope::default() };
        for membership in &self.memberships {
            scope.own_companies.push(membership.company_id);
            if Action::SeeOwners.allows(membership.role) {
                scope.owner_projects.push(membership.project_id);
            }
            if Action::SettleEdits.allows(membership.role) {
                scope.resolve_projects.push(membership.project_id);
            }
            if membership.role.party() == Party::Contractor {
                scope.contractor_projects.push(membership.project_id);
                scope.contractor_companies.push(membership.company_id);
                if Action::SeeDevices.allows(membership.role) {
                    scope.led_companies.push(membership.company_id);
                }
            } else {
                scope.projects.push(membership.project_id);
            }
        }
        for owned in &self.owned_units {
            let staff = self.memberships.iter().any(|m| m.project_id == owned.project_id);
            if !staff {
                scope.owned_units.push(owned.unit_id);
                if !scope.owned_unit_projects.contains(&owned.project_id) {
                    scope.owned_unit_projects.push(owned.project_id);
                }
            }
        }
        scope
    }
}

impl VisibilityScope {
    /// Projects in which the caller is staff of any party.
    #[must_use]
    pub fn staff_projects(&self) -> Vec<ProjectId> {
        self.projects.iter().chain(&self.contractor_projects).copied().collect()
    }

    /// Projects in which the caller is staff or owner.
    #[must_use]
    pub fn all_projects(&self) -> Vec<ProjectId> {
        self.projects.iter().chain(&self.contractor_projects).chain(&self.owned_unit_projects).copied().collect()
    }

    /// Whether the caller is staff of the project.
    #[must_use]
    pub fn is_staff_of(&self, project_id: ProjectId) -> bool {
        self.projects.contains(&project_id) || self.contractor_projects.contains(&project_id)
    }
}

impl Actor {
    /// The role, [`Role::Owner`] for customers.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self.project_role {
            ProjectRole::Staff { role, .. } => role,
            ProjectRole::Owner { .. } => Role::Owner,
        }
    }

    /// The party.
    #[must_use]
    pub const fn party(&self) -> Party {
        self.role().party()
    }

    /// The company, none for customers.
    #[must_use]
    pub const fn company_id(&self) -> Option<CompanyId> {
        match self.project_role {
            ProjectRole::Staff { company_id, .. } => Some(company_id),
            ProjectRole::Owner { .. } => None,
        }
    }

    /// Whether the actor is an owner, and the unit is among the own opened ones.
    #[must_use]
    pub fn owns(&self, unit_id: UnitId) -> bool {
        match &self.project_role {
            ProjectRole::Owner { unit_ids } => unit_ids.contains(&unit_id),
            ProjectRole::Staff { .. } => false,
        }
    }
}
