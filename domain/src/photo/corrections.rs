//! Who may mend a slip: withdraw a photo, or move it to the defect and the stage where it belongs.

use super::{PhotoCommand, PhotoStage, PhotoState, PhotographedDefect, permit_declare};
use crate::actor::Actor;
use crate::defect::DefectStatus;
use crate::id::{CompanyId, PersonId};
use crate::party::Role;
use crate::refusal::{Refusal, RefusalCode};

/// What the right to mend a slip depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CorrectedPhoto {
    /// What it shows.
    pub stage: PhotoStage,
    /// How far it has come.
    pub state: PhotoState,
    /// Who took it.
    pub person_id: PersonId,
    /// For which company.
    pub company_id: Option<CompanyId>,
    /// Whether it belongs to a repair attempt that was reported.
    pub is_of_attempt: bool,
    /// Whether it is shown to another person who owns the unit.
    pub is_shown_to_owner: bool,
    /// Whether the actor took it as evidence of a repair, or acted on its defect, for another side.
    pub acted_for_other_side: bool,
}

/// Whether the actor may withdraw a photo that the actor sees: its author until an owner can see it, the delivery
/// manager always.
///
/// # Errors
/// The reason why not.
pub fn permit_withdraw(actor: &Actor, photo: &CorrectedPhoto) -> Result<(), Refusal> {
    permit_author(actor, photo, PhotoCommand::Withdraw)?;
    if photo.is_of_attempt && actor.role() != Role::DeliveryManager {
        // The evidence of a judged repair is not its author's alone to remove.
        return Err(Refusal::at(RefusalCode::PhotoInAttempt, "photoId"));
    }
    check_state(photo, PhotoCommand::Withdraw)
}

/// Whether the actor may move a photo that the actor sees to a stage of a defect that the actor sees. Who may not
/// declare it there cannot move it there either; the delivery manager moves after-photos for the contractor who took
/// them.
///
/// # Errors
/// The reason why not.
pub fn permit_update(
    actor: &Actor,
    photo: &CorrectedPhoto,
    stage: PhotoStage,
    defect: &PhotographedDefect,
) -> Result<(), Refusal> {
    permit_author(actor, photo, PhotoCommand::Update)?;
    check_state(photo, PhotoCommand::Update)?;
    if photo.is_of_attempt {
        return Err(Refusal::at(RefusalCode::PhotoInAttempt, "photoId"));
    }
    match stage {
        PhotoStage::After if actor.role() == Role::DeliveryManager => {
            let of_contractor = photo.company_id.is_some() && photo.company_id == defect.responsible_company_id;
            if of_contractor { Ok(()) } else { Err(RefusalCode::NotResponsible.into()) }
        }
        _ => permit_declare(actor, stage, Some(defect)),
    }
}

/// Whether photos may be moved to a defect: one that is void is no longer shown or repaired.
///
/// # Errors
/// `MERGED` for a defect that was merged into another, `WRONG_STATE` for any other void one.
pub fn permit_target(status: DefectStatus, merged: bool) -> Result<(), Refusal> {
    match status {
        DefectStatus::Void if merged => Err(Refusal::at(RefusalCode::Merged, "defectId")),
        DefectStatus::Void => Err(Refusal::at(RefusalCode::WrongState, "defectId").with("status", status)),
        DefectStatus::Open
        | DefectStatus::Assigned
        | DefectStatus::InProgress
        | DefectStatus::Fixed
        | DefectStatus::Rework
        | DefectStatus::Disputed
        | DefectStatus::Closed => Ok(()),
    }
}

fn check_state(photo: &CorrectedPhoto, command: PhotoCommand) -> Result<(), Refusal> {
    if command.states().contains(&photo.state) {
        return Ok(());
    }
    Err(Refusal::at(RefusalCode::PhotoNotReady, "photoId").with("state", photo.state))
}

