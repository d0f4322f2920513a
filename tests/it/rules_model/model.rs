//! The state of the model, the visibility of defects, and the rights: written from the handbook, not from the product.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::days::Days;
use super::people::{Company, KINDS, PEOPLE, Party, Role, Severity};
use super::rounds::Round;

/// The status of a defect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Open,
    Assigned,
    InProgress,
    Fixed,
    Rework,
    Disputed,
    Closed,
    Void,
}

impl Status {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Assigned => "ASSIGNED",
            Self::InProgress => "IN_PROGRESS",
            Self::Fixed => "FIXED",
            Self::Rework => "REWORK",
            Self::Disputed => "DISPUTED",
            Self::Closed => "CLOSED",
            Self::Void => "VOID",
        }
    }

    pub(super) const fn is_alive(self) -> bool {
        !matches!(self, Self::Closed | Self::Void)
    }

    /// The contractor has work to do.
    const fn is_to_do(self) -> bool {
        matches!(self, Self::Assigned | Self::InProgress | Self::Rework)
    }
}

/// A command on a defect, by its name among `allowedCommands`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    Update,
    Assign,
    SetAssignee,
    Start,
    ReportFixed,
    Verify,
    Dispute,
    ResolveDispute,
    Void,
    Restore,
    Reopen,
    Hold,
    Resume,
    Merge,
    Unmerge,
    Withdraw,
    Comment,
}

/// Every command with its name. Comments are compared only as a right and never written, so they come last.
pub(super) static RIGHTS: [(Right, &str); 17] = [
    (Right::Update, "UPDATE"),
    (Right::Assign, "ASSIGN"),
    (Right::SetAssignee, "SET_ASSIGNEE"),
    (Right::Start, "START"),
    (Right::ReportFixed, "REPORT_FIXED"),
    (Right::Verify, "VERIFY"),
    (Right::Dispute, "DISPUTE"),
    (Right::ResolveDispute, "RESOLVE_DISPUTE"),
    (Right::Void, "VOID"),
    (Right::Restore, "RESTORE"),
    (Right::Reopen, "REOPEN"),
    (Right::Hold, "HOLD"),
    (Right::Resume, "RESUME"),
    (Right::Merge, "MERGE"),
    (Right::Unmerge, "UNMERGE"),
    (Right::Withdraw, "WITHDRAW"),
    (Right::Comment, "COMMENT"),
];

/// A repair attempt with its verdicts.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub(super) late: bool,
    /// Passed or failed; `None` while verdicts are missing.
    pub(super) passed: Option<bool>,
    pub(super) verdicts: Vec<(Party, bool)>,
}

/// A defect. Other defects, people and rounds are named by their indexes.
#[derive(Debug, Clone)]
pub(super) struct Defect {
    pub(super) id: Uuid,
    pub(super) unit: usize,
    pub(super) kind: usize,
    pub(super) severity: Severity,
    pub(super) description: String,
    pub(super) status: Status,
    /// As owners read it: a dispute, and a company that follows from it, do not move it.
    pub(super) shown: Status,
    pub(super) raised_by: usize,
    pub(super) company: Option<Company>,
    pub(super) assignee: Option<usize>,
    /// The companies that were ever responsible, and the contractor that raised it.
    pub(super) known_to: BTreeSet<Company>,
    pub(super) assigned_at: Option<i64>,
    pub(super) due: Option<i64>,
    pub(super) stopped: Option<i64>,
    pub(super) held: bool,
    pub(super) attempts: Vec<Attempt>,
    pub(super) failed: usize,
    /// By failed attempts, since the due time was set.
    pub(super) escalated: bool,
    pub(super) reopened: usize,
    pub(super) first_passed: Option<bool>,
    pub(super) merged: bool,
    pub(super) before_void: Option<Status>,
    pub(super) shown_before_void: Option<Status>,
    pub(super) before_dispute: Option<Status>,
    /// The valid original of a duplicate.
    pub(super) repeats: Option<usize>,
    /// The defect that a person named as the original; it may have been merged since.
    pub(super) named: Option<usize>,
    pub(super) round: Option<usize>,
    /// The round and unit of the inspection for which it came too late.
    pub(super) late_for: Option<(usize, usize)>,
    pub(super) recorded_at: i64,
    pub(super) events: Vec<&'static str>,
}

impl Defect {
    /// A new defect without a responsible company.
    pub(super) fn logged(id: Uuid, unit: usize, kind: usize, severity: Severity, raised_by: usize, now: i64) -> Self {
        Self {
            id,
            unit,
            kind,
            severity,
            description: String::new(),
            status: Status::Open,
            shown: Status::Open,
            raised_by,
            company: None,
            assignee: None,
            known_to: BTreeSet::new(),
            assigned_at: None,
            due: None,
            stopped: None,
            held: false,
            attempts: Vec::new(),
            failed: 0,
            escalated: false,
            reopened: 0,
            first_passed: None,
            merged: false,
            before_void: None,
            shown_before_void: None,
            before_dispute: None,
            repeats: None,
            named: None,
            round: None,
            late_for: None,
            recorded_at: now,
            events: vec!["DEFECT_LOGGED"],
        }
    }

    pub(super) fn days(&self) -> i64 {
        KINDS[self.kind].days(self.severity)
    }

    pub(super) fn is_owners(&self) -> bool {
        PEOPLE[self.raised_by].role == Role::Owner
    }

    /// Late: the due time had passed when the clock stopped, or has passed if it runs.
    pub(super) fn is_overdue(&self, now: i64) -> bool {
        let may = self.status.is_to_do() || self.status == Status::Disputed;
        may && self.due.is_some_and(|due| due < self.stopped.unwrap_or(now))
    }
}

