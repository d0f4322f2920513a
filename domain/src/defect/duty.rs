//! The duties of a person: the commands that are a role's to do, and the defects for each. The states and the verifying
//! parties are those of the commands' own rule.

use super::codes::DefectStatus as S;
use super::commands::DefectCommand as C;
use crate::actor::Actor;
use crate::party::{Party, Role as R};
use crate::policy::Policy;

/// To whose defects a duty is narrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Those that are assigned to the person, of the own company.
    Assigned,
    /// Those that the own company is responsible for.
    Company,
    /// Those that wait for the person's party to judge them: the work of another company, not judged yet.
    OthersWork,
    /// The same of an owner's own findings.
    OwnFinding,
    /// Any.
    Any,
}

/// A command that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Duty {
    /// The command.
    pub command: C,
    /// In these states.
    pub statuses: Vec<S>,
    /// Of these defects.
    pub whose: Whose,
}

impl Duty {
    fn new(command: C, whose: Whose) -> Self {
        Self { command, statuses: command.states().to_vec(), whose }
    }

    /// Whether the command is refused while the defect is on hold.
    #[must_use]
    pub const fn needs_running_clock(&self) -> bool {
        matches!(self.command, C::ReportFixed | C::Assign)
    }

    /// Whether the command is refused to a person who has acted on the defect for another side.
    #[must_use]
    pub const fn is_one_sided(&self) -> bool {
        self.command.rule().act.binds()
    }
}

/// What waits for the actor: repair for a contractor, dispatch, verification and disputes for the others.
#[must_use]
pub fn duties(actor: &Actor, policy: &Policy) -> Vec<Duty> {
    let dispatch = || Duty { statuses: vec![S::Open], ..Duty::new(C::Assign, Whose::Any) };
    let settle = || Duty::new(C::ResolveDispute, Whose::Any);
    let verify = || Duty::new(C::Verify, Whose::OthersWork);
    // An owner confirms an own finding also after staff have closed it.
    let confirm = || Duty { statuses: vec![S::Fixed, S::Closed], ..Duty::new(C::Verify, Whose::OwnFinding) };
    let wanted = match actor.role() {
        R::Worker => vec![Duty::new(C::ReportFixed, Whose::Assigned)],
        R::RectificationLead => vec![Duty::new(C::ReportFixed, Whose::Company)],
        R::DeliveryManager => vec![settle()],
        R::SiteEngineer => vec![dispatch(), verify(), settle()],
        R::SupervisingEngineer => vec![dispatch(), verify()],
        R::PropertyManager | R::EscortInspector => vec![verify()],
        R::CustomerRelations => Vec::new(),
        R::Owner => vec![confirm()],
    };
    let verifies = actor.party() == Party::Customer || policy.verifying_parties.contains(&actor.party());
    let may = |duty: &Duty| duty.command.rule().allows(actor.role()) && (duty.command != C::Verify || verifies);
    wanted.into_iter().filter(may).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::ProjectRole;
    use crate::id::{CompanyId, PersonId, ProjectId};

    #[test]
    fn who_verifies_is_the_policys_to_say() {
        for &role in R::ALL {
            let project_role = match role {
                R::Owner => ProjectRole::Owner { unit_ids: Vec::new() },
                role => ProjectRole::Staff { company_id: CompanyId::from_u128(1), role },
            };
            let actor = Actor { person_id: PersonId::from_u128(2), project_id: ProjectId::nil(), project_role };
            for party in [Party::Developer, Party::Supervisor, Party::Property] {
                let policy = Policy { verifying_parties: vec![party], ..Policy::default() };
                let verifies = duties(&actor, &policy).iter().any(|duty| duty.command == C::Verify);
                let verifier =
                    matches!(role, R::SiteEngineer | R::SupervisingEngineer | R::PropertyManager | R::EscortInspector);
                assert_eq!(verifies, role == R::Owner || (verifier && role.party() == party), "{role} {party}");
            }
        }
    }
}