fn permit_author(actor: &Actor, photo: &CorrectedPhoto, command: PhotoCommand) -> Result<(), Refusal> {
    command.rule().check_role(actor.role())?;
    if matches!(photo.stage, PhotoStage::Signature | PhotoStage::Plan) {
        let wrong = Refusal::at(RefusalCode::InvalidValue, "photoId");
        return Err(wrong.because("signatures and plans stay as they are", "签名和平面图不能更改"));
    }
    let is_manager = actor.role() == Role::DeliveryManager;
    if photo.acted_for_other_side && (is_manager || photo.person_id == actor.person_id) {
        return Err(RefusalCode::ActedForOtherParty.into());
    }
    if is_manager {
        return Ok(());
    }
    if photo.person_id != actor.person_id {
        return Err(RefusalCode::NotYourPhoto.into());
    }
    if photo.is_shown_to_owner { Err(Refusal::at(RefusalCode::ShownToOwner, "photoId")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::ProjectRole;
    use crate::id::{ProjectId, UnitId};

    const ME: PersonId = PersonId::from_u128(1);
    const OTHER: PersonId = PersonId::from_u128(3);
    const HOME: UnitId = UnitId::from_u128(5);
    const COMPANY: CompanyId = CompanyId::from_u128(7);

    fn actor(role: Role) -> Actor {
        let project_role = match role {
            Role::Owner => ProjectRole::Owner { unit_ids: vec![HOME] },
            role => ProjectRole::Staff { company_id: COMPANY, role },
        };
        Actor { person_id: ME, project_id: ProjectId::from_u128(2), project_role }
    }

    fn photo() -> CorrectedPhoto {
        CorrectedPhoto {
            stage: PhotoStage::Before,
            state: PhotoState::Ready,
            person_id: ME,
            company_id: Some(COMPANY),
            is_of_attempt: false,
            is_shown_to_owner: false,
            acted_for_other_side: false,
        }
    }

    #[test]
    fn the_author_withdraws_until_an_owner_can_see_it_and_the_manager_always() {
        let code =
            |role, photo: &CorrectedPhoto| permit_withdraw(&actor(role), photo).err().map(|refusal| refusal.code);
        let (others, shown) =
            (CorrectedPhoto { person_id: OTHER, ..photo() }, CorrectedPhoto { is_shown_to_owner: true, ..photo() });
        for &role in Role::ALL {
            let is_manager = role == Role::DeliveryManager;
            let unless_manager = |code| (!is_manager).then_some(code);
            assert_eq!(code(role, &photo()), None, "{role}");
            assert_eq!(code(role, &others), unless_manager(RefusalCode::NotYourPhoto), "{role}");
            assert_eq!(code(role, &shown), unless_manager(RefusalCode::ShownToOwner), "{role}");
            let signature = CorrectedPhoto { stage: PhotoStage::Signature, ..photo() };
            assert_eq!(code(role, &signature), Some(RefusalCode::InvalidValue), "{role}");
        }
        let removed = CorrectedPhoto { state: PhotoState::Removed, ..photo() };
        assert_eq!(code(Role::DeliveryManager, &removed), Some(RefusalCode::PhotoNotReady));
    }

    #[test]
    fn nobody_takes_away_evidence_of_a_defect_that_the_person_worked_on_for_another_side() {
        let photo = CorrectedPhoto { acted_for_other_side: true, ..photo() };
        let others = CorrectedPhoto { person_id: OTHER, ..photo };
        let defect = PhotographedDefect { unit_id: HOME, raised_by: ME, responsible_company_id: Some(COMPANY) };
        for &role in Role::ALL {
            let code = |photo| {
                let withdrawn = permit_withdraw(&actor(role), photo).err().map(|refusal| refusal.code);
                let moved = permit_update(&actor(role), photo, PhotoStage::Before, &defect);
                assert_eq!(moved.err().map(|refusal| refusal.code), withdrawn, "{role}");
                withdrawn
            };
            assert_eq!(code(&photo), Some(RefusalCode::ActedForOtherParty), "{role}");
            let is_manager = role == Role::DeliveryManager;
            let expected = if is_manager { RefusalCode::ActedForOtherParty } else { RefusalCode::NotYourPhoto };
            assert_eq!(code(&others), Some(expected), "{role}");
        }
    }

    #[test]
    fn no_photo_moves_to_a_void_defect() {
        for &status in DefectStatus::ALL {
            let code = |merged| permit_target(status, merged).err().map(|refusal| refusal.code);
            let is_void = status == DefectStatus::Void;
            assert_eq!(code(false), is_void.then_some(RefusalCode::WrongState), "{status}");
            assert_eq!(code(true), is_void.then_some(RefusalCode::Merged), "{status}");
        }
    }

    #[test]
    fn a_photo_moves_to_where_its_author_could_have_declared_it() {
        let defect = PhotographedDefect { unit_id: HOME, raised_by: ME, responsible_company_id: Some(COMPANY) };
        let of_others = PhotographedDefect { responsible_company_id: None, ..defect };
        let code = |role, photo: &CorrectedPhoto, stage, defect| {
            permit_update(&actor(role), photo, stage, defect).err().map(|refusal| refusal.code)
        };
        use PhotoStage::{After, Before, Signature};
        assert_eq!(code(Role::Worker, &photo(), After, &defect), None);
        assert_eq!(code(Role::Worker, &photo(), After, &of_others), Some(RefusalCode::NotResponsible));
        assert_eq!(code(Role::Worker, &photo(), Before, &of_others), None);
        assert_eq!(code(Role::SiteEngineer, &photo(), After, &defect), Some(RefusalCode::RoleNotAllowed));
        assert_eq!(code(Role::DeliveryManager, &photo(), After, &defect), None);
        assert_eq!(code(Role::DeliveryManager, &photo(), After, &of_others), Some(RefusalCode::NotResponsible));
        assert_eq!(code(Role::DeliveryManager, &photo(), Signature, &defect), Some(RefusalCode::InvalidValue));
        let reported = CorrectedPhoto { is_of_attempt: true, ..photo() };
        assert_eq!(code(Role::DeliveryManager, &reported, Before, &defect), Some(RefusalCode::PhotoInAttempt));
        let withdrawn = CorrectedPhoto { state: PhotoState::Withdrawn, ..photo() };
        assert_eq!(code(Role::Worker, &withdrawn, Before, &defect), Some(RefusalCode::PhotoNotReady));
    }
}
