//! Checklists and their items.

use super::check::Check;
use super::codes::{Codes, of_terms};
use crate::import::document::{ChecklistEntry, ImportDocument, ItemEntry};
use crate::import::phrases::{CHECKLIST, ITEM, MEASUREMENT_RULE, PART, ROOM_TYPE};
use crate::taxonomy::{Taxonomy, TermKind};

pub(super) fn check(check: &mut Check, document: &ImportDocument, taxonomy: &Taxonomy) {
    let names = document.checklists.iter().enumerate();
    Codes::index(check, CHECKLIST, names.map(|(index, c)| (format!("checklists[{index}].name"), c.name.as_str())));
    for (index, checklist) in document.checklists.iter().enumerate() {
        let path = format!("checklists[{index}]");
        check.name(format!("{path}.name"), &checklist.name);
        items(check, &format!("{path}.items"), checklist, taxonomy);
    }
}

fn items(check: &mut Check, path: &str, checklist: &ChecklistEntry, taxonomy: &Taxonomy) {
    if checklist.items.is_empty() {
        check.problem(path, ("must have at least one item", "至少要有一项"));
    }
    let codes = checklist.items.iter().enumerate();
    Codes::index(check, ITEM, codes.map(|(index, item)| (format!("{path}[{index}].code"), item.code.as_str())));
    for (index, item) in checklist.items.iter().enumerate() {
        check_item(check, &format!("{path}[{index}]"), item, taxonomy);
    }
}

fn check_item(check: &mut Check, path: &str, item: &ItemEntry, taxonomy: &Taxonomy) {
    let terms = |kind| taxonomy.terms(kind).iter().map(|term| term.code.as_str());
    check.code(format!("{path}.code"), &item.code);
    check.name(format!("{path}.zh"), &item.zh);
    check.name(format!("{path}.en"), &item.en);
    of_terms(check, format!("{path}.roomType"), ROOM_TYPE, &item.room_type, terms(TermKind::RoomType));
    if let Some(part) = &item.part {
        of_terms(check, format!("{path}.part"), PART, part, terms(TermKind::Part));
    }
    if let Some(rule) = &item.measurement {
        let rules = taxonomy.measurements.iter().map(|rule| rule.code.as_str());
        of_terms(check, format!("{path}.measurement"), MEASUREMENT_RULE, rule, rules);
    }
}
