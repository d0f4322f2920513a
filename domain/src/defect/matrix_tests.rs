//! Who may do what when, written as one table from the handbook and compared with the rule over every combination.

mod owners;

use super::{DefectCommand as C, DefectFacts, DefectStatus as S, Terms, allowed_commands, permit, permit_terms};
use crate::actor::{Actor, ProjectRole};
use crate::id::{CompanyId, PersonId, ProjectId, UnitId};
use crate::party::{Party, Role as R};
use crate::policy::Policy;
use crate::refusal::RefusalCode;

/// The commands by letter: u update, a assign, p set the person, s start, f report fixed, v verify, d dispute, r
/// resolve the dispute, x void, t take back (restore), o reopen, h hold, w resume, m merge, n unmerge, c comment, z
/// withdraw (never here: a repair was reported).
///
/// Columns: the states by letter, `+` on hold, M void because merged. Rows: role and relation to the defect.
/// `responsible`, `raiser` and `both` are the actor's company's (the owner: person's) part in it.
const RIGHTS: &str = "
                                   O     A      A+    P      P+    F    R      R+    D    C   V  M
DELIVERY_MANAGER     other         uaxmc uaxhmc uxwmc uaxhmc uxwmc uvmc uaxhmc uxwmc urmc oc  tc nc
DELIVERY_MANAGER     raiser        uaxmc uaxhmc uxwmc uaxhmc uxwmc uvmc uaxhmc uxwmc urmc oc  tc nc
SITE_ENGINEER        other         uaxmc uaxhmc uxwmc uaxhmc uxwmc uvmc uaxhmc uxwmc urmc oc  tc nc
SITE_ENGINEER        raiser        uaxmc uaxhmc uxwmc uaxhmc uxwmc uvmc uaxhmc uxwmc urmc oc  tc nc
CUSTOMER_RELATIONS   other         uc    uc     uc    uc     uc    uc   uc     uc    uc   c   c  c
CUSTOMER_RELATIONS   raiser        uc    uc     uc    uc     uc    uc   uc     uc    uc   c   c  c
SUPERVISING_ENGINEER other         uaxmc uaxhmc uxwmc uaxhmc uxwmc uvmc uaxhmc uxwmc umc  oc  c  nc
SUPERVISING_ENGINEER raiser        uaxmc uaxhmc uxwmc uaxhmc uxwmc uvmc uaxhmc uxwmc umc  oc  c  nc
PROPERTY_MANAGER     other         c     c      c     c      c     c    c      c     c    oc  c  c
PROPERTY_MANAGER     raiser        uc    uc     uc    uc     uc    uc   uc     uc    uc   oc  c  c
ESCORT_INSPECTOR     other         c     c      c     c      c     c    c      c     c    oc  c  c
ESCORT_INSPECTOR     raiser        uc    uc     uc    uc     uc    uc   uc     uc    uc   oc  c  c
RECTIFICATION_LEAD   other         c     c      c     c      c     c    c      c     c    c   c  c
RECTIFICATION_LEAD   raiser        uc    uc     uc    uc     uc    uc   uc     uc    uc   c   c  c
RECTIFICATION_LEAD   responsible   c     psfdc  pc    pfdc   pc    c    psfdc  pc    c    c   c  c
RECTIFICATION_LEAD   both          uc    upsfdc upc   upfdc  upc   uc   upsfdc upc   uc   c   c  c
WORKER               other         c     c      c     c      c     c    c      c     c    c   c  c
WORKER               raiser        uc    uc     uc    uc     uc    uc   uc     uc    uc   c   c  c
WORKER               responsible   c     sfc    c     fc     c     c    sfc    c     c    c   c  c
WORKER               both          uc    usfc   uc    ufc    uc    uc   usfc   uc    uc   c   c  c
OWNER                other         c     c      c     c      c     c    c      c     c    oc  c  c
OWNER                raiser        uc    uc     uc    c      c     vc   c      c     uc   voc c  c
OWNER                neighbour     .     .      .     .      .     .    .      .     .    .   .  .
";

const fn letter(command: C) -> char {
    match command {
        C::Update => 'u',
        C::Assign => 'a',
        C::SetAssignee => 'p',
        C::Start => 's',
        C::ReportFixed => 'f',
        C::Verify => 'v',
        C::Dispute => 'd',
        C::ResolveDispute => 'r',
        C::Void => 'x',
        C::Restore => 't',
        C::Reopen => 'o',
        C::Hold => 'h',
        C::Resume => 'w',
        C::Merge => 'm',
        C::Unmerge => 'n',
        C::Comment => 'c',
        C::Withdraw => 'z',
    }
}

const COMPANY: CompanyId = CompanyId::from_u128(1);
const ANOTHER: CompanyId = CompanyId::from_u128(2);
const PERSON: PersonId = PersonId::from_u128(3);
const UNIT: UnitId = UnitId::from_u128(4);

