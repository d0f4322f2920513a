use super::*;
use crate::actor::{Membership, OwnedUnit};
use crate::id::{CompanyId, PersonId, ProjectId, UnitId};
use crate::party::Language;

const PROJECT: ProjectId = ProjectId::from_u128(1);
const CALLER: PersonId = PersonId::from_u128(2);
const PERSON: PersonId = PersonId::from_u128(3);
const OWN: CompanyId = CompanyId::from_u128(10);
const OTHER: CompanyId = CompanyId::from_u128(11);

/// The rights of each role: `i` invite, `s` set (to another role of the same company), `e` end, `r` reset the password.
/// Columns: a person of the own company, of another company, of another company without an active member (an invitation
/// only, because there is no role to set or end), an owner.
const RIGHTS: &str = "
ADMINISTRATOR         iser  iser  i  ier
DELIVERY_MANAGER      iser  -     i  ier
SITE_ENGINEER         -     -     -  -
CUSTOMER_RELATIONS    -     -     -  ier
RECTIFICATION_LEAD    iser  -     -  -
WORKER                -     -     -  -
SUPERVISING_ENGINEER  iser  -     -  -
PROPERTY_MANAGER      iser  -     -  -
ESCORT_INSPECTOR      -     -     -  -
OWNER                 -     -     -  -
";

/// A command on a person's position in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PeopleCommand {
    Invite,
    Set,
    End,
    ResetPassword,
}

impl PeopleCommand {
    const ALL: &'static [Self] = &[Self::Invite, Self::Set, Self::End, Self::ResetPassword];
}

fn caller(role: Option<Role>) -> Caller {
    let mut caller = Caller {
        person_id: CALLER,
        session_id: None,
        only_unit: None,
        name: String::new(),
        language: Language::En,
        administrator: role.is_none(),
        memberships: Vec::new(),
        owned_units: Vec::new(),
    };
    match role {
        Some(Role::Owner) => caller.owned_units.push(OwnedUnit { project_id: PROJECT, unit_id: UnitId::from_u128(9) }),
        Some(role) => caller.memberships.push(Membership { project_id: PROJECT, company_id: OWN, role, since: None }),
        None => {}
    }
    caller
}

/// Each role of a party; the first one stands for the party's company.
fn roles_of(party: Party) -> impl Iterator<Item = Role> {
    Role::ALL.iter().copied().filter(move |role| role.party() == party)
}

fn member(company_id: CompanyId, company_is_staffed: bool, role: Role) -> Position {
    Position::Member { company_id, company_kind: role.party(), company_is_staffed, role }
}

fn held(position: Position) -> Held {
    Held { project_id: PROJECT, person_id: PERSON, position, other_managers: 1 }
}

fn may(caller: &Caller, command: PeopleCommand, position: &Position) -> bool {
    let same_company = |role: Role| match *position {
        Position::Member { company_id, company_kind, company_is_staffed, .. } => {
            Position::Member { company_id, company_kind, company_is_staffed, role }
        }
        Position::Owner => Position::Owner,
    };
    match command {
        PeopleCommand::Invite => permit_invite(caller, PROJECT, position).is_ok(),
        PeopleCommand::Set => roles_of(position.role().party())
            .all(|role| permit_set(caller, &held(*position), &same_company(role)).is_ok()),
        PeopleCommand::End => permit_end(caller, &held(*position)).is_ok(),
        PeopleCommand::ResetPassword => permit_password_reset(caller, PERSON, false, &[(PROJECT, *position)]).is_ok(),
    }
}

const fn letter(command: PeopleCommand) -> char {
    match command {
        PeopleCommand::Invite => 'i',
        PeopleCommand::Set => 's',
        PeopleCommand::End => 'e',
        PeopleCommand::ResetPassword => 'r',
    }
}

/// The positions of a column, and the commands that make sense for it.
fn column(index: usize, own_party: Party) -> (Vec<Position>, &'static [PeopleCommand]) {
    use PeopleCommand::{End, Invite, ResetPassword};
    let parties = [Party::Developer, Party::Contractor, Party::Supervisor, Party::Property];
    let others =
        |staffed| parties.into_iter().flat_map(roles_of).map(move |role| member(OTHER, staffed, role)).collect();
    let own = if own_party == Party::Customer { Party::Developer } else { own_party };
    match index {
        0 => (roles_of(own).map(|role| member(OWN, true, role)).collect(), PeopleCommand::ALL),
        1 => (others(true), PeopleCommand::ALL),
        2 => (others(false), &[Invite]),
        _ => (vec![Position::Owner], &[Invite, End, ResetPassword]),
    }
}

