//! Who may do what to a unit inspection, and when: the one rule that commands and `allowedCommands` both ask.

use uuid::Uuid;

use super::codes::{InspectionCommand as C, InspectionStatus as S};
use crate::actor::Actor;
use crate::party::{Party, Role as R};
use crate::refusal::{Refusal, RefusalCode};
use crate::side::{Side, check_one_side};

/// The facts that decide which commands are possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionFacts {
    /// Where it stands.
    pub status: S,
    /// The unit.
    pub unit_id: Uuid,
    /// Whether its round is open.
    pub round_open: bool,
    /// The parties that the round requires to sign.
    pub required_parties: Vec<Party>,
    /// The parties that have signed the present submission.
    pub signed_parties: Vec<Party>,
    /// The sides for which the actor has signed it, also earlier submissions.
    pub acted_for: Vec<Side>,
}

/// Whether one command is allowed, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The command.
    pub command: C,
    /// The refusal that the command itself would answer.
    pub refusal: Option<Refusal>,
}

/// Every command with whether the actor may do it now.
#[must_use]
pub fn allowed_commands(inspection: &InspectionFacts, actor: &Actor) -> Vec<Allowed> {
    C::ALL.iter().map(|&command| Allowed { command, refusal: permit(inspection, actor, command).err() }).collect()
}

/// Whether the actor may do the command to the unit inspection now: role first, then relation, then state.
///
/// # Errors
/// The reason why not.
pub fn permit(inspection: &InspectionFacts, actor: &Actor, command: C) -> Result<(), Refusal> {
    let role = actor.role();
    if !roles(command).contains(&role) {
        return Err(RefusalCode::RoleNotAllowed.into());
    }
    if role == R::Owner && !actor.owns(inspection.unit_id) {
        return Err(RefusalCode::NotFound.into());
    }
    check_relation(inspection, actor.party(), command)?;
    if command == C::Sign {
        check_one_side(&inspection.acted_for, actor)?;
    }
    if !inspection.round_open {
        return Err(RefusalCode::RoundNotOpen.into());
    }
    if states(command).contains(&inspection.status) {
        Ok(())
    } else {
        Err(Refusal::new(RefusalCode::WrongState).with("status", inspection.status))
    }
}

/// The roles that may ever do the command.
#[must_use]
pub const fn roles(command: C) -> &'static [R] {
    match command {
        C::Start | C::Record => &[
            R::DeliveryManager,
            R::SiteEngineer,
            R::CustomerRelations,
            R::RectificationLead,
            R::Worker,
            R::SupervisingEngineer,
            R::PropertyManager,
            R::EscortInspector,
        ],
        C::Submit | C::MarkInaccessible => &[
            R::DeliveryManager,
            R::SiteEngineer,
            R::RectificationLead,
            R::SupervisingEngineer,
            R::PropertyManager,
            R::EscortInspector,
        ],
        C::Sign => &[
            R::DeliveryManager,
            R::SiteEngineer,
            R::RectificationLead,
            R::SupervisingEngineer,
            R::PropertyManager,
            R::EscortInspector,
            R::Owner,
        ],
        C::Reopen => &[R::DeliveryManager, R::SiteEngineer, R::SupervisingEngineer],
    }
}

/// The states in which the command is possible.
#[must_use]
pub const fn states(command: C) -> &'static [S] {
    match command {
        C::Start => &[S::Planned, S::Inaccessible],
        C::Record | C::Submit => &[S::InProgress],
        C::Sign => &[S::Submitted],
        C::Reopen => &[S::Submitted, S::Signed],
        C::MarkInaccessible => &[S::Planned, S::InProgress],
    }
}

/// A party signs once, where it is required. A contractor ends an inspection only where its own signature is asked
/// for (its self-check): otherwise it could declare the work of others complete.
fn check_relation(inspection: &InspectionFacts, party: Party, command: C) -> Result<(), Refusal> {
    let required = inspection.required_parties.contains(&party);
    match command {
        C::Sign if !required => Err(RefusalCode::PartyNotRequired.into()),
        C::Sign if inspection.signed_parties.contains(&party) => Err(RefusalCode::AlreadySigned.into()),
        C::Submit | C::MarkInaccessible if party == Party::Contractor && !required => {
            Err(RefusalCode::PartyNotRequired.into())
        }
        C::Start | C::Record | C::Submit | C::Sign | C::Reopen | C::MarkInaccessible => Ok(()),
    }
}

/// The status after a permitted command by somebody of `party`.
#[must_use]
pub fn status_after(inspection: &InspectionFacts, command: C, party: Party) -> S {
    let signed = |wanted: &Party| *wanted == party || inspection.signed_parties.contains(wanted);
    match command {
        C::Start | C::Reopen => S::InProgress,
        C::Record => inspection.status,
        C::Submit => S::Submitted,
        C::Sign if inspection.required_parties.iter().all(signed) => S::Signed,
        C::Sign => S::Submitted,
        C::MarkInaccessible => S::Inaccessible,
    }
}

#[cfg(test)]
#[path = "permit_tests.rs"]
mod tests;