/// One cell: who, in which relation, to a defect in which condition, may do what.
struct Cell {
    role: R,
    relation: &'static str,
    condition: &'static str,
    letters: &'static str,
}

fn cells() -> Vec<Cell> {
    let mut lines = RIGHTS.lines().filter(|line| !line.is_empty());
    let conditions: Vec<&str> = lines.next().expect("a heading").split_whitespace().collect();
    let mut cells = Vec::new();
    for line in lines {
        let mut words = line.split_whitespace();
        let role: R = words.next().and_then(|word| word.parse().ok()).expect("a role");
        let relation = words.next().expect("a relation");
        let letters: Vec<&str> = words.collect();
        assert_eq!(letters.len(), conditions.len(), "{line}");
        let row = conditions.iter().zip(letters);
        cells.extend(row.map(|(&condition, letters)| Cell { role, relation, condition, letters }));
    }
    cells
}

fn defect(condition: &str, relation: &str, role: R) -> DefectFacts {
    let status = match &condition[..1] {
        "O" => S::Open,
        "A" => S::Assigned,
        "P" => S::InProgress,
        "F" => S::Fixed,
        "R" => S::Rework,
        "D" => S::Disputed,
        "C" => S::Closed,
        "V" | "M" => S::Void,
        other => panic!("no condition {other}"),
    };
    let raised = matches!(relation, "raiser" | "both");
    let responsible = matches!(relation, "responsible" | "both");
    let owner = role == R::Owner;
    DefectFacts {
        status,
        shown_status: if status == S::Disputed { S::Assigned } else { status },
        unit_id: UNIT,
        on_hold: condition.ends_with('+'),
        merged: condition == "M",
        survivor_void: false,
        owner_finding: owner && raised,
        raised_by: if raised { PERSON } else { PersonId::nil() },
        raised_company_id: if owner && raised { None } else { Some(if raised { COMPANY } else { ANOTHER }) },
        responsible_company_id: Some(if responsible { COMPANY } else { ANOTHER }),
        attempt_company_id: None,
        verdicts: Vec::new(),
        acted_for: Vec::new(),
        attempt_count: 1,
        due_at: None,
        clock_stopped_at: None,
    }
}

fn actor(role: R, relation: &str) -> Actor {
    let project_role = match role {
        R::Owner if relation == "neighbour" => ProjectRole::Owner { unit_ids: vec![UnitId::nil()] },
        R::Owner => ProjectRole::Owner { unit_ids: vec![UNIT] },
        _ => ProjectRole::Staff { company_id: COMPANY, role },
    };
    Actor { person_id: PERSON, project_id: ProjectId::nil(), project_role }
}

fn commands() -> impl Iterator<Item = (char, C)> {
    let letters: std::collections::HashSet<char> = C::ALL.iter().map(|&command| letter(command)).collect();
    assert_eq!(letters.len(), C::ALL.len(), "a letter for each command");
    C::ALL.iter().map(|&command| (letter(command), command))
}

#[test]
fn every_role_relation_and_state_as_the_handbook_says() {
    let cells = cells();
    let roles: std::collections::HashSet<R> = cells.iter().map(|cell| cell.role).collect();
    assert_eq!(roles.len(), R::ALL.len());
    for Cell { role, relation, condition, letters } in cells {
        let (defect, actor) = (defect(condition, relation, role), actor(role, relation));
        for (letter, command) in commands() {
            let answer = permit(&defect, &actor, command, &Policy::default());
            assert_eq!(answer.is_ok(), letters.contains(letter), "{role} {relation} {condition} {command}: {answer:?}");
        }
        for allowed in allowed_commands(&defect, &actor, &Policy::default()) {
            let answer = permit(&defect, &actor, allowed.command, &Policy::default());
            assert_eq!(allowed.refusal, answer.err(), "{role} {relation} {condition}");
        }
    }
}

/// Who verifies by which policy: D delivery manager, E site engineer, S supervising engineer, P property manager,
/// I escort inspector. Never customer relations, never a contractor.
#[test]
fn the_policy_says_which_parties_verify() {
    use Party::{Contractor, Customer, Developer, Property, Supervisor};
    for (parties, verifiers) in [
        (vec![Developer, Supervisor], "DES"),
        (vec![Supervisor], "S"),
        (vec![Developer], "DE"),
        (vec![Property], "PI"),
        (vec![Developer, Supervisor, Property], "DESPI"),
        (vec![Contractor, Customer], ""),
    ] {
        let policy = Policy { verifying_parties: parties, ..Policy::default() };
        for &role in R::ALL {
            let letter = match role {
                R::DeliveryManager => "D",
                R::SiteEngineer => "E",
                R::SupervisingEngineer => "S",
                R::PropertyManager => "P",
                R::EscortInspector => "I",
                R::CustomerRelations | R::RectificationLead | R::Worker | R::Owner => "none",
            };
            let may = permit(&defect("F", "other", role), &actor(role, "other"), C::Verify, &policy).is_ok();
            assert_eq!(may, verifiers.contains(letter), "{role} {policy:?}");
        }
    }
}

