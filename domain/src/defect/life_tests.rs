//! Whole lives of defects: random commands by random people, with the promises that must hold after each of them.

use super::transition::{Step, move_clock};
use super::view::{facts_for_owner, step_for_owner};
use super::{DefectCommand as C, DefectFacts, DefectStatus as S, DisputeOutcome, Effect, effect_of, permit};
use crate::actor::{Actor, ProjectRole};
use crate::id::{CompanyId, PersonId, ProjectId, UnitId};
use crate::party::{Party, Role as R};
use crate::policy::{Policy, Verification};
use crate::time::Timestamp;

/// The arrows of the handbook. A command that is not listed for a status never leaves from it.
const ARROWS: &str = "
OPEN         ASSIGN           ASSIGNED
OPEN         VOID             VOID
OPEN         MERGE            VOID
OPEN         WITHDRAW         VOID
ASSIGNED     ASSIGN           ASSIGNED
ASSIGNED     START            IN_PROGRESS
ASSIGNED     REPORT_FIXED     FIXED
ASSIGNED     DISPUTE          DISPUTED
ASSIGNED     VOID             VOID
ASSIGNED     MERGE            VOID
ASSIGNED     WITHDRAW         VOID
ASSIGNED     HOLD             ASSIGNED
ASSIGNED     RESUME           ASSIGNED
IN_PROGRESS  ASSIGN           ASSIGNED
IN_PROGRESS  REPORT_FIXED     FIXED
IN_PROGRESS  DISPUTE          DISPUTED
IN_PROGRESS  VOID             VOID
IN_PROGRESS  MERGE            VOID
IN_PROGRESS  HOLD             IN_PROGRESS
IN_PROGRESS  RESUME           IN_PROGRESS
REWORK       ASSIGN           ASSIGNED
REWORK       START            IN_PROGRESS
REWORK       REPORT_FIXED     FIXED
REWORK       DISPUTE          DISPUTED
REWORK       VOID             VOID
REWORK       MERGE            VOID
REWORK       HOLD             REWORK
REWORK       RESUME           REWORK
FIXED        VERIFY           FIXED CLOSED REWORK
FIXED        MERGE            VOID
DISPUTED     RESOLVE_DISPUTE  ASSIGNED IN_PROGRESS REWORK VOID
DISPUTED     MERGE            VOID
DISPUTED     WITHDRAW         VOID
CLOSED       REOPEN           ASSIGNED
CLOSED       VERIFY           CLOSED REWORK
VOID         RESTORE          OPEN ASSIGNED IN_PROGRESS REWORK
VOID         UNMERGE          OPEN ASSIGNED IN_PROGRESS REWORK FIXED DISPUTED
";

fn arrows() -> impl Iterator<Item = (S, C, S)> {
    ARROWS.lines().filter(|line| !line.is_empty()).flat_map(|line| {
        let mut words = line.split_whitespace();
        let mut next = || words.next().unwrap_or_default();
        let from: S = next().parse().expect("a status");
        let command = next();
        let command = C::ALL.iter().copied().find(|one| one.as_str() == command).expect("a command");
        words.map(move |to| (from, command, to.parse().expect("a status")))
    })
}

fn documented(from: S, command: C, to: S) -> bool {
    arrows().any(|arrow| arrow == (from, command, to))
}

const UNIT: UnitId = UnitId::from_u128(1);
const BUILDERS: [CompanyId; 2] = [CompanyId::from_u128(10), CompanyId::from_u128(11)];
const OWNER: PersonId = PersonId::from_u128(20);
const FRESH: i64 = 1_000;

