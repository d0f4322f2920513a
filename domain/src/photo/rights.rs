//! Who may photograph what.

use super::{PhotoCommand, PhotoStage};
use crate::actor::Actor;
use crate::id::{CompanyId, PersonId, UnitId};
use crate::party::{Party, Role};
use crate::refusal::{Refusal, RefusalCode};

/// What the right to photograph a defect depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotographedDefect {
    /// Its unit.
    pub unit_id: UnitId,
    /// Who found it.
    pub raised_by: PersonId,
    /// Who has to repair it.
    pub responsible_company_id: Option<CompanyId>,
}

/// Whether the actor may add a photo of this stage: to a defect that the actor sees, or, without one, a signature of
/// the own hand.
///
/// # Errors
/// The reason why not.
pub fn permit_declare(actor: &Actor, stage: PhotoStage, defect: Option<&PhotographedDefect>) -> Result<(), Refusal> {
    PhotoCommand::Declare.rule().check_role(actor.role())?;
    match (stage, defect) {
        (PhotoStage::Before, Some(defect)) if actor.role() == Role::Owner => {
            if !actor.owns(defect.unit_id) {
                return Err(Refusal::at(RefusalCode::NotFound, "subject.defectId"));
            }
            let own = defect.raised_by == actor.person_id;
            if own { Ok(()) } else { Err(RefusalCode::NotYourFinding.into()) }
        }
        (PhotoStage::Before, Some(_)) | (PhotoStage::Signature, None) => Ok(()),
        (PhotoStage::After, Some(_)) if actor.party() != Party::Contractor => Err(RefusalCode::RoleNotAllowed.into()),
        (PhotoStage::After, Some(defect)) if actor.company_id() == defect.responsible_company_id => Ok(()),
        (PhotoStage::After, Some(_)) => Err(RefusalCode::NotResponsible.into()),
        (PhotoStage::Before | PhotoStage::After, None) | (PhotoStage::Signature, Some(_)) | (PhotoStage::Plan, _) => {
            let wrong = Refusal::at(RefusalCode::InvalidValue, "stage");
            Err(wrong.because(
                "a photo of a defect is taken before or after the repair; a signature is a stage of its own",
                "问题照片须为整改前或整改后；签名须为签名照片",
            ))
        }
    }
}

/// Whether a person has the original as it was uploaded, with the place and the camera in it: who took the photo, and
/// staff of the same company. Other staff gets the copy without metadata; of formats without such a copy, nothing.
///
/// `person_id` and `company_id` are those of the photo, `own_company` is the company of who asks.
#[must_use]
pub fn has_original(
    asks: PersonId,
    own_company: Option<CompanyId>,
    person_id: PersonId,
    company_id: Option<CompanyId>,
) -> bool {
    asks == person_id || (company_id.is_some() && company_id == own_company)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::ProjectRole;
    use crate::id::ProjectId;

    fn staff(company: u128, role: Role) -> Actor {
        let project_role = ProjectRole::Staff { company_id: CompanyId::from_u128(company), role };
        Actor { person_id: PersonId::from_u128(1), project_id: ProjectId::from_u128(2), project_role }
    }

    #[test]
    fn the_original_is_for_its_photographer_and_the_own_company() {
        let ([me, other], [mine, theirs]) = ([1, 2].map(PersonId::from_u128), [3, 4].map(CompanyId::from_u128));
        for (own_company, person_id, company_id, has) in [
            (Some(mine), me, Some(mine), true),
            (Some(mine), other, Some(mine), true),
            (Some(mine), other, Some(theirs), false),
            // Of an owner, who has no company, as another owner has none.
            (Some(mine), other, None, false),
            (None, other, None, false),
            (None, me, None, true),
            // Taken for another company, before the photographer changed it.
            (Some(mine), me, Some(theirs), true),
        ] {
            assert_eq!(has_original(me, own_company, person_id, company_id), has);
        }
    }

    #[test]
    fn who_may_photograph_what() {
        let defect = |own| PhotographedDefect {
            unit_id: UnitId::from_u128(5),
            raised_by: PersonId::from_u128(if own { 1 } else { 3 }),
            responsible_company_id: Some(CompanyId::from_u128(7)),
        };
        let owner_of = |unit| Actor {
            project_role: ProjectRole::Owner { unit_ids: vec![UnitId::from_u128(unit)] },
            ..staff(0, Role::Owner)
        };
        let ask = |actor: &Actor, stage, defect: Option<PhotographedDefect>| {
            permit_declare(actor, stage, defect.as_ref()).err().map(|refusal| refusal.code)
        };
        use PhotoStage::{After, Before, Plan, Signature};
        for &role in Role::ALL.iter().filter(|&&role| role != Role::Owner) {
            assert_eq!(ask(&staff(9, role), Before, Some(defect(false))), None, "{role}");
            let contractor = role.party() == Party::Contractor;
            let refused = if contractor { RefusalCode::NotResponsible } else { RefusalCode::RoleNotAllowed };
            assert_eq!(ask(&staff(9, role), After, Some(defect(false))), Some(refused), "{role}");
            let own = ask(&staff(7, role), After, Some(defect(false)));
            assert_eq!(own, (!contractor).then_some(RefusalCode::RoleNotAllowed), "{role}");
        }
        assert_eq!(ask(&owner_of(5), Before, Some(defect(true))), None);
        assert_eq!(ask(&owner_of(5), Before, Some(defect(false))), Some(RefusalCode::NotYourFinding));
        assert_eq!(ask(&owner_of(6), Before, Some(defect(true))), Some(RefusalCode::NotFound));
        assert_eq!(ask(&owner_of(5), After, Some(defect(true))), Some(RefusalCode::RoleNotAllowed));
        assert_eq!(ask(&owner_of(5), Signature, None), None);
        for (stage, defect) in
            [(Signature, Some(defect(true))), (Before, None), (After, None), (Plan, None), (Plan, Some(defect(true)))]
        {
            assert_eq!(ask(&staff(7, Role::Worker), stage, defect), Some(RefusalCode::InvalidValue), "{stage}");
        }
    }
}
