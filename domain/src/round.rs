//! The round 轮次: one campaign of inspections over some units, and who may open and close it.

use jiff::civil::Date;

use crate::access::Action;
use crate::command::Act;
use crate::event::{Audience, EventName};
use crate::party::{Party, Role};
use crate::refusal::{Refusal, RefusalCode};

string_enum! {
    /// How far a round has come.
    pub enum RoundStatus {
        /// Being planned; nothing is inspected yet.
        Draft = "DRAFT",
        /// Its units are being inspected.
        Open = "OPEN",
        /// Over; its records stand as they are.
        Closed = "CLOSED",
    }
}

impl RoundStatus {
    /// In English and Chinese: an open round is another thing than an open defect.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("draft", "草稿"),
            Self::Open => ("open", "进行中"),
            Self::Closed => ("closed", "已结束"),
        }
    }
}

command_table! {
    /// A command on an existing round.
    pub enum RoundCommand on RoundStatus {
        /// Make one unit inspection per unit in scope, and freeze the checklist version.
        Open = "OPEN" {
            states: &[RoundStatus::Draft],
            mutations: &["roundOpen"],
            roles: Action::RunRounds.roles(),
            event: EventName::RoundOpened,
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
        /// End the campaign.
        Close = "CLOSE" {
            states: &[RoundStatus::Open],
            mutations: &["roundClose"],
            roles: Action::RunRounds.roles(),
            event: EventName::RoundClosed,
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
        /// Change its plan: all of a draft, of an open round its name and days.
        Update = "UPDATE" {
            states: &[RoundStatus::Draft, RoundStatus::Open],
            mutations: &["roundUpdate"],
            roles: Action::RunRounds.roles(),
            event: EventName::RoundUpdated,
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
        /// Remove a draft.
        Discard = "DISCARD" {
            states: &[RoundStatus::Draft],
            mutations: &["roundDiscard"],
            roles: Action::RunRounds.roles(),
            event: EventName::RoundDiscarded,
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
        /// Take a closed campaign up again.
        Reopen = "REOPEN" {
            states: &[RoundStatus::Closed],
            mutations: &["roundReopen"],
            roles: Action::RunRounds.roles(),
            event: EventName::RoundReopened,
            audience: Audience::Staff,
            act: Act::None,
            shows_presence: false,
            needs_connection: true,
        }
    }
}

impl RoundCommand {
    /// The status that the command leads to from another one; a change of the plan leaves it as it is.
    #[must_use]
    pub const fn to(self, from: RoundStatus) -> RoundStatus {
        match self {
            Self::Open | Self::Reopen => RoundStatus::Open,
            Self::Close => RoundStatus::Closed,
            Self::Update | Self::Discard => from,
        }
    }
}

/// Whether a role may do the command to a round of this status now.
///
/// # Errors
/// `ROLE_NOT_ALLOWED`, then `WRONG_STATE`.
pub fn permit(status: RoundStatus, role: Role, command: RoundCommand) -> Result<(), Refusal> {
    command.rule().check_role(role)?;
    if command.states().contains(&status) {
        Ok(())
    } else {
        let (en, zh) = status.words();
        Err(Refusal::new(RefusalCode::WrongState).with_words("status", en, zh))
    }
}

/// Stages that the customer leads. They record the owner's findings, and are no gate before delivery.
pub const CUSTOMER_STAGES: &[&str] = &["OPEN_DAY", "DELIVERY", "SCATTERED", "WARRANTY"];

/// Whether the unit inspections of a stage must be signed before the unit is ready for delivery.
#[must_use]
pub fn gates_delivery(stage: &str) -> bool {
    !CUSTOMER_STAGES.contains(&stage)
}

/// The stage without its running number: `INTERNAL_R2` repeats what `INTERNAL_R1` did, a statutory stage only itself.
#[must_use]
pub fn stage_family(stage: &str) -> &str {
    match stage.rsplit_once("_R") {
        Some((family, number)) if !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit()) => family,
        _ => stage,
    }
}

/// Checks a planned round: its number, its parties and its dates.
///
/// # Errors
/// All faults, each at its field (`number`, `requiredParties`, `plannedTo`).
pub fn check_plan(
    number: i32,
    required_parties: &[Party],
    planned_from: Option<Date>,
    planned_to: Option<Date>,
) -> Result<(), Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut wrong = |field, en: &str, zh: &str| {
        refusals.push(Refusal::at(RefusalCode::InvalidValue, field).because(en, zh));
    };
    if !(1..=9_999).contains(&number) {
        wrong("number", "a round's number is from 1 to 9999", "轮次编号须为 1 至 9999");
    }
    if required_parties.is_empty() {
        wrong("requiredParties", "name at least one party that signs", "请至少指定一个签字方");
    }
    if required_parties.iter().enumerate().any(|(n, party)| required_parties[..n].contains(party)) {
        wrong("requiredParties", "each party once", "每一方只能出现一次");
    }
    if planned_from.zip(planned_to).is_some_and(|(from, to)| to < from) {
        wrong("plannedTo", "it must not be before the first planned day", "不得早于计划开始日期");
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draft_open_closed_and_back_with_a_reason() {
        for &status in RoundStatus::ALL {
            for &command in RoundCommand::ALL {
                for &role in Role::ALL {
                    let runs = matches!(role, Role::DeliveryManager | Role::SiteEngineer);
                    let fits = match status {
                        RoundStatus::Draft => {
                            matches!(command, RoundCommand::Open | RoundCommand::Update | RoundCommand::Discard)
                        }
                        RoundStatus::Open => matches!(command, RoundCommand::Close | RoundCommand::Update),
                        RoundStatus::Closed => command == RoundCommand::Reopen,
                    };
                    let code = permit(status, role, command).map_err(|refusal| refusal.code);
                    let expected = match (runs, fits) {
                        (false, _) => Err(RefusalCode::RoleNotAllowed),
                        (true, false) => Err(RefusalCode::WrongState),
                        (true, true) => Ok(()),
                    };
                    assert_eq!(code, expected, "{role} {command} {status}");
                }
            }
        }
    }

    #[test]
    fn a_plan_names_all_its_faults() {
        let day = |text: &str| text.parse::<Date>().ok();
        let fields = |plan: Result<(), Vec<Refusal>>| -> Vec<String> {
            plan.err().into_iter().flatten().flat_map(|refusal| refusal.field).collect()
        };
        let good = check_plan(1, &[Party::Developer, Party::Customer], day("2026-03-01"), day("2026-03-01"));
        assert_eq!(good, Ok(()));
        let bad = check_plan(0, &[], day("2026-03-02"), day("2026-03-01"));
        assert_eq!(fields(bad), ["number", "requiredParties", "plannedTo"]);
        assert_eq!(fields(check_plan(1, &[Party::Developer; 2], None, None)), ["requiredParties"]);
    }

    #[test]
    fn internal_rounds_repeat_each_other_and_statutory_ones_only_themselves() {
        assert_eq!(stage_family("INTERNAL_R1"), stage_family("INTERNAL_R3"));
        assert_eq!(stage_family("HOUSEHOLD_ACCEPTANCE"), "HOUSEHOLD_ACCEPTANCE");
        assert_eq!(stage_family("X_R"), "X_R");
        assert!(gates_delivery("HOUSEHOLD_ACCEPTANCE") && gates_delivery("INTERNAL_R1") && !gates_delivery("OPEN_DAY"));
    }
}
