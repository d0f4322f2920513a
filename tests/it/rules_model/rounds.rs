//! Rounds in the model: unit inspections, signatures, the outcome of earlier defects, and the blockers of delivery.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::model::{Defect, Model, Status};
use super::people::{PEOPLE, Party, Role};

/// The status of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoundStatus {
    Draft,
    Open,
    Closed,
}

/// The status of a unit inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InspectionStatus {
    Planned,
    InProgress,
    Submitted,
    Signed,
}

impl InspectionStatus {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Planned => "PLANNED",
            Self::InProgress => "IN_PROGRESS",
            Self::Submitted => "SUBMITTED",
            Self::Signed => "SIGNED",
        }
    }
}

/// A command on a unit inspection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Passes these positions of the checklist.
    Record(Vec<usize>),
    Submit,
    Sign,
    Reopen,
}

/// The positions of the fixture's checklist in a unit, all of which must have a result.
const PLACES: usize = 5;
/// A stage that the customer leads: no gate before delivery.
const CUSTOMERS_STAGE: &str = "OPEN_DAY";

/// The outcomes of a unit's defects: by id, the outcome and the status.
pub(super) type Lineage = BTreeMap<Uuid, (&'static str, &'static str)>;

/// The inspection of a unit in a round.
#[derive(Debug)]
pub(super) struct Inspection {
    /// The server's id; nil until it was read.
    pub(super) id: Uuid,
    pub(super) progress: InspectionStatus,
    answered: BTreeSet<usize>,
    signers: Vec<usize>,
    /// The time at which the signed content was taken.
    content_at: Option<i64>,
    /// The outcomes at the close of the round.
    frozen: Option<Lineage>,
}

/// A round over some units.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) id: Uuid,
    pub(super) stage: &'static str,
    parties: &'static [Party],
    units: Vec<usize>,
    pub(super) status: RoundStatus,
    opened_at: i64,
    closed_at: Option<i64>,
    /// By unit; empty before the round is opened.
    pub(super) inspections: BTreeMap<usize, Inspection>,
}

fn runs_rounds(person: usize) -> bool {
    matches!(PEOPLE[person].role, Role::Manager | Role::Site)
}

impl Model {
    pub(super) fn plan(
        &mut self,
        id: Uuid,
        person: usize,
        stage: &'static str,
        parties: &'static [Party],
        units: &[usize],
    ) -> bool {
        let may = runs_rounds(person);
        if may {
            let (status, units) = (RoundStatus::Draft, units.to_vec());
            let (opened_at, closed_at, inspections) = (0, None, BTreeMap::new());
            self.rounds.push(Round { id, stage, parties, units, status, opened_at, closed_at, inspections });
        }
        may
    }

    pub(super) fn open(&mut self, person: usize, round: usize) -> bool {
        let now = self.now;
        let round = &mut self.rounds[round];
        let may = runs_rounds(person) && round.status == RoundStatus::Draft;
        if may {
            (round.status, round.opened_at) = (RoundStatus::Open, now);
            let planned = |unit: &usize| {
                let (answered, signers) = (BTreeSet::new(), Vec::new());
                let (id, progress) = (Uuid::nil(), InspectionStatus::Planned);
                (*unit, Inspection { id, progress, answered, signers, content_at: None, frozen: None })
            };
            round.inspections = round.units.iter().map(planned).collect();
        }
        may
    }

    /// Closes a round: the outcomes of earlier defects are frozen.
    pub(super) fn close(&mut self, person: usize, round: usize) -> bool {
        let may = runs_rounds(person) && self.rounds[round].status == RoundStatus::Open;
        if may {
            self.rounds[round].status = RoundStatus::Closed;
            self.rounds[round].closed_at = Some(self.now);
            let units: Vec<usize> = self.rounds[round].inspections.keys().copied().collect();
            for unit in units {
                let lineage = self.lineage(round, unit);
                if let Some(inspection) = self.rounds[round].inspections.get_mut(&unit) {
                    inspection.frozen = Some(lineage);
                }
            }
        }
        may
    }

    /// Whether the inspection still accepts a finding; otherwise the finding is late.
    pub(super) fn takes_findings(&self, round: usize, unit: usize) -> bool {
        let round = &self.rounds[round];
        let begun = |one: &Inspection| matches!(one.progress, InspectionStatus::Planned | InspectionStatus::InProgress);
        round.status == RoundStatus::Open && round.inspections.get(&unit).is_some_and(begun)
    }

    /// Whether the person has the right to the step now, regardless of missing results.
    pub(super) fn may_inspect(&self, person: usize, round: usize, unit: usize, step: &Step) -> bool {
        let (who, round) = (&PEOPLE[person], &self.rounds[round]);
        let Some(inspection) = round.inspections.get(&unit) else { return false };
        let (party, progress) = (who.party(), inspection.progress);
        let required = round.parties.contains(&party);
        let of_rank = !matches!(who.role, Role::Relations | Role::Worker);
        let staff = who.role != Role::Owner;
        let fits = match step {
            Step::Record(_) => staff && matches!(progress, InspectionStatus::Planned | InspectionStatus::InProgress),
            Step::Submit => {
                let own_business = party != Party::Contractor || required;
                staff && of_rank && own_business && progress == InspectionStatus::InProgress
            }
            Step::Sign => {
                let here = staff || who.home == Some(unit);
                // Another contractor and another owner may sign an inspection that all parties have signed.
                let several = matches!(party, Party::Contractor | Party::Customer);
                let open = progress == InspectionStatus::Submitted || (several && progress == InspectionStatus::Signed);
                here && of_rank && required && open && !inspection.has_signed(person)
            }
            Step::Reopen => {
                let may = matches!(who.role, Role::Manager | Role::Site | Role::Supervisor);
                may && matches!(progress, InspectionStatus::Submitted | InspectionStatus::Signed)
            }
        };
        fits && round.status == RoundStatus::Open
    }