#[test]
fn each_party_judges_an_attempt_once() {
    for (role, relation) in [
        (R::DeliveryManager, "other"),
        (R::SiteEngineer, "other"),
        (R::SupervisingEngineer, "other"),
        (R::Owner, "raiser"),
    ] {
        for passed in [true, false] {
            for judged_by in Party::ALL {
                let facts = DefectFacts { verdicts: vec![(*judged_by, passed)], ..defect("F", relation, role) };
                let code = permit(&facts, &actor(role, relation), C::Verify, &Policy::default()).map_err(|r| r.code);
                let expected = if *judged_by == role.party() { Err(RefusalCode::AlreadyJudged) } else { Ok(()) };
                assert_eq!(code, expected, "{role} after {judged_by}");
            }
        }
    }
}

/// The reason of a refused command: role and relation come before state, so that a person without the right does not
/// learn the state.
#[test]
fn a_refusal_says_the_first_thing_that_is_wrong() {
    use RefusalCode as E;
    for (role, relation, condition, command, code) in [
        (R::Worker, "responsible", "O", C::Assign, E::RoleNotAllowed),
        (R::Worker, "responsible", "A", C::Dispute, E::RoleNotAllowed),
        (R::Worker, "other", "C", C::Start, E::NotResponsible),
        (R::RectificationLead, "other", "A", C::ReportFixed, E::NotResponsible),
        (R::RectificationLead, "responsible", "F", C::Verify, E::FourEyes),
        (R::Worker, "responsible", "A", C::Verify, E::FourEyes),
        (R::RectificationLead, "other", "F", C::Verify, E::RoleNotAllowed),
        (R::PropertyManager, "other", "F", C::Verify, E::RoleNotAllowed),
        (R::PropertyManager, "other", "A", C::Update, E::NotYourFinding),
        (R::Owner, "other", "F", C::Verify, E::NotYourFinding),
        (R::Owner, "neighbour", "C", C::Reopen, E::NotFound),
        (R::Owner, "neighbour", "C", C::Assign, E::RoleNotAllowed),
        (R::SiteEngineer, "other", "C", C::Assign, E::WrongState),
        (R::SiteEngineer, "other", "A+", C::Assign, E::OnHold),
        (R::SiteEngineer, "other", "A+", C::Hold, E::OnHold),
        (R::SiteEngineer, "other", "A", C::Resume, E::NotOnHold),
        (R::RectificationLead, "responsible", "P+", C::ReportFixed, E::OnHold),
        (R::SiteEngineer, "other", "M", C::Restore, E::Merged),
        (R::SiteEngineer, "other", "V", C::Unmerge, E::NotMerged),
    ] {
        let answer = permit(&defect(condition, relation, role), &actor(role, relation), command, &Policy::default());
        assert_eq!(answer.map_err(|refusal| refusal.code), Err(code), "{role} {relation} {condition} {command}");
    }
}

#[test]
fn who_made_the_attempt_never_verifies_it_though_another_company_is_responsible_now() {
    for role in [R::RectificationLead, R::Worker, R::SiteEngineer, R::SupervisingEngineer, R::PropertyManager] {
        let facts = DefectFacts { attempt_company_id: Some(COMPANY), ..defect("F", "other", role) };
        let code = permit(&facts, &actor(role, "other"), C::Verify, &Policy::default()).map_err(|refusal| refusal.code);
        assert_eq!(code, Err(RefusalCode::FourEyes), "{role}");
    }
}

