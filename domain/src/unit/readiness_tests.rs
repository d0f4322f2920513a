//! Readiness as tables: which rounds, defects and photos block, and what a waiver does.

use super::*;

fn id<I: From<Uuid>>(n: u128) -> I {
    Uuid::from_u128(n).into()
}

fn round(number: i32, stage: &str, round_status: RoundStatus, status: InspectionStatus) -> RoundFact {
    RoundFact {
        inspection_id: id(u128::from(number.unsigned_abs())),
        round_number: number,
        stage: stage.to_owned(),
        round_status,
        status,
    }
}

fn waiver(blocker: BlockerCode, subject_id: Option<Uuid>) -> Waiver {
    Waiver {
        id: id(900),
        blocker,
        subject_id,
        person_id: id(901),
        reason: "agreed".to_owned(),
        recorded_at: Timestamp(1),
    }
}

fn codes(facts: &UnitFacts) -> Vec<BlockerCode> {
    let readiness = readiness(facts);
    assert_eq!(readiness.ready, readiness.blockers.iter().all(|blocker| blocker.waiver.is_some()));
    readiness.blockers.into_iter().map(|blocker| blocker.code).collect()
}

fn of_rounds(rounds: Vec<RoundFact>) -> Vec<BlockerCode> {
    codes(&UnitFacts { rounds, ..UnitFacts::default() })
}

#[test]
fn a_round_blocks_until_the_unit_is_signed_in_it() {
    use InspectionStatus as S;
    for &status in S::ALL {
        for round_status in [RoundStatus::Open, RoundStatus::Closed] {
            let blockers = of_rounds(vec![round(1, "INTERNAL_R1", round_status, status)]);
            let expected: &[BlockerCode] = if status == S::Signed { &[] } else { &[BlockerCode::RoundNotSigned] };
            assert_eq!(blockers, expected, "{round_status} {status}");
        }
    }
}

#[test]
fn a_unit_without_a_round_before_delivery_was_not_inspected() {
    use InspectionStatus::{Planned, Signed};
    assert_eq!(of_rounds(vec![]), [BlockerCode::NotInspected]);
    let only_open_day = of_rounds(vec![round(1, "OPEN_DAY", RoundStatus::Open, Signed)]);
    assert_eq!(only_open_day, [BlockerCode::NotInspected]);
    let only_draft = of_rounds(vec![round(1, "INTERNAL_R1", RoundStatus::Draft, Planned)]);
    assert_eq!(only_draft, [BlockerCode::NotInspected]);
    let open_day_pending =
        vec![round(1, "INTERNAL_R1", RoundStatus::Closed, Signed), round(2, "OPEN_DAY", RoundStatus::Open, Planned)];
    assert_eq!(of_rounds(open_day_pending), []);
}

#[test]
fn a_later_round_makes_up_for_a_closed_one_of_the_same_stage_only() {
    use InspectionStatus::{Inaccessible, Planned, Signed};
    let missed = |status| round(1, "INTERNAL_R1", status, Inaccessible);
    let signed = |stage| round(2, stage, RoundStatus::Closed, Signed);
    assert_eq!(of_rounds(vec![missed(RoundStatus::Closed), signed("INTERNAL_R2")]), []);
    for other in ["HOUSEHOLD_ACCEPTANCE", "OPEN_DAY"] {
        assert_eq!(of_rounds(vec![missed(RoundStatus::Closed), signed(other)]), [BlockerCode::RoundNotSigned]);
    }
    // An open round can still be signed, so it must be.
    assert_eq!(of_rounds(vec![missed(RoundStatus::Open), signed("INTERNAL_R2")]), [BlockerCode::RoundNotSigned]);
    // An earlier signature does not answer for a later round.
    let again = vec![
        round(1, "INTERNAL_R1", RoundStatus::Closed, Signed),
        round(2, "INTERNAL_R2", RoundStatus::Closed, Planned),
    ];
    assert_eq!(of_rounds(again), [BlockerCode::RoundNotSigned]);
}

/// A unit with one blocker of each kind but `NOT_INSPECTED`.
fn troubled() -> UnitFacts {
    UnitFacts {
        rounds: vec![round(1, "HOUSEHOLD_ACCEPTANCE", RoundStatus::Open, InspectionStatus::Submitted)],
        defects: vec![DefectFact { defect_id: id(20), number: 123 }],
        photos: vec![id(30)],
        waivers: Vec::new(),
    }
}

#[test]
fn a_waiver_lets_pass_its_own_subject_only_and_stays_listed() {
    use BlockerCode::{BlockingDefectOpen, NotInspected, PhotoMissing, RoundNotSigned};
    let all = [(RoundNotSigned, id(1)), (BlockingDefectOpen, id(20)), (PhotoMissing, id(30))];
    let mut facts = troubled();
    assert_eq!(codes(&facts), all.map(|(code, _)| code));
    facts.waivers = vec![
        waiver(BlockingDefectOpen, Some(id(21))),
        waiver(BlockingDefectOpen, None),
        waiver(PhotoMissing, Some(id(20))),
    ];
    assert!(readiness(&facts).blockers.iter().all(|blocker| blocker.waiver.is_none()), "other subjects");
    for (n, (code, subject)) in all.into_iter().enumerate() {
        assert!(!readiness(&facts).ready, "{n} waived");
        facts.waivers.push(waiver(code, Some(subject)));
    }
    let waived = readiness(&facts);
    assert!(waived.ready);
    assert_eq!(waived.blockers.len(), 3);
    let unseen = UnitFacts { waivers: vec![waiver(NotInspected, None)], ..UnitFacts::default() };
    assert!(readiness(&unseen).ready);
}

