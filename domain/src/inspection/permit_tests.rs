//! The rights on a unit inspection as one table, compared with the rule over every combination.

use super::*;
use crate::actor::ProjectRole;
use crate::id::{CompanyId, PersonId, ProjectId, UnitId};

/// Which commands a role may do: `r` start, `c` record, `s` submit, `g` sign, `o` reopen, `i` mark inaccessible.
/// Columns: PLANNED, IN_PROGRESS, SUBMITTED (own party has not signed), SIGNED, INACCESSIBLE; round open, all required.
const RIGHTS: &str = "
DELIVERY_MANAGER      ri  csi  go  o  r
SITE_ENGINEER         ri  csi  go  o  r
CUSTOMER_RELATIONS    r   c    .   .  r
RECTIFICATION_LEAD    ri  csi  g   .  r
WORKER                r   c    .   .  r
SUPERVISING_ENGINEER  ri  csi  go  o  r
PROPERTY_MANAGER      ri  csi  g   .  r
ESCORT_INSPECTOR      ri  csi  g   .  r
OWNER                 .   .    g   .  .
";

const COLUMNS: [S; 5] = [S::Planned, S::InProgress, S::Submitted, S::Signed, S::Inaccessible];

const fn letter(command: C) -> char {
    match command {
        C::Start => 'r',
        C::Record => 'c',
        C::Submit => 's',
        C::Sign => 'g',
        C::Reopen => 'o',
        C::MarkInaccessible => 'i',
    }
}

fn actor(role: R, unit: UnitId) -> Actor {
    let project_role = match role {
        R::Owner => ProjectRole::Owner { unit_ids: vec![unit] },
        _ => ProjectRole::Staff { company_id: CompanyId::from_u128(9), role },
    };
    Actor { person_id: PersonId::from_u128(8), project_id: ProjectId::nil(), project_role }
}

/// The actor as a signer for a party.
fn signer(party: Party) -> Signer {
    let company_id = (party != Party::Customer).then_some(CompanyId::from_u128(9));
    Signer { party, company_id, person_id: PersonId::from_u128(8) }
}

fn facts(status: S) -> InspectionFacts {
    let signers =
        if status == S::Signed { Party::ALL.iter().map(|&party| signer(party)).collect() } else { Vec::new() };
    InspectionFacts {
        status,
        unit_id: UnitId::from_u128(1),
        round_open: true,
        required_parties: Party::ALL.to_vec(),
        required_contractors: Vec::new(),
        signers,
        acted_for: Vec::new(),
    }
}

fn rows() -> Vec<(R, Vec<String>)> {
    RIGHTS
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let role = words.next().and_then(|role| role.parse().ok()).expect("a role");
            (role, words.collect())
        })
        .collect()
}

#[test]
fn every_role_in_every_state() {
    let rows = rows();
    assert_eq!(rows.len(), R::ALL.len());
    for (role, cells) in rows {
        for (status, cell) in COLUMNS.into_iter().zip(&cells) {
            for &command in C::ALL {
                let allowed = permit(&facts(status), &actor(role, UnitId::from_u128(1)), command).is_ok();
                assert_eq!(allowed, cell.contains(letter(command)), "{role} {command} {status}");
            }
        }
    }
}

#[test]
fn nothing_moves_in_a_round_that_is_not_open() {
    for &role in R::ALL {
        for status in COLUMNS {
            for &command in C::ALL {
                let closed = InspectionFacts { round_open: false, ..facts(status) };
                assert!(permit(&closed, &actor(role, closed.unit_id), command).is_err(), "{role} {command} {status}");
            }
        }
    }
}

#[test]
fn a_party_signs_once_and_only_where_it_is_required() {
    let refused = |facts: &InspectionFacts, role, command| {
        permit(facts, &actor(role, facts.unit_id), command).map_err(|refusal| refusal.code)
    };
    for &role in C::Sign.rule().roles {
        let party = role.party();
        let mut submitted = facts(S::Submitted);
        submitted.signers = vec![signer(party)];
        assert_eq!(refused(&submitted, role, C::Sign), Err(RefusalCode::AlreadySigned), "{role}");
        submitted.signers.clear();
        submitted.required_parties.retain(|required| *required != party);
        assert_eq!(refused(&submitted, role, C::Sign), Err(RefusalCode::PartyNotRequired), "{role}");
        let mut begun = facts(S::InProgress);
        begun.required_parties.retain(|required| *required != party);
        let submits = if role == R::Owner {
            Err(RefusalCode::RoleNotAllowed)
        } else if party == Party::Contractor {
            Err(RefusalCode::PartyNotRequired)
        } else {
            Ok(())
        };
        assert_eq!(refused(&begun, role, C::Submit), submits, "{role}");
    }
}

