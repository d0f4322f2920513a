//! The project's own fields, its policy, and its responsibility rules.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::check::Check;
use super::codes::{of_terms, one_of};
use super::known::Known;
use crate::import::document::{ImportDocument, RuleEntry};
use crate::import::phrases::{TRADE, not_one_of, quoted};
use crate::import::shape::{no_such_field, not_expected, shape_of};
use crate::party::Party;
use crate::policy::Policy;
use crate::taxonomy::{Taxonomy, TermKind};
use crate::unit::UnitKind;

pub(super) fn check(check: &mut Check, document: &ImportDocument) {
    let project = &document.project;
    check.code("project.code".to_owned(), &project.code);
    check.name("project.name".to_owned(), &project.name);
    if TimeZone::get(&project.time_zone).is_err() {
        let zone = quoted(&project.time_zone);
        let en = format!("no time zone {}; an IANA name such as \"Asia/Shanghai\" is needed", zone.en);
        let zh = format!("无此时区：{}；请用 IANA 名称，如“Asia/Shanghai”", zone.zh);
        check.problem("project.timeZone", (en, zh));
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
            Err(error) => {
                let zh = unreadable(name, value, &error.to_string());
                check.problem(format!("project.policy.{name}"), (error.to_string(), zh));
            }
        }
    }
    let policy: Policy = serde_json::from_value(Value::Object(readable)).unwrap_or_default();
    for (field, message) in policy.problems() {
        check.problem(format!("project.policy.{field}"), message);
    }
}

/// Why a field cannot be read, in Chinese: the reader's own words are English.
fn unreadable(name: &str, value: &Value, why: &str) -> String {
    let usual = serde_json::to_value(Policy::default()).unwrap_or_default();
    let names: Vec<&str> = usual.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let Some(usual) = usual.get(name) else { return no_such_field(name, &names).zh };
    let expected = shape_of(usual);
    // "unknown variant `A`, expected `B` or `C`"
    let codes: Vec<&str> = why.split('`').skip(1).step_by(2).collect();
    match codes.split_first() {
        _ if !usual.is_null() && shape_of(value) != expected => not_expected(expected, value).zh,
        Some((code, allowed)) if why.starts_with("unknown variant") => not_one_of(code, allowed).zh,
        _ if why.starts_with("unknown field") => "其中有未知的字段".to_owned(),
        _ if ["holidays", "workingDays"].contains(&name) => "每个日期须写成“2026-10-01”的形式".to_owned(),
        _ if why.starts_with("invalid type") => "其中有值的类型不对".to_owned(),
        _ => "其中有超出范围或无法识别的值".to_owned(),
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
            let message = ("must be from 0 to 1000; lower goes first", "应为 0 到 1000；数值小者优先");
            check.problem(format!("{path}.priority"), message);
        }
        let place = (rule.trade.as_deref(), rule.building.as_deref(), rule.unit_kind.as_deref());
        if let Some(first) = seen.insert(place, index) {
            let en = format!(
                "covers the same trade, building and unit kind as responsibilityRules[{first}]; keep one of the two"
            );
            let zh = format!("与 responsibilityRules[{first}] 的工种、楼栋和户类相同；请保留其一");
            check.problem(path, (en, zh));
            seen.insert(place, first);
        }
    }
}

fn rule_refers(check: &mut Check, path: &str, rule: &RuleEntry, known: &Known<'_>, taxonomy: &Taxonomy) {
    if let Some(trade) = &rule.trade {
        let trades = taxonomy.terms(TermKind::Trade).iter().map(|term| term.code.as_str());
        of_terms(check, format!("{path}.trade"), TRADE, trade, trades);
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
        let code = quoted(&rule.company);
        let en = format!("{} is a company of kind {kind}; defects go to a CONTRACTOR", code.en);
        check.problem(format!("{path}.company"), (en, format!("{}是 {kind} 类单位；问题只派给 CONTRACTOR", code.zh)));
    }
}
