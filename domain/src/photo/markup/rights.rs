//! Who may draw on which photo.

use crate::actor::Actor;
use crate::id::{CompanyId, PersonId, UnitId};
use crate::party::Party;
use crate::photo::{PhotoCommand, PhotoStage, PhotoState};
use crate::refusal::{Refusal, RefusalCode};

/// What the right to draw on a photo depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnnotatedPhoto {
    /// What it shows.
    pub stage: PhotoStage,
    /// How far it has come.
    pub state: PhotoState,
    /// Who took it.
    pub person_id: PersonId,
    /// For which company.
    pub company_id: Option<CompanyId>,
    /// The unit of its defect.
    pub unit_id: Option<UnitId>,
    /// Who found its defect.
    pub defect_raised_by: Option<PersonId>,
}

/// Whether the actor may draw on a photo that the actor sees: the parties that see the whole project on any of a
/// defect, a contractor on those of the own company, an owner on the own ones of an own finding.
///
/// # Errors
/// The reason why not.
pub fn permit_annotate(actor: &Actor, photo: &AnnotatedPhoto) -> Result<(), Refusal> {
    PhotoCommand::Mark.rule().check_role(actor.role())?;
    match photo.stage {
        PhotoStage::Before | PhotoStage::After => {}
        PhotoStage::Signature | PhotoStage::Plan => {
            let wrong = Refusal::at(RefusalCode::InvalidValue, "photoId");
            return Err(wrong.because("nobody draws on signatures and plans", "签名和平面图上不能标注"));
        }
    }
    match actor.party() {
        Party::Developer | Party::Supervisor | Party::Property => {}
        Party::Contractor => {
            if photo.company_id != actor.company_id() {
                return Err(RefusalCode::NotYourPhoto.into());
            }
        }
        Party::Customer => owner(actor, photo)?,
    }
    if PhotoCommand::Mark.states().contains(&photo.state) {
        Ok(())
    } else {
        Err(Refusal::at(RefusalCode::PhotoNotReady, "photoId").with("state", photo.state))
    }
}

fn owner(actor: &Actor, photo: &AnnotatedPhoto) -> Result<(), Refusal> {
    if !photo.unit_id.is_some_and(|unit| actor.owns(unit)) {
        return Err(Refusal::at(RefusalCode::NotFound, "photoId"));
    }
    if photo.defect_raised_by != Some(actor.person_id) {
        return Err(RefusalCode::NotYourFinding.into());
    }
    if photo.person_id == actor.person_id { Ok(()) } else { Err(RefusalCode::NotYourPhoto.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::ProjectRole;
    use crate::id::ProjectId;
    use crate::party::Role;

    const ME: PersonId = PersonId::from_u128(1);
    const OTHER: PersonId = PersonId::from_u128(3);
    const HOME: UnitId = UnitId::from_u128(5);
    const COMPANY: CompanyId = CompanyId::from_u128(7);

    fn staff(company: u128, role: Role) -> Actor {
        let project_role = ProjectRole::Staff { company_id: CompanyId::from_u128(company), role };
        Actor { person_id: ME, project_id: ProjectId::from_u128(2), project_role }
    }

    fn owner_of(unit: u128) -> Actor {
        Actor { project_role: ProjectRole::Owner { unit_ids: vec![UnitId::from_u128(unit)] }, ..staff(0, Role::Owner) }
    }

    const fn photo(by: PersonId, company_id: Option<CompanyId>, raised_by: PersonId) -> AnnotatedPhoto {
        AnnotatedPhoto {
            stage: PhotoStage::Before,
            state: PhotoState::Ready,
            person_id: by,
            company_id,
            unit_id: Some(HOME),
            defect_raised_by: Some(raised_by),
        }
    }

    fn ask(actor: &Actor, photo: &AnnotatedPhoto) -> Option<RefusalCode> {
        permit_annotate(actor, photo).err().map(|refusal| refusal.code)
    }

    #[test]
    fn staff_by_role_and_company() {
        let theirs = photo(OTHER, Some(COMPANY), OTHER);
        let owners = photo(OTHER, None, OTHER);
        for &role in Role::ALL.iter().filter(|&&role| role != Role::Owner) {
            let stranger = (role.party() == Party::Contractor).then_some(RefusalCode::NotYourPhoto);
            assert_eq!(ask(&staff(7, role), &theirs), None, "{role} on a colleague's");
            assert_eq!(ask(&staff(9, role), &theirs), stranger, "{role} on another company's");
            assert_eq!(ask(&staff(9, role), &owners), stranger, "{role} on an owner's");
            for stage in [PhotoStage::Signature, PhotoStage::Plan] {
                let wrong = AnnotatedPhoto { stage, ..theirs };
                assert_eq!(ask(&staff(7, role), &wrong), Some(RefusalCode::InvalidValue), "{role} {stage}");
            }
            let after = AnnotatedPhoto { stage: PhotoStage::After, ..theirs };
            assert_eq!(ask(&staff(7, role), &after), None, "{role}");
        }
    }

    #[test]
    fn owners_only_the_own_of_their_own_finding() {
        let (own, of_staff) = (photo(ME, None, ME), photo(OTHER, Some(COMPANY), ME));
        assert_eq!(ask(&owner_of(5), &own), None);
        assert_eq!(ask(&owner_of(6), &own), Some(RefusalCode::NotFound), "no longer their home");
        assert_eq!(ask(&owner_of(5), &of_staff), Some(RefusalCode::NotYourPhoto));
        assert_eq!(ask(&owner_of(5), &photo(ME, None, OTHER)), Some(RefusalCode::NotYourFinding));
        assert_eq!(ask(&owner_of(5), &photo(OTHER, None, OTHER)), Some(RefusalCode::NotYourFinding));
        let signature = AnnotatedPhoto { stage: PhotoStage::Signature, unit_id: None, ..own };
        assert_eq!(ask(&owner_of(5), &signature), Some(RefusalCode::InvalidValue));
    }

    #[test]
    fn only_what_is_ready() {
        for &state in PhotoState::ALL {
            let refused = (state != PhotoState::Ready).then_some(RefusalCode::PhotoNotReady);
            let photo = AnnotatedPhoto { state, ..photo(ME, Some(COMPANY), OTHER) };
            assert_eq!(ask(&staff(7, Role::Worker), &photo), refused, "{state}");
            // A person without the right does not learn the photo's state.
            assert_eq!(ask(&staff(9, Role::Worker), &photo), Some(RefusalCode::NotYourPhoto), "{state}");
        }
    }
}
