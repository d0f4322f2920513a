//! Sides: a person acts for one party on a subject, for ever, also after changing the company.

use crate::actor::Actor;
use crate::id::CompanyId;
use crate::party::Party;
use crate::refusal::{Refusal, RefusalCode};

/// The side on which a person acts on a subject: the party, and of contractors the company, because each contractor
/// signs and repairs for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Side {
    party: Party,
    contractor_id: Option<CompanyId>,
}

impl Side {
    /// The side of a company of this party; customers have no company.
    #[must_use]
    pub const fn new(party: Party, company_id: Option<CompanyId>) -> Self {
        let contractor_id = match party {
            Party::Contractor => company_id,
            Party::Developer | Party::Supervisor | Party::Property | Party::Customer => None,
        };
        Self { party, contractor_id }
    }
}

impl Actor {
    /// The side on which the actor acts now.
    #[must_use]
    pub const fn side(&self) -> Side {
        Side::new(self.party(), self.company_id())
    }
}

/// Refuses an actor who has acted on the same subject for another side.
///
/// # Errors
/// `ACTED_FOR_OTHER_PARTY`.
pub fn check_one_side(acted_for: &[Side], actor: &Actor) -> Result<(), Refusal> {
    let side = actor.side();
    if acted_for.iter().all(|earlier| *earlier == side) { Ok(()) } else { Err(RefusalCode::ActedForOtherParty.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::ProjectRole;
    use crate::id::{PersonId, ProjectId};
    use crate::party::Role;

    fn actor(company: u128, role: Role) -> Actor {
        let project_role = match role {
            Role::Owner => ProjectRole::Owner { unit_ids: Vec::new() },
            role => ProjectRole::Staff { company_id: CompanyId::from_u128(company), role },
        };
        Actor { person_id: PersonId::from_u128(1), project_id: ProjectId::nil(), project_role }
    }

    #[test]
    fn a_person_stays_on_the_side_of_the_first_act() {
        for &before in Role::ALL {
            for &now in Role::ALL {
                let same = before.party() == now.party();
                let acted = [actor(7, before).side()];
                assert_eq!(check_one_side(&acted, &actor(7, now)).is_ok(), same, "{before} then {now}");
            }
        }
        assert_eq!(check_one_side(&[], &actor(7, Role::Worker)), Ok(()));
    }

    #[test]
    fn each_contractor_is_a_side_of_its_own() {
        let acted = [actor(7, Role::Worker).side()];
        assert_eq!(check_one_side(&acted, &actor(7, Role::RectificationLead)), Ok(()));
        let other = check_one_side(&acted, &actor(8, Role::RectificationLead)).map_err(|refusal| refusal.code);
        assert_eq!(other, Err(RefusalCode::ActedForOtherParty));
        let developer = [actor(7, Role::SiteEngineer).side()];
        assert_eq!(check_one_side(&developer, &actor(8, Role::DeliveryManager)), Ok(()));
    }
}
