//! What every event of a name has in common: read from the row of its command, or here for the events of no command.

use super::{Audience, EventName as E};
use crate::command::{Act, TABLES};

/// What every event of a name has in common.
#[derive(Clone, Copy)]
pub(super) struct EventRule {
    pub(super) audience: Audience,
    pub(super) act: Act,
    pub(super) shows_presence: bool,
}

/// The events that no command of the table writes, with who may read of them.
const OF_NO_COMMAND: &[(E, Audience, Act)] = &[
    (E::ProjectImported, Audience::Staff, Act::None),
    (E::PolicyUpdated, Audience::Staff, Act::None),
    (E::ResponsibilityRuleSet, Audience::Staff, Act::None),
    (E::ResponsibilityRuleRemoved, Audience::Staff, Act::None),
    (E::ChecklistCreated, Audience::Staff, Act::None),
    (E::RoundCreated, Audience::Staff, Act::None),
    // An update that names another unit writes it beside its own event.
    (E::DefectMoved, Audience::Staff, Act::OnDefect),
    (E::DefectDuplicateAdded, Audience::Staff, Act::None),
    (E::DefectDuplicateMoved, Audience::Staff, Act::None),
    (E::DefectDuplicateRemoved, Audience::Staff, Act::None),
    (E::DefectEscalated, Audience::Staff, Act::None),
    (E::PhotoReceived, Audience::Staff, Act::None),
    (E::PhotoReady, Audience::Staff, Act::None),
    (E::PhotoRejected, Audience::Staff, Act::None),
    (E::PhotoKept, Audience::Staff, Act::None),
    (E::PhotoRemoved, Audience::Staff, Act::None),
    (E::WaiverRevoked, Audience::Staff, Act::None),
    (E::MembershipAdded, Audience::Staff, Act::None),
    (E::MembershipChanged, Audience::Staff, Act::None),
    (E::MembershipEnded, Audience::Staff, Act::None),
    (E::CompanyUpdated, Audience::Staff, Act::None),
    // Names, and who owns what, only for those who see the owners of units.
    (E::OwnershipAdded, Audience::OwnerData, Act::None),
    (E::OwnershipChanged, Audience::OwnerData, Act::None),
    (E::OwnershipEnded, Audience::OwnerData, Act::None),
    (E::UnitInvited, Audience::OwnerData, Act::None),
    (E::UnitInviteRevoked, Audience::OwnerData, Act::None),
    (E::PersonUpdated, Audience::OwnerData, Act::None),
    (E::PasswordResetCreated, Audience::OwnerData, Act::None),
    (E::PasswordReset, Audience::OwnerData, Act::None),
    (E::EditKept, Audience::Edit, Act::None),
    (E::EditApplied, Audience::Edit, Act::None),
    (E::EditDismissed, Audience::Edit, Act::None),
    // A viewer of a device finds its exemption there.
    (E::DeviceExcused, Audience::Company, Act::None),
    (E::MemberInvited, Audience::Company, Act::None),
    (E::InvitationRevoked, Audience::Company, Act::None),
];

/// By the place of the event in its list. The compiler makes it, and refuses an event without a row or with two.
const RULES: &[EventRule; E::ALL.len()] = &{
    let mut rules = [find(E::ALL[0]); E::ALL.len()];
    let mut n = 1;
    while n < rules.len() {
        rules[n] = find(E::ALL[n]);
        n += 1;
    }
    rules
};

/// What every event of the name has in common.
pub(super) const fn rule(event: E) -> EventRule {
    RULES[event as usize]
}

const fn find(event: E) -> EventRule {
    match (of_command(event), of_no_command(event)) {
        (Some(rule), None) | (None, Some(rule)) => rule,
        (None, None) => event_without_a_row(event.as_str()),
        (Some(_), Some(_)) => event_with_two_rows(event.as_str()),
    }
}

const fn of_command(event: E) -> Option<EventRule> {
    let mut found = None;
    let mut table = 0;
    while table < TABLES.len() {
        let mut row = 0;
        while row < TABLES[table].len() {
            let rule = &TABLES[table][row];
            if rule.event as usize == event as usize {
                if found.is_some() {
                    event_with_two_rows(event.as_str());
                }
                let (audience, act, shows_presence) = (rule.audience, rule.act, rule.shows_presence);
                found = Some(EventRule { audience, act, shows_presence });
            }
            row += 1;
        }
        table += 1;
    }
    found
}

const fn of_no_command(event: E) -> Option<EventRule> {
    let mut row = 0;
    while row < OF_NO_COMMAND.len() {
        let (name, audience, act) = OF_NO_COMMAND[row];
        if name as usize == event as usize {
            return Some(EventRule { audience, act, shows_presence: false });
        }
        row += 1;
    }
    None
}

/// Write the event into the row of its command, or into [`OF_NO_COMMAND`].
const fn event_without_a_row(event: &str) -> ! {
    panic!("{}", event)
}

/// Each event has one row: that of the command that writes it, or one in [`OF_NO_COMMAND`].
const fn event_with_two_rows(event: &str) -> ! {
    panic!("{}", event)
}