#[test]
fn each_contractor_and_each_owner_signs_for_itself() {
    let other = |party| Signer {
        company_id: Some(CompanyId::from_u128(7)),
        person_id: PersonId::from_u128(6),
        ..signer(party)
    };
    for &role in C::Sign.rule().roles {
        let party = role.party();
        for status in [S::Submitted, S::Signed] {
            let signed = InspectionFacts { signers: vec![other(party)], ..facts(status) };
            let code = permit(&signed, &actor(role, signed.unit_id), C::Sign).map_err(|refusal| refusal.code);
            let several = matches!(party, Party::Contractor | Party::Customer);
            let expected = if several { Ok(()) } else { Err(RefusalCode::AlreadySigned) };
            assert_eq!(code, expected, "{role} {status}");
        }
    }
}

#[test]
fn a_round_that_names_contractors_waits_for_each_of_them() {
    let named = vec![CompanyId::from_u128(9), CompanyId::from_u128(7)];
    let mut submitted = InspectionFacts {
        required_parties: vec![Party::Contractor],
        required_contractors: named,
        ..facts(S::Submitted)
    };
    let second = Signer { company_id: Some(CompanyId::from_u128(7)), ..signer(Party::Contractor) };
    assert_eq!(status_after(&submitted, C::Sign, &signer(Party::Contractor)), S::Submitted);
    submitted.signers = vec![signer(Party::Contractor)];
    assert_eq!(status_after(&submitted, C::Sign, &second), S::Signed);
    submitted.required_contractors = vec![CompanyId::from_u128(7)];
    let code = permit(&submitted, &actor(R::RectificationLead, submitted.unit_id), C::Sign).map_err(|r| r.code);
    assert_eq!(code, Err(RefusalCode::PartyNotRequired));
}

#[test]
fn a_neighbour_learns_nothing() {
    let neighbour = actor(R::Owner, UnitId::from_u128(2));
    let code = permit(&facts(S::Submitted), &neighbour, C::Sign).map_err(|refusal| refusal.code);
    assert_eq!(code, Err(RefusalCode::NotFound));
}

#[test]
fn it_is_signed_when_the_last_required_party_signs_in_whatever_order() {
    let parties = [Party::Developer, Party::Supervisor, Party::Property];
    for start in 0..parties.len() {
        let mut submitted = InspectionFacts { required_parties: parties.to_vec(), ..facts(S::Submitted) };
        for step in 0..parties.len() {
            let party = parties[(start + step) % parties.len()];
            let after = status_after(&submitted, C::Sign, &signer(party));
            assert_eq!(after == S::Signed, step == parties.len() - 1, "{party}");
            submitted.signers.push(signer(party));
        }
    }
}

#[test]
fn commands_lead_where_the_handbook_says() {
    for &status in S::ALL {
        for &command in C::ALL {
            if !command.states().contains(&status) {
                continue;
            }
            let after = status_after(&facts(status), command, &signer(Party::Developer));
            let documented = matches!(
                (status, after),
                (S::Planned | S::Inaccessible, S::InProgress)
                    | (S::InProgress, S::InProgress | S::Submitted)
                    | (S::Submitted, S::Submitted | S::Signed | S::InProgress)
                    | (S::Signed, S::InProgress)
                    | (S::Planned | S::InProgress, S::Inaccessible)
            );
            assert!(documented, "{status} {command} {after}");
        }
    }
}

#[test]
fn allowed_commands_say_what_the_command_would() {
    let facts = facts(S::Submitted);
    let worker = actor(R::Worker, facts.unit_id);
    let allowed = allowed_commands(&facts, &worker);
    assert_eq!(allowed.len(), C::ALL.len());
    for Allowed { command, refusal } in allowed {
        assert_eq!(refusal, permit(&facts, &worker, command).err(), "{command}");
    }
}

#[test]
fn a_person_never_begins_records_submits_signs_or_reopens_for_another_party() {
    let unit = UnitId::from_u128(1);
    // Each in the state in which the command is possible otherwise.
    for (command, status) in [
        (C::Start, S::Planned),
        (C::Record, S::InProgress),
        (C::Submit, S::InProgress),
        (C::Sign, S::Submitted),
        (C::Reopen, S::Submitted),
        (C::MarkInaccessible, S::InProgress),
    ] {
        for &role in command.rule().roles {
            for &party in Party::ALL {
                let company = Some(CompanyId::from_u128(9));
                let facts = InspectionFacts { acted_for: vec![crate::Side::new(party, company)], ..facts(status) };
                let refused = permit(&facts, &actor(role, unit), command).err().map(|refusal| refusal.code);
                let expected = (party != role.party()).then_some(RefusalCode::ActedForOtherParty);
                assert_eq!(refused, expected, "{command} by {role} after {party}");
                let listed = allowed_commands(&facts, &actor(role, unit));
                let listed = listed.into_iter().find(|allowed| allowed.command == command).expect("listed");
                assert_eq!(listed.refusal.map(|refusal| refusal.code), expected);
            }
        }
    }
}

#[test]
fn nothing_enters_a_submitted_or_signed_inspection_or_a_closed_round() {
    for &round in RoundStatus::ALL {
        for &status in S::ALL {
            let expected = round == RoundStatus::Open && !status.is_inspected();
            assert_eq!(takes_findings(round, status), expected, "{round} {status}");
        }
    }
}
