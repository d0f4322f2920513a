//! Who may do what with a unit: the one rule that commands and `allowedCommands` both ask.

use super::codes::UnitKind;
use super::commands::UnitCommand;
use crate::actor::Actor;
use crate::id::UnitId;
use crate::party::Role;
use crate::refusal::{Refusal, RefusalCode};

/// The facts that decide which commands are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitFacts {
    /// The unit.
    pub unit_id: UnitId,
    /// Whether it is a home or a common part.
    pub kind: UnitKind,
    /// Whether it has an owner: one person, several together, or by proxy.
    pub has_owner: bool,
    /// How many blockers stand between it and its delivery that were not waived.
    pub standing_blockers: usize,
    /// Whether the actor has acted in it for another party than the customer.
    pub acted_for_other_party: bool,
}

/// Whether one command is allowed, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The command.
    pub command: UnitCommand,
    /// The refusal that the command itself would answer.
    pub refusal: Option<Refusal>,
}

/// Every command with whether the actor may do it now.
#[must_use]
pub fn allowed_commands(unit: &UnitFacts, actor: &Actor) -> Vec<Allowed> {
    let allowed = |&command: &UnitCommand| Allowed { command, refusal: permit(unit, actor, command).err() };
    UnitCommand::ALL.iter().map(allowed).collect()
}

/// Whether the actor may do the command with the unit now. Opening an open unit and closing a closed one are allowed
/// and change nothing.
///
/// # Errors
/// The reason why not.
pub fn permit(unit: &UnitFacts, actor: &Actor, command: UnitCommand) -> Result<(), Refusal> {
    let role = actor.role();
    command.rule().check_role(role)?;
    if role == Role::Owner && !actor.owns(unit.unit_id) {
        return Err(RefusalCode::NotFound.into());
    }
    match command {
        UnitCommand::OpenToOwner if unit.kind == UnitKind::Common => {
            Err(Refusal::new(RefusalCode::InvalidValue).because("a common part has no owner", "公区没有业主"))
        }
        UnitCommand::OpenToOwner if !unit.has_owner => Err(RefusalCode::NoOwner.into()),
        UnitCommand::Review if unit.acted_for_other_party => Err(RefusalCode::ActedForOtherParty.into()),
        UnitCommand::Waive if unit.standing_blockers == 0 => Err(RefusalCode::NotABlocker.into()),
        UnitCommand::LogDefect
        | UnitCommand::OpenToOwner
        | UnitCommand::CloseToOwner
        | UnitCommand::Waive
        | UnitCommand::Review => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::ProjectRole;
    use crate::id::{CompanyId, PersonId, ProjectId};

    /// Which commands a role may do: `l` log a defect, `o` open, `c` close, `w` waive, `r` review.
    /// Columns: a home with blockers, a home without, a common part with blockers.
    const RIGHTS: &str = "
DELIVERY_MANAGER      locw  loc  lcw
SITE_ENGINEER         l     l    l
CUSTOMER_RELATIONS    loc   loc  lc
RECTIFICATION_LEAD    l     l    l
WORKER                l     l    l
SUPERVISING_ENGINEER  l     l    l
PROPERTY_MANAGER      l     l    l
ESCORT_INSPECTOR      l     l    l
OWNER                 lr    lr   lr
";

    fn letter(command: UnitCommand) -> char {
        match command {
            UnitCommand::LogDefect => 'l',
            UnitCommand::OpenToOwner => 'o',
            UnitCommand::CloseToOwner => 'c',
            UnitCommand::Waive => 'w',
            UnitCommand::Review => 'r',
        }
    }

    fn unit(kind: UnitKind, standing_blockers: usize) -> UnitFacts {
        UnitFacts {
            unit_id: UnitId::from_u128(1),
            kind,
            has_owner: true,
            standing_blockers,
            acted_for_other_party: false,
        }
    }

    fn actor(role: Role, home: UnitId) -> Actor {
        let project_role = match role {
            Role::Owner => ProjectRole::Owner { unit_ids: vec![home] },
            role => ProjectRole::Staff { company_id: CompanyId::from_u128(9), role },
        };
        Actor { person_id: PersonId::from_u128(8), project_id: ProjectId::nil(), project_role }
    }

    #[test]
    fn every_role_every_command() {
        let units = [unit(UnitKind::Residential, 2), unit(UnitKind::Residential, 0), unit(UnitKind::Common, 1)];
        let rows: Vec<&str> = RIGHTS.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(rows.len(), Role::ALL.len());
        for row in rows {
            let mut cells = row.split_whitespace();
            let role: Role = cells.next().and_then(|role| role.parse().ok()).expect("a role");
            for (unit, cell) in units.iter().zip(cells) {
                for &command in UnitCommand::ALL {
                    let allowed = permit(unit, &actor(role, unit.unit_id), command).is_ok();
                    assert_eq!(allowed, cell.contains(letter(command)), "{role} {command} {unit:?}");
                }
            }
        }
    }

    #[test]
    fn an_owner_who_worked_in_the_unit_for_another_party_does_not_review_it() {
        let home = UnitFacts { acted_for_other_party: true, ..unit(UnitKind::Residential, 0) };
        let owner = actor(Role::Owner, home.unit_id);
        let code = permit(&home, &owner, UnitCommand::Review).map_err(|refusal| refusal.code);
        assert_eq!(code, Err(RefusalCode::ActedForOtherParty));
        assert_eq!(permit(&home, &owner, UnitCommand::LogDefect), Ok(()));
    }

    #[test]
    fn a_unit_is_not_opened_to_an_owner_that_it_does_not_have() {
        let empty = UnitFacts { has_owner: false, ..unit(UnitKind::Residential, 0) };
        let manager = actor(Role::DeliveryManager, empty.unit_id);
        let code = permit(&empty, &manager, UnitCommand::OpenToOwner).map_err(|refusal| refusal.code);
        assert_eq!(code, Err(RefusalCode::NoOwner));
        assert_eq!(permit(&empty, &manager, UnitCommand::CloseToOwner), Ok(()));
    }

    #[test]
    fn a_neighbour_learns_nothing() {
        let neighbour = actor(Role::Owner, UnitId::from_u128(2));
        for command in [UnitCommand::LogDefect, UnitCommand::Review] {
            let code = permit(&unit(UnitKind::Residential, 1), &neighbour, command).map_err(|refusal| refusal.code);
            assert_eq!(code, Err(RefusalCode::NotFound), "{command}");
        }
    }

    #[test]
    fn allowed_commands_say_what_the_command_would() {
        for &role in Role::ALL {
            let (unit, actor) = (unit(UnitKind::Common, 0), actor(role, UnitId::from_u128(1)));
            let allowed = allowed_commands(&unit, &actor);
            assert_eq!(allowed.len(), UnitCommand::ALL.len());
            for Allowed { command, refusal } in allowed {
                assert_eq!(refusal, permit(&unit, &actor, command).err(), "{role} {command}");
            }
        }
    }
}