#[test]
fn every_role_every_target_every_command() {
    let rows: Vec<&str> = RIGHTS.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(rows.len(), Role::ALL.len() + 1);
    for row in rows {
        let mut cells = row.split_whitespace();
        let name = cells.next().expect("a role");
        let role: Option<Role> = name.parse().ok();
        let caller = caller(role);
        let own_party = role.map_or(Party::Developer, Role::party);
        for (index, cell) in cells.enumerate() {
            let (positions, commands) = column(index, own_party);
            for position in &positions {
                for &command in commands {
                    let expected = cell.contains(letter(command));
                    assert_eq!(may(&caller, command, position), expected, "{name} {command:?} {position:?}");
                }
            }
        }
    }
}

fn code(answer: Result<(), Refusal>) -> Option<RefusalCode> {
    answer.err().map(|refusal| refusal.code)
}

#[test]
fn a_role_belongs_to_the_kind_of_the_company() {
    for &role in Role::ALL {
        for &kind in Party::ALL {
            let position = Position::Member { company_id: OTHER, company_kind: kind, company_is_staffed: true, role };
            let sound = role.party() == kind && role != Role::Owner;
            let answer = code(permit_invite(&caller(None), PROJECT, &position));
            assert_eq!(answer, (!sound).then_some(RefusalCode::RoleNotOfCompany), "{role} {kind}");
        }
    }
}

#[test]
fn a_caller_never_changes_or_ends_the_own_position() {
    let manager = member(OWN, true, Role::DeliveryManager);
    let own = Held { person_id: CALLER, ..held(manager) };
    for caller in [caller(None), caller(Some(Role::DeliveryManager))] {
        let wanted = member(OWN, true, Role::SiteEngineer);
        assert_eq!(code(permit_set(&caller, &own, &wanted)), Some(RefusalCode::OwnRole));
        assert_eq!(code(permit_end(&caller, &own)), Some(RefusalCode::OwnRole));
        let home = Held { person_id: CALLER, ..held(Position::Owner) };
        assert_eq!(code(permit_end(&caller, &home)), Some(RefusalCode::OwnRole));
    }
}

#[test]
fn the_last_delivery_manager_stays() {
    let manager = member(OWN, true, Role::DeliveryManager);
    let last = Held { other_managers: 0, ..held(manager) };
    for caller in [caller(None), caller(Some(Role::DeliveryManager))] {
        assert_eq!(code(permit_end(&caller, &last)), Some(RefusalCode::LastManager));
        let demoted = member(OWN, true, Role::SiteEngineer);
        assert_eq!(code(permit_set(&caller, &last, &demoted)), Some(RefusalCode::LastManager));
        assert_eq!(permit_set(&caller, &last, &manager), Ok(()));
        assert_eq!(permit_end(&caller, &held(manager)), Ok(()));
    }
}

#[test]
fn a_change_of_company_needs_the_right_over_both() {
    let manager = caller(Some(Role::DeliveryManager));
    let own = held(member(OWN, true, Role::SiteEngineer));
    let supervisor = |staffed| member(OTHER, staffed, Role::SupervisingEngineer);
    assert_eq!(code(permit_set(&manager, &own, &supervisor(true))), Some(RefusalCode::NotYourCompany));
    assert_eq!(permit_set(&caller(None), &own, &supervisor(true)), Ok(()));
    let theirs = held(supervisor(true));
    let back = member(OWN, true, Role::SiteEngineer);
    assert_eq!(code(permit_set(&manager, &theirs, &back)), Some(RefusalCode::NotYourCompany));
}