#[test]
fn a_person_never_acts_for_another_party_on_a_defect() {
    let policy = Policy::default();
    // Each in the state and relation in which the command is allowed otherwise.
    for (command, condition, relation, role) in [
        (C::Start, "A", "responsible", R::Worker),
        (C::ReportFixed, "A", "responsible", R::RectificationLead),
        (C::Dispute, "A", "responsible", R::RectificationLead),
        (C::Verify, "F", "other", R::SupervisingEngineer),
        (C::Verify, "F", "other", R::SiteEngineer),
        (C::ResolveDispute, "D", "other", R::DeliveryManager),
        (C::SetAssignee, "A", "responsible", R::RectificationLead),
        (C::Update, "A", "other", R::DeliveryManager),
        (C::Update, "A", "raiser", R::Owner),
        (C::Assign, "R", "other", R::SiteEngineer),
        (C::Void, "R", "other", R::SupervisingEngineer),
        (C::Restore, "V", "other", R::DeliveryManager),
        (C::Reopen, "C", "other", R::PropertyManager),
        (C::Hold, "R", "other", R::DeliveryManager),
        (C::Resume, "R+", "other", R::DeliveryManager),
        (C::Merge, "F", "other", R::SiteEngineer),
        (C::Unmerge, "M", "other", R::DeliveryManager),
    ] {
        let actor = actor(role, relation);
        let mut facts = defect(condition, relation, role);
        assert_eq!(permit(&facts, &actor, command, &policy), Ok(()), "{command} by {role}");
        for &party in Party::ALL {
            facts.acted_for = vec![crate::Side::new(party, Some(COMPANY))];
            let refused = permit(&facts, &actor, command, &policy).err().map(|refusal| refusal.code);
            let expected = (party != role.party()).then_some(RefusalCode::ActedForOtherParty);
            assert_eq!(refused, expected, "{command} by {role} after {party}");
            let listed = allowed_commands(&facts, &actor, &policy);
            let listed = listed.into_iter().find(|allowed| allowed.command == command).expect("listed");
            assert_eq!(listed.refusal.map(|refusal| refusal.code), expected);
        }
    }
}

#[test]
fn whoever_acted_for_another_party_may_still_comment_and_nothing_else() {
    for &role in R::ALL {
        for condition in ["O", "A", "A+", "P", "F", "R", "D", "C", "V", "M"] {
            for &party in Party::ALL.iter().filter(|party| **party != role.party()) {
                let acted_for = vec![crate::Side::new(party, Some(COMPANY))];
                let facts = DefectFacts { acted_for, attempt_count: 0, ..defect(condition, "raiser", role) };
                for allowed in allowed_commands(&facts, &actor(role, "raiser"), &Policy::default()) {
                    let expected = allowed.command == C::Comment;
                    assert_eq!(allowed.refusal.is_none(), expected, "{} by {role} in {condition}", allowed.command);
                }
            }
        }
    }
}

#[test]
fn a_finding_is_withdrawn_by_whoever_raised_it_until_its_repair_begins() {
    for &role in R::ALL {
        for relation in ["raiser", "other"] {
            for condition in ["O", "A", "A+", "P", "F", "R", "D", "C", "V"] {
                let facts = DefectFacts { attempt_count: 0, ..defect(condition, relation, role) };
                let code = |facts: &DefectFacts| {
                    let asked = permit(facts, &actor(role, relation), C::Withdraw, &Policy::default());
                    asked.map_err(|refusal| refusal.code)
                };
                // To an owner a disputed finding is one that waits for its repair.
                let possible = matches!(&condition[..1], "O" | "A") || (role == R::Owner && condition == "D");
                let own = actor(role, relation).company_id();
                let own_work = own.is_some() && own == facts.responsible_company_id;
                let expected = match (relation, possible) {
                    ("other", _) => Err(RefusalCode::NotYourFinding),
                    // A contractor cannot withdraw a defect that it has to repair.
                    _ if own_work => Err(RefusalCode::FourEyes),
                    (_, true) => Ok(()),
                    (_, false) => Err(RefusalCode::WrongState),
                };
                assert_eq!(code(&facts), expected, "{role} {relation} {condition}");
                let repaired = DefectFacts { attempt_count: 1, ..facts };
                assert!(code(&repaired).is_err(), "{role} {relation} {condition} after a repair");
            }
        }
    }
}

/// The terms that a person with the right to update a defect may change: `S` severity, `T` trade, `K` kind (the type),
/// `U` unit.
#[test]
fn the_terms_of_a_repair_are_for_staff_who_do_not_repair_it() {
    use RefusalCode::{FourEyes, RoleNotAllowed};
    for &role in R::ALL {
        for (relation, is_responsible) in [("raiser", false), ("both", true)] {
            let (facts, actor) = (defect("A", relation, role), actor(role, relation));
            let code = |terms: Terms| permit_terms(&facts, &actor, terms).err().map(|refusal| refusal.code);
            let none = Terms::default();
            let (of_staff, of_all) = match role.party() {
                Party::Customer => (Some(RoleNotAllowed), None),
                Party::Contractor if is_responsible => (Some(FourEyes), Some(FourEyes)),
                _ => (None, None),
            };
            assert_eq!(code(none), None, "{role} {relation} changes the description");
            assert_eq!(code(Terms { severity: true, ..none }), of_staff, "{role} {relation} S");
            assert_eq!(code(Terms { trade: true, ..none }), of_staff, "{role} {relation} T");
            assert_eq!(code(Terms { kind: true, ..none }), of_all, "{role} {relation} K");
            assert_eq!(code(Terms { unit: true, ..none }), of_all, "{role} {relation} U");
        }
    }
}