#[test]
fn each_blocker_speaks_both_languages_and_names_its_subject() {
    let mut blockers = readiness(&troubled()).blockers;
    blockers.extend(readiness(&UnitFacts::default()).blockers);
    for blocker in &blockers {
        for &language in Language::ALL {
            assert!(!blocker.message(language).is_empty() && !blocker.cleared_by(language).is_empty());
            assert!(!blocker.owner_message(language).is_empty() && !blocker.owner_cleared_by(language).is_empty());
        }
    }
    assert_eq!(blockers[1].message(Language::En), "Defect D-000123 blocks delivery and is not closed.");
}

#[test]
fn a_blocker_without_its_subject_names_nothing() {
    let mut facts = troubled();
    facts.waivers = vec![waiver(BlockerCode::BlockingDefectOpen, Some(id(20)))];
    for blocker in readiness(&facts).blockers {
        let code = blocker.code;
        let hidden = blocker.without_subject();
        assert_eq!((hidden.code, hidden.subject_id), (code, None));
        if code == BlockerCode::BlockingDefectOpen {
            assert!(hidden.waiver.is_some_and(|waiver| waiver.subject_id.is_none()));
        }
    }
    let hidden = readiness(&facts).blockers.remove(1).without_subject();
    for &language in Language::ALL {
        assert!(!hidden.message(language).contains("123") && !hidden.owner_message(language).contains("123"));
    }
}

#[test]
fn the_tally_of_many_units_agrees_with_the_explanation_of_each() {
    let statuses = [InspectionStatus::Planned, InspectionStatus::Inaccessible, InspectionStatus::Signed];
    let stages = ["INTERNAL_R1", "INTERNAL_R2", "OPEN_DAY", "HOUSEHOLD_ACCEPTANCE"];
    for case in 0..3 * 4 * 3 * 4 * 2 * 32_usize {
        let pick = |place: usize, of: usize| (case / place) % of;
        let round_status = if pick(144, 2) == 0 { RoundStatus::Open } else { RoundStatus::Closed };
        let bits = pick(288, 32);
        let facts = UnitFacts {
            rounds: vec![
                round(1, stages[pick(3, 4)], round_status, statuses[pick(1, 3)]),
                round(2, stages[pick(36, 4)], RoundStatus::Open, statuses[pick(12, 3)]),
            ],
            defects: if bits & 1 == 0 { vec![] } else { vec![DefectFact { defect_id: id(20), number: 1 }] },
            photos: if bits & 2 == 0 { vec![] } else { vec![id(30)] },
            waivers: [
                (4, waiver(BlockerCode::RoundNotSigned, Some(id(1)))),
                (8, waiver(BlockerCode::NotInspected, None)),
                (16, waiver(BlockerCode::BlockingDefectOpen, Some(id(20)))),
            ]
            .into_iter()
            .filter(|(bit, _)| bits & bit != 0)
            .map(|(_, waiver)| waiver)
            .collect(),
        };
        let waived: Vec<_> = facts.waivers.iter().map(|waiver| (waiver.blocker, waiver.subject_id)).collect();
        let defects = usize::from(bits & 1 != 0 && bits & 16 == 0);
        let tally = UnitTally::new(&facts.rounds, &waived, defects, facts.photos.len());
        let explained = readiness(&facts);
        assert_eq!(tally.ready(), explained.ready, "{facts:?}");
        let mut codes: Vec<BlockerCode> =
            explained.blockers.iter().filter(|blocker| blocker.waiver.is_none()).map(|blocker| blocker.code).collect();
        codes.dedup();
        assert_eq!(tally.codes(), codes, "{facts:?}");
    }
}

#[test]
fn hidden_blockers_of_a_kind_are_one_however_many() {
    let facts = UnitFacts {
        rounds: vec![round(1, "HOUSEHOLD_ACCEPTANCE", RoundStatus::Open, InspectionStatus::Planned)],
        defects: (20..24).map(|n| DefectFact { defect_id: id(n), number: 1 }).collect(),
        photos: vec![id(30), id(31)],
        waivers: vec![waiver(BlockerCode::BlockingDefectOpen, Some(id(21)))],
    };
    let all = readiness(&facts).blockers;
    assert_eq!(joined(all.clone()), all, "what is seen is told one by one");
    // The first defect is seen, the others and the photos are not.
    let (seen, hidden) = all.split_at(2);
    let hidden = hidden.iter().cloned().map(Blocker::without_subject);
    let told = joined(seen.iter().cloned().chain(hidden).collect());
    let told: Vec<_> =
        told.iter().map(|blocker| (blocker.code, blocker.subject_id, blocker.waiver.is_some())).collect();
    let expected = [
        (BlockerCode::RoundNotSigned, Some(id(1)), false),
        (BlockerCode::BlockingDefectOpen, Some(id(20)), false),
        (BlockerCode::BlockingDefectOpen, None, true),
        (BlockerCode::BlockingDefectOpen, None, false),
        (BlockerCode::PhotoMissing, None, false),
    ];
    assert_eq!(told, expected);
}