/// Everybody: all roles, contractors of two companies, an owner of the unit and a neighbour.
fn people() -> Vec<Actor> {
    let mut people = Vec::new();
    for &role in R::ALL {
        let companies: Vec<CompanyId> = match role.party() {
            Party::Contractor => BUILDERS.to_vec(),
            Party::Developer => vec![CompanyId::from_u128(12)],
            Party::Supervisor => vec![CompanyId::from_u128(13)],
            Party::Property => vec![CompanyId::from_u128(14)],
            Party::Customer => Vec::new(),
        };
        let staff = companies.into_iter().map(|company_id| ProjectRole::Staff { company_id, role });
        people.extend(staff.map(|project_role| (PersonId::from_u128(30), project_role)));
    }
    people.push((OWNER, ProjectRole::Owner { unit_ids: vec![UNIT] }));
    people.push((PersonId::from_u128(21), ProjectRole::Owner { unit_ids: vec![UnitId::from_u128(2)] }));
    people
        .into_iter()
        .map(|(person_id, project_role)| Actor { person_id, project_id: ProjectId::nil(), project_role })
        .collect()
}

/// Chance that is the same every time (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The lower digits of neighbours depend on one another.
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit as u64).unwrap_or(0)
    }

    fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// A defect with the bookkeeping that goes with its commands, and an own account of the time spent on it.
struct Life {
    facts: DefectFacts,
    before: Option<S>,
    shown_before: Option<S>,
    disputed: Option<S>,
    now: Timestamp,
    /// Time during which the contractor's clock should have run since the due time was set.
    worked: i64,
}

impl Life {
    fn new(owner_finding: bool) -> Self {
        let facts = DefectFacts {
            status: S::Open,
            shown_status: S::Open,
            unit_id: UNIT,
            on_hold: false,
            merged: false,
            survivor_void: false,
            owner_finding,
            raised_by: if owner_finding { OWNER } else { PersonId::nil() },
            raised_company_id: (!owner_finding).then_some(CompanyId::from_u128(13)),
            responsible_company_id: None,
            attempt_company_id: None,
            verdicts: Vec::new(),
            acted_for: Vec::new(),
            attempt_count: 0,
            due_at: None,
            clock_stopped_at: None,
        };
        Self { facts, before: None, shown_before: None, disputed: None, now: Timestamp(0), worked: 0 }
    }

    fn pass_time(&mut self, micros: i64) {
        self.now = self.now.plus_micros(micros);
        if S::TO_DO.contains(&self.facts.status) && !self.facts.on_hold {
            self.worked += micros;
        }
    }

    /// The step that a permitted command is, with whatever choice it leaves.
    fn step(&self, command: C, actor: &Actor, chance: &mut Chance) -> Option<Step> {
        Some(match command {
            C::Update | C::SetAssignee | C::Comment => return None,
            C::Assign => Step::Assign,
            C::Start => Step::Start,
            C::ReportFixed => Step::ReportFixed,
            C::Verify => Step::Verdict { party: actor.party(), passed: chance.below(2) == 0 },
            C::Dispute => Step::Dispute,
            C::ResolveDispute => {
                let outcome = chance.pick(DisputeOutcome::ALL);
                Step::ResolveDispute { outcome, before: self.disputed.filter(|_| chance.below(4) > 0) }
            }
            C::Void | C::Merge | C::Withdraw => Step::Void,
            C::Restore | C::Unmerge => Step::Restore { before: self.before.filter(|_| chance.below(4) > 0) },
            C::Reopen => Step::Reopen,
            C::Hold => Step::Hold,
            C::Resume => Step::Resume,
        })
    }

