//! The project's own fields, its policy, and its responsibility rules.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::codes::{of_terms, one_of, quoted};
use super::{Check, Known};
use crate::import::document::{ImportDocument, RuleEntry};
use crate::party::Party;
use crate::place::UnitKind;
use crate::policy::Policy;
use crate::taxonomy::{Taxonomy, TermKind};

pub(super) fn check(check: &mut Check, document: &ImportDocument) {
    let project = &document.project;
    check.code("project.code".to_owned(), &project.code);
    check.name("project.name".to_owned(), &project.name);
    if TimeZone::get(&project.time_zone).is_err() {
        let message =
            format!("no time zone {}; an IANA name such as \"Asia/Shanghai\" is needed", quoted(&project.time_zone));
        check.problem("project.timeZone", message);
    }
    policy(check, &project.policy);
}

/// Each field is read by itself, so that one wrong value does not hide the next.
fn policy(check: &mut Check, fields: &Map<String, Value>) {
    let mut readable = Map::new();
    for (name, value) in fields {
        let one = Map::from_iter([(name.clone(), value.clone())]);
        match serde_json::from_value::<Policy>(Value::Object(one)) {
            Ok(_) => {
                readable.insert(name.clone(), value.clone());
            }
            Err(error) => check.problem(format!("project.policy.{name}"), error.to_string()),
        }
    }
    let policy: Policy = serde_json::from_value(Value::Object(readable)).unwrap_or_default();
    for (field, message) in policy.problems() {
        check.problem(format!("project.policy.{field}"), message);
    }
}

pub(super) fn rules(check: &mut Check, document: &ImportDocument, known: &Known<'_>, taxonomy: &Taxonomy) {
    let kinds: HashMap<&str, &str> = document.companies.iter().map(|c| (c.code.as_str(), c.kind.as_str())).collect();
    let mut seen = HashMap::new();
    for (index, rule) in document.responsibility_rules.iter().enumerate() {
        let path = format!("responsibilityRules[{index}]");
        rule_refers(check, &path, rule, known, taxonomy);
        responsible_company(check, &path, rule, &kinds);
        if rule.priority.is_some_and(|priority| !(0..=1_000).contains(&priority)) {
            check.problem(format!("{path}.priority"), "must be from 0 to 1000; lower goes first");
        }
        let place = (rule.trade.as_deref(), rule.building.as_deref(), rule.unit_kind.as_deref());
        if let Some(first) = seen.insert(place, index) {
            let message = format!(
                "covers the same trade, building and unit kind as responsibilityRules[{first}]; keep one of the two"
            );
            check.problem(path, message);
            seen.insert(place, first);
        }
    }
}

fn rule_refers(check: &mut Check, path: &str, rule: &RuleEntry, known: &Known<'_>, taxonomy: &Taxonomy) {
    if let Some(trade) = &rule.trade {
        let trades = taxonomy.terms(TermKind::Trade).iter().map(|term| term.code.as_str());
        of_terms(check, format!("{path}.trade"), "trade", trade, trades);
    }
    if let Some(building) = &rule.building {
        known.buildings.refer(check, format!("{path}.building"), building);
    }
    if let Some(kind) = &rule.unit_kind {
        one_of(check, format!("{path}.unitKind"), kind, UnitKind::ALL);
    }
    known.companies.refer(check, format!("{path}.company"), &rule.company);
}

fn responsible_company(check: &mut Check, path: &str, rule: &RuleEntry, kinds: &HashMap<&str, &str>) {
    let kind = kinds.get(rule.company.as_str()).and_then(|kind| kind.parse::<Party>().ok());
    if let Some(kind) = kind.filter(|kind| *kind != Party::Contractor) {
        let message = format!("{} is a company of kind {kind}; defects go to a CONTRACTOR", quoted(&rule.company));
        check.problem(format!("{path}.company"), message);
    }
}
