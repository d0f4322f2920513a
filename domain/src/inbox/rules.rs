//! Which events people hear of: one table, from the event by its listeners to the reason that the inbox gives.

use serde_json::Value;

use super::InboxKind as K;
use crate::defect::{DefectCommand, DefectStatus, DisputeOutcome};
use crate::event::EventName as E;
use crate::id::PersonId;
use crate::party::{Party, Role};
use crate::time::Timestamp;

/// Who hears of an event. Nobody hears of what the own hand did, or of what the own sight does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// The leads of the responsible company.
    Leads,
    /// The person who is named for the defect.
    Assignee,
    /// The person who reported the latest repair.
    Repairer,
    /// The person who found the defect.
    Finder,
    /// The members of the project in these roles.
    Roles(&'static [Role]),
    /// The people of contractors whom the event names.
    NamedContractors,
    /// The other people whom the event names.
    NamedOthers,
    /// The people whom the comment mentions.
    Mentioned,
    /// The person whose edit waited.
    Author,
}

/// What an event tells.
#[derive(Debug, Clone, Copy)]
pub struct EventFacts<'a> {
    /// Which event.
    pub event: E,
    /// The status before.
    pub from: Option<&'a str>,
    /// The status afterwards.
    pub to: Option<&'a str>,
    /// Its data.
    pub data: &'a Value,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct InboxRule {
    /// The event.
    pub event: E,
    /// What it must tell.
    when: fn(&EventFacts<'_>) -> bool,
    /// Who hears of it.
    pub listeners: &'static [Listener],
    /// The reason that the inbox gives.
    pub kind: K,
}

const fn rule(event: E, when: fn(&EventFacts<'_>) -> bool, listeners: &'static [Listener], kind: K) -> InboxRule {
    InboxRule { event, when, listeners, kind }
}

/// Those who decide on disputes.
const ADJUDICATORS: &[Listener] = &[Listener::Roles(DefectCommand::ResolveDispute.rule().roles)];

/// Of several rules that reach a person by one event the first counts.
const RULES: &[InboxRule] = {
    use Listener as L;
    &[
        rule(E::DefectLogged, names_company, &[L::Leads], K::Assigned),
        rule(E::DefectAssigned, always, &[L::Assignee, L::Leads], K::Assigned),
        rule(E::DefectAssigneeSet, names_assignee, &[L::Assignee], K::Assigned),
        rule(E::DefectDisputed, always, ADJUDICATORS, K::Disputed),
        rule(
            E::DefectDisputeResolved,
            |facts| has_outcome(facts, DisputeOutcome::Reassigned),
            &[L::Leads],
            K::Assigned,
        ),
        rule(
            E::DefectDisputeResolved,
            |facts| has_outcome(facts, DisputeOutcome::Upheld),
            &[L::Assignee, L::Leads],
            K::SentBack,
        ),
        rule(E::DefectVerified, |facts| has_passed(facts, false), &[L::Repairer, L::Assignee, L::Leads], K::SentBack),
        rule(E::DefectVerified, is_closed_by_it, &[L::Repairer, L::Assignee, L::Finder], K::Verified),
        rule(E::DefectReopened, always, &[L::Assignee, L::Leads], K::SentBack),
        rule(E::DefectEscalated, is_reminder, &[L::NamedContractors, L::NamedOthers], K::DueSoon),
        rule(E::DefectEscalated, is_by_time, &[L::NamedContractors], K::Overdue),
        rule(E::DefectEscalated, is_by_time, &[L::NamedOthers], K::Escalated),
        rule(E::DefectEscalated, is_by_failures, &[L::Roles(&[Role::DeliveryManager])], K::Escalated),
        rule(E::DefectCommented, always, &[L::Mentioned], K::Mentioned),
        rule(E::EditApplied, always, &[L::Author], K::EditSettled),
        rule(E::EditDismissed, always, &[L::Author], K::EditSettled),
    ]
};

/// The rules that an event meets, in the order of the table.
pub fn rules_of<'a>(facts: &'a EventFacts<'a>) -> impl Iterator<Item = &'static InboxRule> + 'a {
    RULES.iter().filter(move |rule| rule.event == facts.event && (rule.when)(facts))
}

/// The people whom an escalation names, and whether each is of a contractor.
#[must_use]
pub fn named_recipients(data: &Value) -> Vec<(PersonId, bool)> {
    let recipients = data["recipients"].as_array().into_iter().flatten();
    let named = recipients.filter_map(|one| {
        let role: Role = one["role"].as_str()?.parse().ok()?;
        Some((one["personId"].as_str()?.parse().ok()?, role.party() == Party::Contractor))
    });
    named.collect()
}