#[test]
fn only_an_administrator_brings_a_person_to_another_party() {
    let callers = std::iter::once(None).chain(Role::ALL.iter().copied().map(Some));
    for role in callers {
        let caller = caller(role);
        for &before in Party::ALL {
            for &to in Role::ALL {
                let wanted = if to == Role::Owner { Position::Owner } else { member(OTHER, false, to) };
                // Owners are no party of the four eyes.
                let stays = before == to.party() || [before, to.party()].contains(&Party::Customer);
                let expected = (role.is_some() && !stays).then_some(RefusalCode::RoleNotAllowed);
                assert_eq!(code(permit_party(&caller, &[before], &wanted)), expected, "{role:?}: {before} to {to}");
                assert_eq!(code(permit_party(&caller, &[], &wanted)), None);
                let both = code(permit_party(&caller, &[to.party(), before], &wanted));
                assert_eq!(both, expected, "one of two earlier parties is enough");
            }
        }
    }
}

#[test]
fn a_change_of_party_is_refused_also_into_a_company_without_people() {
    for &from in Role::ALL.iter().filter(|role| role.party() == Party::Developer) {
        for &to in Role::ALL.iter().filter(|role| **role != Role::Owner) {
            let manager = caller(Some(Role::DeliveryManager));
            let own = held(member(OWN, true, from));
            let expected = (to.party() != Party::Developer).then_some(RefusalCode::RoleNotAllowed);
            assert_eq!(code(permit_set(&manager, &own, &member(OTHER, false, to))), expected, "{from} to {to}");
            assert_eq!(permit_set(&caller(None), &own, &member(OTHER, false, to)), Ok(()), "{from} to {to}");
        }
    }
}

#[test]
fn a_password_is_reset_only_within_all_projects_of_the_person() {
    let manager = caller(Some(Role::DeliveryManager));
    let (here, elsewhere) = ((PROJECT, member(OWN, true, Role::SiteEngineer)), ProjectId::from_u128(77));
    let there = (elsewhere, member(CompanyId::from_u128(78), true, Role::Worker));
    assert_eq!(permit_password_reset(&manager, PERSON, false, &[here]), Ok(()));
    for (person, administrator, positions) in [
        (PERSON, false, vec![here, there]),
        (PERSON, true, vec![here]),
        (PERSON, false, Vec::new()),
        (CALLER, false, vec![here]),
    ] {
        let refused = code(permit_password_reset(&manager, person, administrator, &positions));
        assert_eq!(refused, Some(RefusalCode::RoleNotAllowed));
        assert_eq!(permit_password_reset(&caller(None), person, administrator, &positions), Ok(()));
    }
}

#[test]
fn why_a_role_ended_is_read_by_the_person_and_by_those_who_may_end_it() {
    let reads = |caller: &Caller, company_id| reads_end_reason(caller, PROJECT, company_id, PERSON);
    for &role in Role::ALL {
        let caller = caller(Some(role));
        let ends = permit_end(&caller, &held(member(OWN, true, role))).is_ok();
        assert_eq!(reads(&caller, OWN), ends, "{role}");
        assert!(!reads(&caller, OTHER), "{role}");
        assert!(reads_end_reason(&caller, PROJECT, OTHER, CALLER), "{role}: the own one");
        assert!(!reads_end_reason(&caller, ProjectId::from_u128(77), OWN, PERSON), "{role}: another project");
    }
    assert!(reads(&caller(None), OTHER));
}

#[test]
fn a_stranger_is_not_told_of_the_project() {
    let mut stranger = caller(Some(Role::DeliveryManager));
    stranger.memberships.clear();
    let position = member(OWN, true, Role::SiteEngineer);
    assert_eq!(code(permit_invite(&stranger, PROJECT, &position)), Some(RefusalCode::NotFound));
    assert_eq!(code(permit_end(&stranger, &held(position))), Some(RefusalCode::NotFound));
}

#[test]
fn a_contractors_lead_is_told_of_the_invitations_that_the_lead_may_make() {
    for role in roles_of(Party::Contractor) {
        let caller = caller(Some(role));
        let position = Position::Member {
            company_id: OWN,
            company_kind: Party::Contractor,
            company_is_staffed: true,
            role: Role::Worker,
        };
        let may_invite = permit_invite(&caller, PROJECT, &position).is_ok();
        assert_eq!(caller.visibility().led_companies.contains(&OWN), may_invite, "{role}");
    }
}
