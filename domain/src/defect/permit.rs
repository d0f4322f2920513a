//! Who may do what to a defect, and when: the one rule that commands and `allowedCommands` both ask.

use super::codes::DefectStatus as S;
use super::commands::DefectCommand as C;
use super::facts::DefectFacts;
use super::view::status_for;
use crate::actor::Actor;
use crate::party::{Party, Role as R};
use crate::policy::Policy;
use crate::refusal::{Refusal, RefusalCode};
use crate::side::check_one_side;

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
pub fn allowed_commands(defect: &DefectFacts, actor: &Actor, policy: &Policy) -> Vec<Allowed> {
    C::ALL.iter().map(|&command| Allowed { command, refusal: permit(defect, actor, command, policy).err() }).collect()
}

/// Whether the actor may do the command to the defect now.
///
/// Roles are checked first, then the relation (responsible, four eyes), then the state, so that an answer never reveals
/// more than that to a person without the right.
///
/// # Errors
/// The reason why not.
pub fn permit(defect: &DefectFacts, actor: &Actor, command: C, policy: &Policy) -> Result<(), Refusal> {
    let role = actor.role();
    command.rule().check_role(role)?;
    if role == R::Owner && !actor.owns(defect.unit_id) {
        return Err(RefusalCode::NotFound.into());
    }
    check_relation(defect, actor, command, policy)?;
    // A merge into a defect that is void has lost its survivor: it is restored like any other void defect.
    let lost = defect.survivor_void && command == C::Restore;
    if defect.merged && !lost && !matches!(command, C::Unmerge | C::Comment) {
        return Err(RefusalCode::Merged.into());
    }
    check_state(defect, role, command)?;
    check_verdict(defect, actor, command)
}

fn check_relation(defect: &DefectFacts, actor: &Actor, command: C, policy: &Policy) -> Result<(), Refusal> {
    let company = actor.company_id();
    let responsible = company.is_some() && company == defect.responsible_company_id;
    match command {
        C::SetAssignee | C::Start | C::ReportFixed | C::Dispute if !responsible => {
            Err(RefusalCode::NotResponsible.into())
        }
        C::Update => check_update(defect, actor),
        C::Withdraw if !is_own_finding(defect, actor) => Err(RefusalCode::NotYourFinding.into()),
        // A contractor cannot withdraw a defect that it has to repair.
        C::Withdraw if responsible => Err(RefusalCode::FourEyes.into()),
        C::Verify => check_verifier(defect, actor, policy),
        _ => Ok(()),
    }?;
    if command.rule().act.binds() { check_one_side(&defect.acted_for, actor) } else { Ok(()) }
}

/// Developer and supervisor change any defect; everybody else only what the own company, or the owner, raised.
fn check_update(defect: &DefectFacts, actor: &Actor) -> Result<(), Refusal> {
    match actor.party() {
        Party::Developer | Party::Supervisor => Ok(()),
        Party::Contractor | Party::Property | Party::Customer if is_own_finding(defect, actor) => Ok(()),
        Party::Contractor | Party::Property | Party::Customer => Err(RefusalCode::NotYourFinding.into()),
    }
}

/// The own company raised it, or of owners the person.
fn is_own_finding(defect: &DefectFacts, actor: &Actor) -> bool {
    match actor.company_id() {
        Some(company) => defect.raised_company_id == Some(company),
        None => defect.raised_by == actor.person_id,
    }
}

fn check_verifier(defect: &DefectFacts, actor: &Actor, policy: &Policy) -> Result<(), Refusal> {
    let company = actor.company_id();
    let own_work =
        company.is_some() && (company == defect.responsible_company_id || company == defect.attempt_company_id);
    if own_work {
        return Err(RefusalCode::FourEyes.into());
    }
    match actor.party() {
        Party::Customer if defect.owner_finding && defect.raised_by == actor.person_id => Ok(()),
        Party::Customer => Err(RefusalCode::NotYourFinding.into()),
        Party::Contractor => Err(RefusalCode::RoleNotAllowed.into()),
        party if policy.verifying_parties.contains(&party) => Ok(()),
        Party::Developer | Party::Supervisor | Party::Property => Err(RefusalCode::RoleNotAllowed.into()),
    }
}

fn check_state(defect: &DefectFacts, role: R, command: C) -> Result<(), Refusal> {
    let status = status_for(role, defect);
    // An owner confirms an own finding even after staff have closed it, and changes it only until its repair begins.
    let extra = role == R::Owner && command == C::Verify && status == S::Closed && defect.attempt_count > 0;
    let too_late = role == R::Owner && command == C::Update && !matches!(status, S::Open | S::Assigned);
    if too_late || (!extra && !command.states().contains(&status)) {
        return Err(Refusal::new(RefusalCode::WrongState).with("status", status));
    }
    match command {
        C::Withdraw if defect.attempt_count > 0 => Err(RefusalCode::RepairReported.into()),
        C::Unmerge if !defect.merged => Err(RefusalCode::NotMerged.into()),
        C::Resume if !defect.on_hold => Err(RefusalCode::NotOnHold.into()),
        C::Assign | C::Hold | C::Start | C::ReportFixed | C::Dispute if defect.on_hold => {
            Err(RefusalCode::OnHold.into())
        }
        _ => Ok(()),
    }
}

fn check_verdict(defect: &DefectFacts, actor: &Actor, command: C) -> Result<(), Refusal> {
    let judged = defect.verdicts.iter().any(|(party, _)| *party == actor.party());
    if command == C::Verify && judged { Err(RefusalCode::AlreadyJudged.into()) } else { Ok(()) }
}