const fn always(_: &EventFacts<'_>) -> bool {
    true
}

fn names_company(facts: &EventFacts<'_>) -> bool {
    facts.data["companyId"].is_string()
}

fn names_assignee(facts: &EventFacts<'_>) -> bool {
    facts.data["assigneeId"].is_string()
}

fn has_outcome(facts: &EventFacts<'_>, outcome: DisputeOutcome) -> bool {
    facts.data["outcome"] == outcome.as_str()
}

fn has_passed(facts: &EventFacts<'_>, passed: bool) -> bool {
    facts.data["passed"] == passed
}

fn is_closed_by_it(facts: &EventFacts<'_>) -> bool {
    has_passed(facts, true) && facts.from != facts.to && facts.to == Some(DefectStatus::Closed.as_str())
}

fn is_by_failures(facts: &EventFacts<'_>) -> bool {
    facts.data["failedAttempts"].is_number()
}

/// A step before the due time.
fn is_reminder(facts: &EventFacts<'_>) -> bool {
    let due_at = facts.data["dueAt"].as_str().and_then(Timestamp::from_rfc3339);
    facts.data["step"].is_string() && due_at.is_some_and(|due_at| facts.occurred_at < due_at)
}

/// A step after the due time.
fn is_by_time(facts: &EventFacts<'_>) -> bool {
    facts.data["step"].is_string() && !is_reminder(facts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::Audience;

    fn kinds(event: E, (from, to): (&str, &str), data: &Value, at: i64) -> Vec<K> {
        let facts = EventFacts { event, from: Some(from), to: Some(to), data, occurred_at: Timestamp(at) };
        rules_of(&facts).map(|rule| rule.kind).collect()
    }

    #[test]
    fn each_reason_but_that_of_devices_has_a_rule() {
        for &kind in K::ALL {
            assert_eq!(RULES.iter().any(|rule| rule.kind == kind), kind != K::DeviceBehind, "{kind}");
        }
    }

    #[test]
    fn who_may_be_an_owner_hears_only_of_what_owners_read() {
        for rule in RULES {
            let may_be_owner = rule.listeners.contains(&Listener::Finder);
            assert!(!may_be_owner || rule.event.audience() == Audience::Owner, "{}", rule.event);
        }
    }

    #[test]
    fn what_an_event_tells_decides_on_the_reason() {
        let none = json!({});
        assert_eq!(kinds(E::DefectAssigned, ("OPEN", "ASSIGNED"), &none, 0), [K::Assigned]);
        assert!(kinds(E::DefectLogged, ("", "OPEN"), &json!({ "companyId": null }), 0).is_empty());
        assert_eq!(kinds(E::DefectVerified, ("FIXED", "REWORK"), &json!({ "passed": false }), 0), [K::SentBack]);
        let passed = json!({ "passed": true });
        assert_eq!(kinds(E::DefectVerified, ("FIXED", "CLOSED"), &passed, 0), [K::Verified]);
        assert!(kinds(E::DefectVerified, ("CLOSED", "CLOSED"), &passed, 0).is_empty());
        assert!(kinds(E::DefectVerified, ("FIXED", "FIXED"), &passed, 0).is_empty());
        for (outcome, expected) in
            [("UPHELD", vec![K::SentBack]), ("REASSIGNED", vec![K::Assigned]), ("VOIDED", vec![])]
        {
            let data = json!({ "outcome": outcome });
            assert_eq!(kinds(E::DefectDisputeResolved, ("DISPUTED", "ASSIGNED"), &data, 0), expected, "{outcome}");
        }
    }

    #[test]
    fn the_due_time_divides_reminders_from_escalations() {
        let due_at = Timestamp(1_000_000_000);
        let data = json!({ "step": "X", "dueAt": due_at.to_rfc3339() });
        let at = |seconds| kinds(E::DefectEscalated, ("", ""), &data, due_at.plus_seconds(seconds).0);
        assert_eq!(at(-1), [K::DueSoon]);
        assert_eq!(at(0), [K::Overdue, K::Escalated]);
        let failed = json!({ "failedAttempts": 3, "number": 3 });
        assert_eq!(kinds(E::DefectEscalated, ("", ""), &failed, 0), [K::Escalated]);
    }

    #[test]
    fn an_escalation_names_its_people() {
        let [lead, manager] = [1, 2].map(PersonId::from_u128);
        let data = json!({ "recipients": [
            { "role": "RECTIFICATION_LEAD", "personId": lead },
            { "role": "DELIVERY_MANAGER", "personId": manager },
            { "role": "NOBODY", "personId": manager },
        ] });
        assert_eq!(named_recipients(&data), [(lead, true), (manager, false)]);
    }
}
