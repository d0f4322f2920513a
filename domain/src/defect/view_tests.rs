use super::*;
use crate::defect::{DefectStatus as S, effect_of};
use crate::id::{CompanyId, PersonId, UnitId};
use crate::party::Party;
use crate::policy::Policy;

/// A defect that a company is to repair, with what owners read of it.
#[derive(Clone)]
struct Told {
    facts: DefectFacts,
    before_void: Option<S>,
    shown_before_void: Option<S>,
}

impl Told {
    fn standing(status: S) -> Self {
        let facts = DefectFacts {
            status,
            shown_status: status,
            unit_id: UnitId::nil(),
            on_hold: false,
            merged: false,
            survivor_void: false,
            owner_finding: true,
            raised_by: PersonId::nil(),
            raised_company_id: None,
            responsible_company_id: Some(CompanyId::nil()),
            attempt_company_id: None,
            verdicts: Vec::new(),
            acted_for: Vec::new(),
            attempt_count: 1,
            due_at: None,
            clock_stopped_at: None,
        };
        Self { facts, before_void: None, shown_before_void: None }
    }

    /// The same after a step.
    fn after(&self, step: Step) -> Self {
        let policy = Policy::default();
        let mut told = self.clone();
        told.facts.status = effect_of(&self.facts, step, &policy).status;
        if told.facts.status == S::Void {
            told.before_void = Some(self.facts.status);
        }
        if let Some(step) = step_for_owner(step, self.shown_before_void) {
            let shown = effect_of(&facts_for_owner(&self.facts, None, None), step, &policy).status;
            told.shown_before_void = (shown == S::Void).then_some(self.facts.shown_status);
            told.facts.shown_status = shown;
        }
        told
    }

    /// Where it stands, and where owners read that it stands.
    const fn statuses(&self) -> (S, S) {
        (self.facts.status, self.facts.shown_status)
    }
}

const fn resolved(outcome: DisputeOutcome, before: S) -> Step {
    Step::ResolveDispute { outcome, before: Some(before) }
}

const FAIL: Step = Step::Verdict { party: Party::Developer, passed: false };

#[test]
fn holds_and_disputes_are_no_steps_to_an_owner() {
    let hidden = [DisputeOutcome::Upheld, DisputeOutcome::Reassigned].map(|outcome| resolved(outcome, S::Assigned));
    for step in hidden.into_iter().chain([Step::Hold, Step::Resume, Step::Dispute]) {
        assert_eq!(step_for_owner(step, None), None, "{step:?}");
    }
    assert_eq!(step_for_owner(resolved(DisputeOutcome::Voided, S::Assigned), None), Some(Step::Void));
    for step in [Step::Assign, Step::Start, Step::ReportFixed, FAIL, Step::Void, Step::Reopen] {
        assert_eq!(step_for_owner(step, None), Some(step));
    }
}

#[test]
fn a_void_defect_goes_back_to_where_owners_read_that_it_stood() {
    let restored = |before| Step::Restore { before };
    let known = restored(Some(S::Disputed));
    assert_eq!(step_for_owner(known, Some(S::InProgress)), Some(restored(Some(S::InProgress))));
    // What is not known of one is not known of the other.
    assert_eq!(step_for_owner(restored(None), Some(S::InProgress)), Some(restored(None)));
}

/// Where a defect stands after a dispute of each outcome, and where owners read that it stands.
#[test]
fn the_status_that_owners_read_is_the_one_of_before_the_dispute() {
    for &before in S::TO_DO {
        let disputed = Told::standing(before).after(Step::Dispute);
        assert_eq!(disputed.statuses(), (S::Disputed, before));
        let back = |told: &Told| told.after(Step::Restore { before: told.before_void });
        // One that is merged while companies dispute it is disputed again when the merge is undone.
        let merged = Told { facts: DefectFacts { merged: true, ..disputed.facts.clone() }, ..disputed.clone() };
        let merged = merged.after(Step::Void);
        assert_eq!((merged.statuses(), back(&merged).statuses()), ((S::Void, S::Void), (S::Disputed, before)));
        for (outcome, stands, shown) in [
            (DisputeOutcome::Upheld, before, before),
            (DisputeOutcome::Reassigned, S::Assigned, before),
            (DisputeOutcome::Voided, S::Void, S::Void),
        ] {
            let settled = disputed.after(resolved(outcome, before));
            assert_eq!(settled.statuses(), (stands, shown), "{before} {outcome}");
            if outcome == DisputeOutcome::Voided {
                assert_eq!(back(&settled).facts.shown_status, before, "{before} restored");
                continue;
            }
            // Another dispute hides the same.
            assert_eq!(settled.after(Step::Dispute).statuses(), (S::Disputed, before), "{before} {outcome}");
            for (step, status) in
                [(Step::Assign, S::Assigned), (Step::Start, S::InProgress), (Step::ReportFixed, S::Fixed)]
            {
                assert_eq!(settled.after(step).statuses(), (status, status), "{before} {outcome} {step:?}");
            }
            let failed = settled.after(Step::ReportFixed).after(FAIL);
            assert_eq!(failed.statuses(), (S::Rework, S::Rework), "{before} {outcome}");
        }
    }
}

#[test]
fn owners_read_of_no_step_that_is_impossible_as_they_see_the_defect() {
    for &before in S::TO_DO {
        let reassigned =
            Told::standing(before).after(Step::Dispute).after(resolved(DisputeOutcome::Reassigned, before));
        for (command, is_told) in [
            (DefectCommand::Assign, true),
            // The repair of another company begins while the owner reads that it has begun.
            (DefectCommand::Start, before != S::InProgress),
            (DefectCommand::ReportFixed, true),
            (DefectCommand::Withdraw, before == S::Assigned),
        ] {
            let audience = if is_told { Audience::Owner } else { Audience::Staff };
            assert_eq!(audience_of(command, &reassigned.facts), audience, "{before} {command}");
        }
    }
    // Where nothing is hidden, who reads of a command depends on the command alone.
    for status in S::ALL.iter().copied().filter(|status| *status != S::Disputed) {
        for &command in DefectCommand::ALL {
            let audience = audience_of(command, &Told::standing(status).facts);
            assert_eq!(audience, command.event().audience(), "{status} {command}");
        }
    }
}
