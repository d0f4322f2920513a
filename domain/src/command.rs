//! The table of commands: one row for each command on a defect, a unit inspection, a round, a unit or a photo.
//!
//! The rules, the events and the tests read their facts from the rows; each row stands beside the code of its command,
//! in the module of the noun.

use crate::defect::DefectCommand;
use crate::event::{Audience, EventName};
use crate::inspection::InspectionCommand;
use crate::party::Role;
use crate::photo::PhotoCommand;
use crate::refusal::{Refusal, RefusalCode};
use crate::round::RoundCommand;
use crate::unit::UnitCommand;

/// One row of the table: the properties of a command that hold for any object. The states in which the command is
/// possible stand in the same row; their type differs by noun, so the command's own method `states` answers them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandRule {
    /// The GraphQL mutations that give the command. One mutation may give two commands (`defectAssign`).
    pub mutations: &'static [&'static str],
    /// The roles that may ever give it.
    pub roles: &'static [Role],
    /// The event that the command writes. No other command writes the same.
    pub event: EventName,
    /// Who may read of the event.
    pub audience: Audience,
    /// For what the person acts for a party from then on.
    pub act: Act,
    /// Whether the event shows that the person was in the unit.
    pub shows_presence: bool,
    /// Whether a tablet needs a connection for it: the command is not among those of `syncPush`.
    pub needs_connection: bool,
}

/// The subjects on which a command is an act for a party. A person acts for one party on a subject, for ever
/// ([`crate::side`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// It is no act.
    None,
    /// On a defect; the event is the record.
    OnDefect,
    /// In a unit inspection; the event is the record.
    InInspection,
    /// In a unit inspection; the signature is the record, not the event.
    BySignature,
}

impl Act {
    /// Whether the command binds the person to a party. The rules of defects and of unit inspections refuse such a
    /// command to a person who is bound to another party.
    #[must_use]
    pub const fn binds(self) -> bool {
        match self {
            Self::None => false,
            Self::OnDefect | Self::InInspection | Self::BySignature => true,
        }
    }
}

impl CommandRule {
    /// Whether the role may ever give the command.
    #[must_use]
    pub fn allows(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Refuses a role that may never give the command.
    ///
    /// # Errors
    /// `ROLE_NOT_ALLOWED`.
    pub fn check_role(&self, role: Role) -> Result<(), Refusal> {
        if self.allows(role) { Ok(()) } else { Err(RefusalCode::RoleNotAllowed.into()) }
    }
}

/// The rows by noun.
pub const TABLES: [&[CommandRule]; 5] =
    [DefectCommand::RULES, InspectionCommand::RULES, RoundCommand::RULES, UnitCommand::RULES, PhotoCommand::RULES];

/// Every row of every noun.
pub fn rules() -> impl Iterator<Item = &'static CommandRule> {
    TABLES.into_iter().flatten()
}

/// Declares the commands on one noun: an enum of codes as `string_enum!` does, each with its row of the table.
///
/// `on` names the type of the noun's states; each row then begins with `states`. The other fields are those of
/// [`CommandRule`]. The compiler refuses a command without a row and a row without a field.
macro_rules! command_table {
    (
        $(#[$meta:meta])*
        pub enum $name:ident on $state:ty {
            $($(#[$vmeta:meta])* $variant:ident = $code:literal { states: $states:expr, $($facts:tt)+ })+
        }
    ) => {
        command_table! {
            $(#[$meta])*
            pub enum $name {
                $($(#[$vmeta])* $variant = $code { $($facts)+ })+
            }
        }

        impl $name {
            /// The states in which the command is possible.
            #[must_use]
            pub const fn states(self) -> &'static [$state] {
                match self {
                    $(Self::$variant => $states,)+
                }
            }
        }
    };
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$vmeta:meta])* $variant:ident = $code:literal { $($facts:tt)+ })+
        }
    ) => {
        string_enum! {
            $(#[$meta])*
            pub enum $name {
                $($(#[$vmeta])* $variant = $code,)+
            }
        }

        impl $name {
            /// The rows of the commands, in the order of declaration.
            pub const RULES: &'static [$crate::command::CommandRule] =
                &[$($crate::command::CommandRule { $($facts)+ },)+];

            /// The row of the command.
            #[must_use]
            pub const fn rule(self) -> &'static $crate::command::CommandRule {
                &Self::RULES[self as usize]
            }

            /// The event that the command writes.
            #[must_use]
            pub const fn event(self) -> $crate::event::EventName {
                self.rule().event
            }
        }

        impl From<$name> for $crate::event::EventName {
            fn from(command: $name) -> Self {
                command.event()
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_has_a_mutation_and_roles() {
        for rule in rules() {
            assert!(!rule.mutations.is_empty(), "{}", rule.event);
            assert!(!rule.roles.is_empty(), "{}", rule.event);
            let roles: HashSet<&Role> = rule.roles.iter().collect();
            assert_eq!(roles.len(), rule.roles.len(), "a role twice: {}", rule.event);
        }
    }

    /// A tablet pushes mutations, so both commands of a mutation are pushed, or neither.
    #[test]
    fn commands_of_one_mutation_agree_on_the_connection() {
        for one in rules() {
            for other in rules().filter(|other| other.mutations.iter().any(|name| one.mutations.contains(name))) {
                assert_eq!(one.needs_connection, other.needs_connection, "{} {}", one.event, other.event);
            }
        }
    }
}