/// The varying part of the project's policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Each verifying party must pass a repair; otherwise one is enough.
    pub(super) all: bool,
    /// The property service verifies, too.
    pub(super) property: bool,
    pub(super) days: Days,
}

impl Rules {
    pub(super) fn verifying(self) -> Vec<Party> {
        let mut parties = vec![Party::Developer, Party::Supervisor];
        if self.property {
            parties.push(Party::Property);
        }
        parties
    }
}

/// The whole model.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) now: i64,
    pub(super) rules: Rules,
    pub(super) defects: Vec<Defect>,
    pub(super) rounds: Vec<Round>,
}

impl Model {
    pub(super) const fn new(now: i64, rules: Rules) -> Self {
        Self { now, rules, defects: Vec::new(), rounds: Vec::new() }
    }

    /// Staff see every defect, except that contractors see only those that they have, had or raised. Owners see those
    /// of the own unit without void ones that others found.
    pub(super) fn sees(&self, person: usize, index: usize) -> bool {
        let (who, defect) = (&PEOPLE[person], &self.defects[index]);
        match (who.company, who.home) {
            (Some(company), _) if company.is_contractor() => defect.known_to.contains(&company),
            (Some(_), _) => true,
            (None, home) => home == Some(defect.unit) && (defect.status != Status::Void || defect.is_owners()),
        }
    }

    /// Whether the person has the right to the command on the defect now.
    pub(super) fn may(&self, person: usize, index: usize, right: Right) -> bool {
        let (who, defect) = (&PEOPLE[person], &self.defects[index]);
        let adjudicates = matches!(who.role, Role::Manager | Role::Site);
        let dispatches = adjudicates || who.role == Role::Supervisor;
        let responsible = who.party() == Party::Contractor && who.company == defect.company;
        let leads = responsible && who.role == Role::Lead;
        let status = defect.status;
        let begun = status.is_to_do();
        let fits = match right {
            Right::Comment => true,
            Right::Update => self.may_change(person, index),
            Right::Withdraw => {
                let early = self.is_early(index, who.role == Role::Owner);
                // A contractor cannot withdraw a defect that it has to repair.
                self.is_own(person, index) && !responsible && early && defect.attempts.is_empty()
            }
            Right::Assign => dispatches && !defect.held && (begun || status == Status::Open),
            Right::Void => dispatches && (begun || status == Status::Open),
            Right::SetAssignee => leads && begun,
            Right::Start => responsible && !defect.held && matches!(status, Status::Assigned | Status::Rework),
            Right::ReportFixed => responsible && !defect.held && begun,
            Right::Dispute => leads && !defect.held && begun,
            Right::Verify => self.may_judge(person, index),
            Right::ResolveDispute => adjudicates && status == Status::Disputed,
            Right::Restore => adjudicates && status == Status::Void && !defect.merged,
            Right::Reopen => {
                let visits = matches!(who.party(), Party::Property | Party::Customer);
                (dispatches || visits) && status == Status::Closed
            }
            Right::Hold => dispatches && begun && !defect.held,
            Right::Resume => dispatches && begun && defect.held,
            Right::Merge => dispatches && status.is_alive(),
            Right::Unmerge => dispatches && defect.merged,
        };
        fits && self.sees(person, index)
    }

    /// Raised by the own company, or by the owner in person.
    fn is_own(&self, person: usize, index: usize) -> bool {
        let raised_by = self.defects[index].raised_by;
        match PEOPLE[person].company {
            Some(company) => PEOPLE[raised_by].company == Some(company),
            None => raised_by == person,
        }
    }

    /// Developer and supervisor change any defect, others their own; an owner only until the repair begins.
    fn may_change(&self, person: usize, index: usize) -> bool {
        let status = self.defects[index].status;
        let any = matches!(PEOPLE[person].party(), Party::Developer | Party::Supervisor);
        let in_time = PEOPLE[person].role != Role::Owner || self.is_early(index, true);
        (any || self.is_own(person, index)) && status.is_alive() && in_time
    }

    /// Whether the repair has not begun, as the person reads it.
    fn is_early(&self, index: usize, to_owner: bool) -> bool {
        let defect = &self.defects[index];
        let status = if to_owner { defect.shown } else { defect.status };
        matches!(status, Status::Open | Status::Assigned)
    }

    /// Verifying parties except customer relations, and the owner who found it, also when it is closed; each party once
    /// for each attempt. Contractors never.
    fn may_judge(&self, person: usize, index: usize) -> bool {
        let (who, defect) = (&PEOPLE[person], &self.defects[index]);
        let Some(attempt) = defect.attempts.last() else { return false };
        let judged = attempt.verdicts.iter().any(|(party, _)| *party == who.party());
        let owner = who.role == Role::Owner;
        let verifies = match who.role {
            Role::Owner => defect.raised_by == person,
            Role::Relations => false,
            _ => self.rules.verifying().contains(&who.party()),
        };
        let ready = defect.status == Status::Fixed || (owner && defect.status == Status::Closed);
        verifies && ready && !judged
    }

    /// The indexes of the defects that the person sees.
    pub(super) fn seen_by(&self, person: usize) -> impl Iterator<Item = usize> {
        (0..self.defects.len()).filter(move |index| self.sees(person, *index))
    }

    /// The status as the person is shown it: an owner is shown no disputes.
    pub(super) fn shown_status(&self, person: usize, index: usize) -> Status {
        let defect = &self.defects[index];
        if PEOPLE[person].role == Role::Owner { defect.shown } else { defect.status }
    }
}