    fn apply(&mut self, command: C, actor: &Actor, step: Step, effect: Effect, chance: &mut Chance) {
        let fresh = self.now.plus_micros(FRESH);
        let (policy, zone) = (Policy::default(), jiff::tz::TimeZone::UTC);
        let calendar = super::calendar::Calendar::new(&policy, &zone);
        let (due_at, clock_stopped_at) = move_clock(&self.facts, effect.clock, self.now, Some(fresh), calendar);
        if effect.clock == super::ClockMove::Start {
            self.worked = 0;
        }
        let facts = &mut self.facts;
        match (command, step) {
            (C::Assign, _) | (_, Step::ResolveDispute { outcome: DisputeOutcome::Reassigned, .. }) => {
                facts.responsible_company_id = Some(chance.pick(&BUILDERS));
            }
            (C::ReportFixed, _) => {
                facts.attempt_count += 1;
                facts.attempt_company_id = actor.company_id();
                facts.verdicts.clear();
            }
            (_, Step::Verdict { party, passed }) => facts.verdicts.push((party, passed)),
            (C::Dispute, _) => self.disputed = Some(facts.status),
            (C::Hold, _) => facts.on_hold = true,
            (C::Resume, _) => facts.on_hold = false,
            (C::Merge, _) => facts.merged = true,
            (C::Unmerge, _) => facts.merged = false,
            _ => {}
        }
        if effect.status == S::Void {
            self.before = Some(facts.status);
        }
        (facts.status, facts.due_at, facts.clock_stopped_at) = (effect.status, due_at, clock_stopped_at);
    }

    /// Moves what owners read of the status, before the step is applied.
    fn show(&mut self, step: Step, policy: &Policy) {
        let Some(step) = step_for_owner(step, self.shown_before) else { return };
        let shown = effect_of(&facts_for_owner(&self.facts, None, None), step, policy).status;
        self.shown_before = (shown == S::Void).then_some(self.facts.shown_status);
        self.facts.shown_status = shown;
    }

    fn check(&self, policy: &Policy, people: &[Actor]) {
        let facts = &self.facts;
        let stands = facts.on_hold || matches!(facts.status, S::Disputed | S::Fixed);
        match facts.status {
            S::Open => assert_eq!((facts.due_at, facts.clock_stopped_at), (None, None)),
            S::Assigned | S::InProgress | S::Rework | S::Fixed | S::Disputed => {
                assert_eq!(facts.clock_stopped_at.is_some(), stands, "{facts:?}");
                assert!(facts.due_at.is_some() && facts.responsible_company_id.is_some(), "{facts:?}");
            }
            S::Closed | S::Void => assert!(facts.due_at.is_none() || facts.clock_stopped_at.is_some(), "{facts:?}"),
        }
        // An owner reads another status only while there is work to do, and never of a dispute.
        if facts.shown_status != facts.status {
            assert!(S::MAY_BE_OVERDUE.contains(&facts.status) && S::TO_DO.contains(&facts.shown_status), "{facts:?}");
        }
        if let Some(due) = facts.due_at {
            let left = due.micros_since(facts.clock_stopped_at.unwrap_or(self.now));
            assert_eq!(left, FRESH - self.worked, "time left of {facts:?} at {:?}", self.now);
        }
        let ways_out = people.iter().any(|actor| {
            C::ALL.iter().any(|&command| {
                let moves =
                    !matches!(command, C::Update | C::SetAssignee | C::Comment | C::Merge | C::Void | C::Withdraw);
                moves && permit(facts, actor, command, policy).is_ok()
            })
        });
        assert!(ways_out, "nobody can move on {facts:?}");
    }
}

fn policies() -> Vec<Policy> {
    let of = |verification, verifying_parties: &[Party]| Policy {
        verification,
        verifying_parties: verifying_parties.to_vec(),
        ..Policy::default()
    };
    let both = [Party::Developer, Party::Supervisor];
    let policies = vec![
        of(Verification::AnyOne, &both),
        of(Verification::All, &both),
        of(Verification::AnyOne, &[Party::Property]),
        of(Verification::All, &[Party::Developer, Party::Supervisor, Party::Property]),
    ];
    assert!(policies.iter().all(|policy| policy.problems().is_empty()));
    policies
}

