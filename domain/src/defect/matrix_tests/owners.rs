//! What an owner may do, which tells nothing of a dispute or a hold.

use super::{actor, defect};
use crate::defect::{DefectCommand as C, DefectFacts, DefectStatus as S, allowed_commands, permit};
use crate::party::Role as R;
use crate::policy::Policy;
use crate::refusal::RefusalCode;

#[test]
fn an_owner_is_never_told_of_a_dispute_or_a_hold() {
    for status in ["D", "A+", "P+", "R+"] {
        for relation in ["raiser", "other"] {
            for &command in C::ALL {
                let facts = defect(status, relation, R::Owner);
                let Err(refusal) = permit(&facts, &actor(R::Owner, relation), command, &Policy::default()) else {
                    continue;
                };
                assert!(!matches!(refusal.code, RefusalCode::OnHold | RefusalCode::NotOnHold), "{command}");
                assert!(refusal.params.iter().all(|(_, value)| value != S::Disputed.as_str()), "{command}");
            }
        }
    }
}

#[test]
fn what_an_owner_may_do_tells_nothing_of_a_dispute_or_a_hold() {
    for relation in ["raiser", "other"] {
        for (hidden, shown) in [("D", "A"), ("A+", "A"), ("P+", "P"), ("R+", "R")] {
            let told = |condition, attempt_count| {
                let facts = DefectFacts { attempt_count, ..defect(condition, relation, R::Owner) };
                allowed_commands(&facts, &actor(R::Owner, relation), &Policy::default())
            };
            for attempts in [0, 1] {
                assert_eq!(told(hidden, attempts), told(shown, attempts), "{relation} {hidden}");
            }
        }
    }
}

#[test]
fn an_owner_confirms_a_closed_finding_only_if_something_was_repaired() {
    let facts = DefectFacts { attempt_count: 0, ..defect("C", "raiser", R::Owner) };
    let code =
        permit(&facts, &actor(R::Owner, "raiser"), C::Verify, &Policy::default()).map_err(|refusal| refusal.code);
    assert_eq!(code, Err(RefusalCode::WrongState));
}

#[test]
fn an_owner_neither_withdraws_nor_changes_during_a_dispute_what_could_not_be_before_it() {
    for (before, shown) in [(S::Assigned, "A"), (S::InProgress, "P"), (S::Rework, "R")] {
        let disputed = DefectFacts { shown_status: before, ..defect("D", "raiser", R::Owner) };
        let told = |facts: &DefectFacts| {
            let facts = DefectFacts { attempt_count: 0, ..facts.clone() };
            allowed_commands(&facts, &actor(R::Owner, "raiser"), &Policy::default())
        };
        let told_before = told(&defect(shown, "raiser", R::Owner));
        assert_eq!(told(&disputed), told_before, "{before}");
        // Nor when the dispute is settled, and another company is to begin.
        let reassigned = DefectFacts { status: S::Assigned, ..disputed };
        assert_eq!(told(&reassigned), told_before, "{before}");
    }
}
