//! Who may do what to a unit inspection, and when: the one rule that commands and `allowedCommands` both ask.

use super::codes::InspectionStatus as S;
use super::commands::InspectionCommand as C;
use crate::actor::Actor;
use crate::id::{CompanyId, PersonId, UnitId};
use crate::party::{Party, Role as R};
use crate::refusal::{Refusal, RefusalCode};
use crate::round::RoundStatus;
use crate::side::{Side, check_one_side};

/// The facts that decide which commands are possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionFacts {
    /// Where it stands.
    pub status: S,
    /// The unit.
    pub unit_id: UnitId,
    /// Whether its round is open.
    pub round_open: bool,
    /// The parties that the round requires to sign.
    pub required_parties: Vec<Party>,
    /// The contractors of which the round requires a signature each; none named = any one contractor.
    pub required_contractors: Vec<CompanyId>,
    /// Who has signed the present submission.
    pub signers: Vec<Signer>,
    /// The sides for which the actor has begun it, recorded in it, submitted, signed or reopened it, or marked it
    /// inaccessible; also of earlier submissions.
    pub acted_for: Vec<Side>,
}

/// Who gave a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer {
    /// The party.
    pub party: Party,
    /// The company; none for owners.
    pub company_id: Option<CompanyId>,
    /// The person.
    pub person_id: PersonId,
}

impl Signer {
    /// The signer that an actor would be.
    #[must_use]
    pub const fn of(actor: &Actor) -> Self {
        Self { party: actor.party(), company_id: actor.company_id(), person_id: actor.person_id }
    }

    /// Whether both signatures stand for the same: each contractor signs for itself, each owner too, every other party
    /// once.
    fn stands_for_the_same(&self, other: &Self) -> bool {
        self.party == other.party
            && match self.party {
                Party::Contractor => self.company_id == other.company_id,
                Party::Customer => self.person_id == other.person_id,
                Party::Developer | Party::Supervisor | Party::Property => true,
            }
    }
}

impl InspectionFacts {
    /// Whether the round asks for a signature of this party, and of contractors of this company.
    fn requires(&self, signer: &Signer) -> bool {
        let named = signer.party != Party::Contractor
            || self.required_contractors.is_empty()
            || signer.company_id.is_some_and(|company| self.required_contractors.contains(&company));
        named && self.required_parties.contains(&signer.party)
    }

    /// Whether every required party has signed, and every contractor that the round names.
    fn is_signed_by_all(&self, last: &Signer) -> bool {
        let signers = self.signers.iter().chain([last]);
        let has_signed = |party: &Party| signers.clone().any(|signer| signer.party == *party);
        let all_parties = self.required_parties.iter().all(has_signed);
        let mut contractors = self.required_contractors.iter();
        all_parties && contractors.all(|company| signers.clone().any(|signer| signer.company_id == Some(*company)))
    }
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
    let rule = command.rule();
    rule.check_role(role)?;
    if role == R::Owner && !actor.owns(inspection.unit_id) {
        return Err(RefusalCode::NotFound.into());
    }
    check_relation(inspection, &Signer::of(actor), command)?;
    // A result and a submission are judgements as a signature is, and a reopening takes signatures back. To begin for
    // another side would bar the person from both.
    if rule.act.binds() {
        check_one_side(&inspection.acted_for, actor)?;
    }
    if !inspection.round_open {
        return Err(RefusalCode::RoundNotOpen.into());
    }
    if command.states().contains(&inspection.status) || signs_afterwards(inspection, actor.party(), command) {
        Ok(())
    } else {
        Err(Refusal::new(RefusalCode::WrongState).with("status", inspection.status))
    }
}

/// Whether a finding still enters a unit inspection of this status in a round of this status. A finding that comes
/// later is taken for the unit and marked as late: a signature never covers less than what its page shows.
#[must_use]
pub const fn takes_findings(round: RoundStatus, status: S) -> bool {
    matches!(round, RoundStatus::Open) && matches!(status, S::Planned | S::InProgress | S::Inaccessible)
}

/// Another contractor and another owner sign the same content after all required parties have signed it.
fn signs_afterwards(inspection: &InspectionFacts, party: Party, command: C) -> bool {
    let several = matches!(party, Party::Contractor | Party::Customer);
    command == C::Sign && several && inspection.status == S::Signed
}

/// A party signs once, where it is required; of contractors each company, of owners each person. A contractor ends an
/// inspection only where its own signature is asked for (its self-check): otherwise it could declare the work of others
/// complete.
fn check_relation(inspection: &InspectionFacts, signer: &Signer, command: C) -> Result<(), Refusal> {
    let required = inspection.requires(signer);
    let signed = inspection.signers.iter().any(|earlier| earlier.stands_for_the_same(signer));
    match command {
        C::Sign if !required => Err(RefusalCode::PartyNotRequired.into()),
        C::Sign if signed => Err(RefusalCode::AlreadySigned.into()),
        C::Submit | C::MarkInaccessible if signer.party == Party::Contractor && !required => {
            Err(RefusalCode::PartyNotRequired.into())
        }
        C::Start | C::Record | C::Submit | C::Sign | C::Reopen | C::MarkInaccessible => Ok(()),
    }
}

/// The status after a permitted command.
#[must_use]
pub fn status_after(inspection: &InspectionFacts, command: C, signer: &Signer) -> S {
    match command {
        C::Start | C::Reopen => S::InProgress,
        C::Record => inspection.status,
        C::Submit => S::Submitted,
        C::Sign if inspection.is_signed_by_all(signer) => S::Signed,
        C::Sign => S::Submitted,
        C::MarkInaccessible => S::Inaccessible,
    }
}

#[cfg(test)]
#[path = "permit_tests.rs"]
mod tests;