#[test]
fn random_lives_keep_every_promise() {
    let people = people();
    let mut seen = std::collections::HashSet::new();
    for (n, policy) in policies().iter().enumerate() {
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ n as u64);
        for round in 0..300 {
            let mut life = Life::new(round % 2 == 0);
            for _ in 0..400 {
                life.pass_time(i64::try_from(chance.below(100)).unwrap_or(0));
                let command = chance.pick(C::ALL);
                let actor = &people[chance.below(people.len())];
                // Most lives go on, so that they come to their later states.
                let ends = matches!(command, C::Void | C::Merge | C::Withdraw) && chance.below(4) > 0;
                if ends || permit(&life.facts, actor, command, policy).is_err() {
                    continue;
                }
                if command == C::Verify {
                    let work = [life.facts.responsible_company_id, life.facts.attempt_company_id];
                    assert!(actor.company_id().is_none() || !work.contains(&actor.company_id()), "four eyes");
                    assert_ne!(actor.party(), Party::Contractor);
                }
                let from = life.facts.status;
                if let Some(step) = life.step(command, actor, &mut chance) {
                    let effect = effect_of(&life.facts, step, policy);
                    assert!(documented(from, command, effect.status), "{from} {command} {}", effect.status);
                    let needs = policy.verification == Verification::All && actor.party() != Party::Customer;
                    if command == C::Verify && from == S::Fixed && effect.status == S::Closed && needs {
                        let passes =
                            |party: &Party| *party == actor.party() || life.facts.verdicts.contains(&(*party, true));
                        assert!(policy.verifying_parties.iter().all(passes), "closed too early: {:?}", life.facts);
                    }
                    life.show(step, policy);
                    life.apply(command, actor, step, effect, &mut chance);
                    seen.insert((from, command, life.facts.status));
                }
                life.check(policy, &people);
            }
        }
    }
    // The walk is worth something only if it has been everywhere.
    let missed: Vec<String> =
        arrows().filter(|arrow| !seen.contains(arrow)).map(|arrow| format!("{arrow:?}")).collect();
    assert!(missed.is_empty(), "never walked: {}", missed.join(", "));
}

#[test]
fn a_command_is_possible_only_where_an_arrow_leaves() {
    for &status in S::ALL {
        for (on_hold, merged) in [(false, false), (true, false), (false, true), (true, true)] {
            for owner_finding in [false, true] {
                let mut facts = Life::new(owner_finding).facts;
                (facts.status, facts.on_hold, facts.merged, facts.attempt_count) = (status, on_hold, merged, 1);
                facts.shown_status = if status == S::Disputed { S::Assigned } else { status };
                facts.responsible_company_id = Some(BUILDERS[0]);
                for actor in people() {
                    for &command in C::ALL {
                        let moves = !matches!(command, C::Update | C::SetAssignee | C::Comment);
                        let leaves = S::ALL.iter().any(|&to| documented(status, command, to));
                        let allowed = permit(&facts, &actor, command, &Policy::default()).is_ok();
                        assert!(!(allowed && moves) || leaves, "{status} {command} {actor:?}");
                        let asleep = merged && !matches!(command, C::Unmerge | C::Comment);
                        assert!(!(allowed && asleep), "{status} {command} while merged");
                    }
                }
            }
        }
    }
}

#[test]
fn a_settled_dispute_is_not_taken_up_again_but_a_merged_one_is() {
    let mut facts = Life::new(false).facts;
    (facts.status, facts.responsible_company_id) = (S::Void, Some(BUILDERS[0]));
    let back =
        |facts: &DefectFacts| effect_of(facts, Step::Restore { before: Some(S::Disputed) }, &Policy::default()).status;
    assert_eq!(back(&facts), S::Assigned);
    facts.merged = true;
    assert_eq!(back(&facts), S::Disputed);
}

#[test]
fn a_rejected_closed_finding_gets_a_new_due_time_and_a_company_or_nobody() {
    let reject = Step::Verdict { party: Party::Customer, passed: false };
    let mut facts = Life::new(true).facts;
    (facts.status, facts.attempt_count) = (S::Closed, 1);
    for (responsible, status, clock) in
        [(None, S::Open, super::ClockMove::Clear), (Some(BUILDERS[0]), S::Rework, super::ClockMove::Start)]
    {
        facts.responsible_company_id = responsible;
        let effect = effect_of(&facts, reject, &Policy::default());
        assert_eq!(effect, Effect { status, clock, attempt_passed: Some(false) });
    }
}