    pub(super) fn inspect(&mut self, person: usize, round: usize, unit: usize, step: &Step) -> bool {
        let now = self.now;
        let may = self.may_inspect(person, round, unit, step);
        let number = round;
        let round = &mut self.rounds[round];
        let parties = round.parties;
        let Some(inspection) = round.inspections.get_mut(&unit).filter(|_| may) else { return false };
        match step {
            Step::Record(places) => {
                inspection.progress = InspectionStatus::InProgress;
                inspection.answered.extend(places);
            }
            Step::Submit if inspection.answered.len() < PLACES => return false,
            Step::Submit => {
                (inspection.progress, inspection.content_at) = (InspectionStatus::Submitted, Some(now));
                // This submission covers the findings that were late for an earlier one.
                for defect in self.defects.iter_mut().filter(|defect| defect.late_for == Some((number, unit))) {
                    defect.late_for = None;
                }
            }
            Step::Sign => {
                inspection.signers.push(person);
                let signed = |party: &Party| inspection.signers.iter().any(|who| PEOPLE[*who].party() == *party);
                if parties.iter().all(signed) {
                    inspection.progress = InspectionStatus::Signed;
                }
            }
            Step::Reopen => {
                inspection.signers.clear();
                (inspection.progress, inspection.content_at) = (InspectionStatus::InProgress, None);
            }
        }
        true
    }

    /// The outcomes of the shown defects; of a closed round those at its close.
    pub(super) fn lineage(&self, round: usize, unit: usize) -> Lineage {
        let Some(inspection) = self.rounds[round].inspections.get(&unit) else { return Lineage::new() };
        if let Some(frozen) = &inspection.frozen {
            return frozen.clone();
        }
        let shown =
            self.defects.iter().filter(|defect| defect.unit == unit && self.is_shown(defect, round, inspection));
        shown.map(|defect| (defect.id, (self.outcome(defect, round), defect.status.code()))).collect()
    }

    /// The defects of this round, those from before it, and those found outside of any round while it was open; without
    /// those that came after the submitted content.
    fn is_shown(&self, defect: &Defect, round: usize, inspection: &Inspection) -> bool {
        let of = &self.rounds[round];
        let late = |taken| defect.recorded_at > taken || defect.late_for == Some((round, defect.unit));
        if inspection.content_at.is_some_and(late) {
            return false;
        }
        match defect.round {
            Some(found_in) => found_in == round || defect.recorded_at < of.opened_at,
            None => of.closed_at.is_none_or(|closed| defect.recorded_at < closed),
        }
    }

    fn outcome(&self, defect: &Defect, round: usize) -> &'static str {
        let new = match defect.round {
            Some(found_in) => found_in == round,
            None => defect.recorded_at >= self.rounds[round].opened_at,
        };
        match defect.status {
            Status::Void => "VOID",
            _ if new => "NEW",
            Status::Closed => "FIXED",
            Status::Fixed => "AWAITING_VERIFICATION",
            _ if defect.reopened > 0 => "REGRESSED",
            _ => "STILL_OPEN",
        }
    }

    /// The blockers of a unit's delivery: code and subject.
    pub(super) fn blockers(&self, unit: usize) -> BTreeSet<(&'static str, Option<Uuid>)> {
        let mut blockers = BTreeSet::new();
        let gates: Vec<(usize, &Inspection)> = (0..self.rounds.len())
            .filter(|round| self.rounds[*round].stage != CUSTOMERS_STAGE)
            .filter_map(|round| Some((round, self.rounds[round].inspections.get(&unit)?)))
            .collect();
        if gates.is_empty() {
            blockers.insert(("NOT_INSPECTED", None));
        }
        for (round, inspection) in &gates {
            // All gates have one stage, and their numbers are in the order of the list.
            let later = gates.iter().any(|(other, one)| other > round && one.progress == InspectionStatus::Signed);
            let made_up_for = later && self.rounds[*round].status == RoundStatus::Closed;
            if inspection.progress != InspectionStatus::Signed && !made_up_for {
                blockers.insert(("ROUND_NOT_SIGNED", Some(inspection.id)));
            }
        }
        for defect in self.defects.iter().filter(|defect| defect.unit == unit) {
            if defect.status.is_alive() && defect.severity.blocks() {
                blockers.insert(("BLOCKING_DEFECT_OPEN", Some(defect.id)));
            }
        }
        blockers
    }
}

impl Inspection {
    /// Whether the same signer has signed: of contractors the company, of owners the person, else the party.
    fn has_signed(&self, person: usize) -> bool {
        let who = &PEOPLE[person];
        self.signers.iter().any(|signer| {
            let other = &PEOPLE[*signer];
            other.party() == who.party()
                && match who.party() {
                    Party::Contractor => other.company == who.company,
                    Party::Customer => *signer == person,
                    Party::Developer | Party::Supervisor | Party::Property => true,
                }
        })
    }
}
